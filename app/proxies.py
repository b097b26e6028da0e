"""Who is really asking: forwarded addresses are believed from proxies that the admin named, and from nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.settings import Network

Wsgi = Callable[..., Iterable[bytes]]


class TrustedProxies:
    """WSGI middleware: behind a trusted proxy the client is the last address in X-Forwarded-For that isn't one."""

    def __init__(self, wsgi: Wsgi, trusted: Sequence[Network]) -> None:
        self._wsgi = wsgi
        self._trusted = tuple(trusted)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Correct the address and scheme, then go on."""
        if _is_trusted(environ.get("REMOTE_ADDR", ""), self._trusted):
            environ["REMOTE_ADDR"] = client(
                environ["REMOTE_ADDR"], environ.get("HTTP_X_FORWARDED_FOR", ""), self._trusted
            )
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._wsgi(environ, start_response)


def client(remote: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Who asks, by the address that is connected and what X-Forwarded-For says."""
    found = remote
    for hop in reversed(forwarded.split(",") if _is_trusted(remote, trusted) else ()):
        if _address(hop) is None:
            break
        found = str(_address(hop))
        if not _is_trusted(found, trusted):
            break
    return found


def _is_trusted(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
