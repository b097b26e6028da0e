"""A real server on loopback, in a thread, and a browser to sign in with."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from redis import Redis
from werkzeug.serving import make_server

from app.clock import SystemClock
from app.database.engine import Database
from app.factory import create_app
from app.services import Services
from tests.app import people
from tests.support.services import make_services, make_settings


@dataclass
class House:
    """A running server."""

    url: str
    services: Services

    def code(self, name: str, address: str) -> str:
        """What a member does in the browser."""
        return agree(self.url, name, address)


def agree(url: str, name: str, address: str) -> str:
    """Open the address, sign in, let the program in. The code that it gets."""
    with httpx.Client(base_url=url, follow_redirects=True) as browser:
        page = browser.get(address)
        assert page.url.path == "/sign-in", page.url
        page = browser.post("/sign-in", data={**hidden(page.text), "name": name, "password": people.PASSWORD})
        assert page.url.path.rstrip("/") == "/oauth/authorize", page.text
        form = {**hidden(page.text), "decision": "allow"}
        answer = browser.post("/oauth/authorize", data=form, follow_redirects=False)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = page.rpartition('method="post"')[2]
    return {
        name: unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)
    }


@pytest.fixture
def house(tmp_path: Path, db: Database, redis: Redis) -> Iterator[House]:
    """The server, and its members ana and ben."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = make_settings(tmp_path, db, domain=f"127.0.0.1:{port}", scheme="http")
    services = make_services(tmp_path, db=db, redis=redis, clock=SystemClock(), settings=replace(settings))
    server = make_server("127.0.0.1", port, create_app(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name in ("ana", "ben"):
        people.member(services, name)
    yield House(f"http://127.0.0.1:{port}", services)
    server.shutdown()
    thread.join()
    server.server_close()
