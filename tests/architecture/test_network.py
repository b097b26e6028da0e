"""The product speaks to other servers through one client, whose addresses are guarded; nothing else opens connections."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NETWORK = {"httpx", "httpcore", "h11", "h2", "http.client", "urllib.request", "urllib3", "requests", "aiohttp", "socket",
           "socketserver", "ssl", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "websocket",
           "websockets", "pycurl", "anyio", "trio", "tornado"}  # fmt: skip
ALLOWED = {
    "app/federation/wire/client.py": {"httpx", "httpcore", "ssl"},
    "app/federation/wire/network.py": {"httpcore", "socket", "ssl"},
    "app/mail.py": {"smtplib", "ssl"},  # to the mail server that the settings name
    "app/objects/bucket.py": {"httpx"},  # to the store that the settings name
    "app/stream/protocols.py": {"h11"},  # the state of a connection that its server took apart
    "workers/supervisor.py": {"http.client", "socket"},  # its own processes, on loopback
}
OPENERS = ("open_connection", "create_connection", "urlopen", "urlretrieve")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def network_of(source: str) -> set[str]:
    """The network modules that a source imports."""
    names = set(imported(ast.parse(source)))
    return {known for known in NETWORK for name in names if name == known or name.startswith(known + ".")}


def sources() -> list[Path]:
    return [path for package in ("app", "moderation", "models", "workers") for path in (ROOT / package).rglob("*.py")]


def test_only_the_guarded_client_opens_connections_to_others() -> None:
    found = {str(path.relative_to(ROOT)): network_of(path.read_text()) for path in sources()}
    assert {name: modules for name, modules in found.items() if modules} == ALLOWED


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import httpx", "httpx"),
        ("from urllib import request", "urllib.request"),
        ("from urllib.request import urlopen", "urllib.request"),
        ("import http.client as c", "http.client"),
        ("def f():\n    from httpx import get", "httpx"),
    ],
)
def test_an_import_of_another_client_is_noticed(source: str, module: str) -> None:
    assert network_of(source) == {module}


def test_nothing_opens_connections_by_asyncio_either() -> None:
    for path in sources():
        calls = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        assert not calls & set(OPENERS), path
