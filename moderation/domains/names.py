"""Domain names: one spelling for each, and a clear reason for those that no rule can be made for."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

import idna

from moderation.domains.suffixes import is_shared
from moderation.errors import BadDomainError

LONGEST: Final = 253
_LABEL: Final = re.compile(r"^(?!-)[a-z0-9_-]{1,63}(?<!-)$")
"""With underscores, which some servers' names have."""
_PORT: Final = re.compile(r"^(.*):([0-9]{1,5})$")
_DEVIATIONS: Final = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
"""Sharp s, final sigma and joiners: what the older IDNA turned into other servers' names."""


def canonical(domain: str) -> str:
    """A domain as it is stored: lower case, IDNA, host[:port], no trailing dot. Raises BadDomainError."""
    text = domain.strip()
    if not text or len(text) > 4 * LONGEST:
        raise BadDomainError("empty" if not text else "too long for a domain")
    if "*" in text:
        raise BadDomainError("wildcards aren't needed: a rule covers its subdomains")
    if "://" in text or "/" in text or "@" in text or any(char.isspace() for char in text):
        raise BadDomainError("not a domain: write it without scheme, path, account or spaces")
    host, port = _split_port(text.removesuffix("."))
    name = _to_ascii(host)
    if _is_address(name):
        return name + port
    labels = name.split(".")
    if len(name) > LONGEST or not all(_LABEL.match(label) for label in labels):
        raise BadDomainError("not a domain: letters, digits and hyphens between dots")
    return name + port


def for_rule(domain: str, own: str | None = None) -> str:
    """A domain that a rule may be made for. Raises BadDomainError with one clear reason."""
    name = canonical(domain)
    host = without_port(name)
    if own is not None and (name == own or own.endswith("." + name)):
        raise BadDomainError("this server's own domain")
    if "." not in host and not _PORT.match(name):
        raise BadDomainError("a bare top-level domain: a rule for it would hit everybody under it")
    if is_shared(host):
        raise BadDomainError("a suffix under which strangers register: a rule for it would hit them all")
    return name


def without_port(domain: str) -> str:
    """The host of a canonical domain."""
    match = _PORT.match(domain)
    return match.group(1) if match else domain


def parents(domain: str) -> list[str]:
    """The domain itself, then its parents, most specific first; with its port, then without."""
    match = _PORT.match(domain)
    host = match.group(1) if match else domain
    found = [domain] if match else []
    if _is_address(host):
        return [*found, host]
    labels = host.split(".")[-20:]
    return found + [".".join(labels[start:]) for start in range(len(labels))]


def readable(domain: str) -> str:
    """A canonical name with its international letters behind it, so that neither lookalikes nor codes hide it."""
    if "xn--" not in domain:
        return domain
    host = without_port(domain)
    try:
        letters = _letters(host)
    except UnicodeError:  # what others send needn't be a name that makes sense
        return domain
    return f"{domain} ({letters}{domain.removeprefix(host)})"


def _letters(host: str) -> str:
    try:
        return idna.decode(host)
    except idna.IDNAError:  # pictures, which only the older IDNA has
        return host.encode("ascii").decode("idna")


def _split_port(text: str) -> tuple[str, str]:
    match = _PORT.match(text)
    if match is None or (":" in match.group(1) and not match.group(1).endswith("]")):
        return text, ""
    if not 1 <= int(match.group(2)) <= 65535:
        raise BadDomainError("not a port: 1 to 65535")
    return match.group(1).removesuffix("."), f":{int(match.group(2))}"


def _to_ascii(host: str) -> str:
    """Names in letters, as they are on the wire. What is in ASCII is taken as it is: such servers federate, whether
    or not their codes stand for letters that make sense."""
    if host.isascii():
        return host.lower()
    try:
        return _encoded(host).lower()
    except UnicodeError as error:
        raise BadDomainError("not a domain: its international letters don't make a valid name") from error


def _encoded(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:  # pictures, which only the older IDNA has
        if _DEVIATIONS.search(host):
            raise
        return host.encode("idna").decode("ascii")


def _is_address(host: str) -> bool:
    if ":" not in host and not host[-1:].isdigit():
        return False  # nearly every name: asking further costs ten times as much
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
