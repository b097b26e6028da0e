"""The one spelling of mailboxes, mail domains and networks. Pure."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Final

from app.errors import InvalidError
from moderation.domains import names

WIDEST: Final = {4: 8, 6: 20}
"""Bits of a network's name, by version of IP: what registries hand to one organisation is hardly ever wider (IANA gives
/8 of version 4 to a registry, and registries give no more than a /20 of version 6 to somebody)."""
_MAPPED: Final = 96
"""Bits before an address of version 4 that is written as one of version 6."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def mailbox_digest(address: str) -> str:
    """SHA-256 of an address in lower case, without dots and without what follows a plus, as Mastodon computes it.

    Raises InvalidError for what is no address.
    """
    user, at, domain = address.strip().lower().rpartition("@")
    if not (user and at and domain):
        raise InvalidError("Validation failed: Email is invalid", code="email_invalid")
    plain = user.partition("+")[0].replace(".", "")
    return hashlib.sha256(f"{plain}@{domain}".encode()).hexdigest()


def digest(text: str) -> str:
    """A digest as it is stored; raises InvalidError."""
    found = text.strip().lower()
    if not _DIGEST.fullmatch(found):
        raise InvalidError("Validation failed: Canonical email hash is invalid", code="digest_invalid")
    return found


def mail_domain(text: str) -> str:
    """A domain as it is stored, also of a whole address; moderation's BadDomainError for what is none."""
    return names.for_rule(text.strip().rpartition("@")[2])


def mail_domains_of(address: str) -> list[str]:
    """The domain of an address, and those above it."""
    labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]


def network(text: str) -> str:
    """A network in CIDR notation; a single address is one, too.

    Raises InvalidError for what is none, for this machine itself and for one so wide that it bars everybody.
    """
    try:
        found = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise InvalidError("Validation failed: IP is not a valid address", code="network_invalid") from error
    found = _unmapped(found)
    if found.is_loopback:
        raise InvalidError("Validation failed: IP would bar this server itself, or its proxy", code="network_own")
    if found.prefixlen < WIDEST[found.version]:
        raise InvalidError("Validation failed: IP would bar too much of the internet", code="network_too_wide")
    return str(found)


def _unmapped(found: ipaddress.IPv4Network | ipaddress.IPv6Network) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Addresses of version 4 as they are asked by: `::ffff:192.0.2.0/120` is `192.0.2.0/24`."""
    if isinstance(found, ipaddress.IPv4Network) or found.prefixlen < _MAPPED:
        return found
    mapped = found.network_address.ipv4_mapped
    return found if mapped is None else ipaddress.IPv4Network((mapped, found.prefixlen - _MAPPED))


def is_within(client: str, barred: str) -> bool:
    """Whether a client's address is of a network; one that can't be read is of none."""
    found = address(client)
    return found is not None and found in ipaddress.ip_network(barred)


def address(client: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """A client's address; None for one that can't be read."""
    try:
        found = ipaddress.ip_address(client)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
