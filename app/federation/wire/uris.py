"""URIs on the wire: which we take, and whose they are."""

from __future__ import annotations

import re

import idna

MAX_LENGTH = 2048
# A scheme, a host without user or password, and nothing that could break out of an attribute or a header.
_URI = re.compile(r"(https?)://([^/?#@\\\s\x00-\x20\x7f<>\"]+)(?:[/?#][^\s\\\x00-\x20\x7f<>\"]*)?", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r"\d{1,5}")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def is_uri(value: object) -> bool:
    """Whether it is an http or https URI with a proper host, within MAX_LENGTH."""
    return isinstance(value, str) and origin(value) is not None


def origin(uri: str) -> str | None:
    """The host, or host:port where the port isn't the scheme's own, in lower case; None where we refuse.

    A final dot, user names, spaces and odd hosts are refused rather than repaired: two spellings of one
    host would be two ways around a domain rule.
    """
    if len(uri) > MAX_LENGTH or (not uri.isascii() and len(uri.encode(errors="surrogatepass")) > MAX_LENGTH):
        return None  # counted in bytes, because databases' indexes do
    match = _URI.fullmatch(uri)
    return None if match is None else normal_host(match[2], match[1].lower())


def normal_host(netloc: str, scheme: str = "https") -> str | None:
    """`host[:port]` in its one spelling (lower case, IDNA, no default port), or None."""
    if netloc.startswith("["):
        return _bracketed(netloc, scheme)
    host, colon, port = netloc.lower().partition(":")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    return _with_port(host, colon, port, scheme) if _HOST.fullmatch(host) else None


def same_origin(a: str, b: str) -> bool:
    """Whether both are URIs of one host:port."""
    ours = origin(a)
    return ours is not None and ours == origin(b)


def _bracketed(netloc: str, scheme: str) -> str | None:
    host, bracket, rest = netloc.lower().partition("]")
    if not bracket or not re.fullmatch(r"\[[0-9a-f:.]{2,45}", host) or (rest and not rest.startswith(":")):
        return None
    return _with_port(host + "]", rest[:1], rest[1:], scheme)


def _with_port(host: str, colon: str, port: str, scheme: str) -> str | None:
    if not colon:
        return host
    if not _PORT.fullmatch(port) or not port.isascii() or not 0 < int(port) < 65536:
        return None
    port = str(int(port))
    return host if port == _DEFAULT_PORTS.get(scheme) else f"{host}:{port}"
