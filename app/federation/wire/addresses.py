"""Which addresses strangers may make us visit: public ones, and what the admin allows besides."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS = frozenset((80, 443))

_GLOBAL_UNICAST = ip_network("2000::/3")
_RELAYS = ip_network("192.88.99.0/24")  # 6to4 relays, for which `is_global` is true
# Where an IPv4 address stands in the last 32 bits: mapped, compatible, translated, NAT64 (RFC 4291, 2765, 6052).
_HIDING_LAST = tuple(ip_network(text) for text in ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96"))


def refusal(address: str, port: int, allowed: Sequence[Network] = ()) -> str | None:
    """Why we don't connect to this address and port; None where we do.

    `allowed` networks may be visited although they are private, on any port.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return "not an address"
    if any(found in network for network in allowed) or any(
        hidden in network for hidden in _hidden(found) for network in allowed
    ):
        return None
    if port not in PORTS:
        return "a port other than 80 and 443"
    return None if _is_public(found) else "not a public address"


def _hidden(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 address that an IPv6 address is only another spelling of (mapped and NAT64)."""
    if isinstance(address, IPv6Address) and any(address in network for network in _HIDING_LAST):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _RELAYS
    if hidden := _hidden(address):
        return _is_public(hidden[0])
    if address.sixtofour is not None or address.teredo is not None:
        return False  # tunnels that end wherever the address says; nothing real lives there any more
    return address.is_global and not address.is_multicast and address in _GLOBAL_UNICAST


def is_literal(host: str) -> bool:
    """Whether a host is an address and not a name, in any spelling that a resolver takes (127.1, 0x7f000001)."""
    if host.startswith("["):
        return True
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdecimal() or last.startswith("0x")
