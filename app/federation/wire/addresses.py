"""Which addresses strangers may make us visit: public ones, and what the admin allows besides."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset((80, 443))

_GLOBAL_UNICAST = ip_network("2000::/3")
# What the IANA special-purpose registries keep from the open internet, written out: what `is_global` thinks of them
# depends on the version of Python, and some that are "global" there lead to the gateway next door (192.0.0.9).
_SPECIAL = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23",  # Teredo, benchmarks, ORCHIDs and other protocols' own; registries begin at 2001:200::
        "2001:db8::/32", "2002::/16",  # 6to4 ends wherever the address says; nothing real lives there any more
        "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
# Where an IPv4 address is hidden in the last 32 bits and really connected to: mapped (RFC 4291), NAT64 (RFC 6052).
# Compatible and translated ones (::/96, ::ffff:0:0:0/96) are outside of 2000::/3, and so are they all that are private.
_HIDING = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))


def refusal(address: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """Why we don't connect to this address and port; None where we do.

    `allowed` networks may be visited although they are private, on any port.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "not an address"
    if any(spelling in network for spelling in (found, *_hidden(found)) for network in allowed):
        return None
    if port not in PORTS:
        return "a port other than 80 and 443"
    return None if _is_public(found) else "not a public address"


def _hidden(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 address that an IPv6 address is only another spelling of."""
    if isinstance(address, IPv6Address) and any(address in network for network in _HIDING):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _is_public(address: Address) -> bool:
    if hidden := _hidden(address):
        return _is_public(hidden[0])
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in _GLOBAL_UNICAST):
        return False
    return not any(address in network for network in _SPECIAL)


def is_literal(host: str) -> bool:
    """Whether a host is an address and not a name, in any spelling that a resolver takes (127.1, 0x7f000001)."""
    if host.startswith("["):
        return True
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdecimal() or last.startswith("0x")
