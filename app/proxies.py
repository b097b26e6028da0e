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
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self._client(environ)
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._wsgi(environ, start_response)

    def _client(self, environ: dict[str, Any]) -> str:
        client: str = environ["REMOTE_ADDR"]
        for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            if _address(hop) is None:
                break
            client = str(_address(hop))
            if not self._is_trusted(client):
                break
        return client

    def _is_trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._trusted)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found
