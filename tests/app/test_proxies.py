"""A forwarded address counts only where a trusted proxy says it."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from app.proxies import TrustedProxies

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))


def seen(remote: str, forwarded: str | None = None, proto: str | None = None) -> tuple[str, str]:
    caught: dict[str, Any] = {}

    def wsgi(environ: dict[str, Any], _start: Any) -> list[bytes]:
        caught.update(environ)
        return []

    environ = {"REMOTE_ADDR": remote, "wsgi.url_scheme": "http"}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    if proto is not None:
        environ["HTTP_X_FORWARDED_PROTO"] = proto
    list(TrustedProxies(wsgi, TRUSTED)(environ, None))
    return caught["REMOTE_ADDR"], caught["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1, 203.0.113.9, 10.0.0.3", "203.0.113.9"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("10.0.0.2", None, "10.0.0.2"),
        ("::ffff:10.0.0.2", "198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_client_is_the_last_hop_that_no_trusted_proxy_made(remote: str, forwarded: str | None, client: str) -> None:
    assert seen(remote, forwarded)[0] == client


def test_a_stranger_cant_say_that_it_speaks_https() -> None:
    assert seen("203.0.113.9", proto="https")[1] == "http"
    assert seen("10.0.0.2", proto="https")[1] == "https"
    assert seen("10.0.0.2", proto="gopher")[1] == "http"
