"""Nobody makes this server visit its own network: each way in that fetches, with the real client, before a listener."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest

from app.errors import AppError
from app.factory import create_app
from app.federation import actors, intake, posts, resolve
from app.federation.wire.actors import parse_actor
from app.federation.wire.client import HttpClient
from app.federation.wire.errors import WireError
from app.federation.wire.twins import FakeResolver
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.services import Services
from tests.app import people
from tests.app.web.conftest import Town
from tests.federation.world import Remote, World, prepare
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
SPELLINGS = (
    "127.0.0.1", "localhost", "127.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "127.0.0.1.", "inside.example", "rebinding.example",
    "mapped.example", "169.254.169.254", "[fe80::1]", "[fd00::1]", "10.0.0.1", "ⓛocalhost", "localhost%00.example",
    "far.example@127.0.0.1", "far.example#@127.0.0.1", "127.0.0.1\\@far.example", "far.example%2f@127.0.0.1",
)  # fmt: skip
"""Ours, in the disguises that clients have fallen for."""


class Listener:
    """Something private on this machine: whoever connects is counted."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        """Listen no more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)


@pytest.fixture
def inside() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def home(services: Services) -> Services:
    """With the real client; names lead to addresses of ours, one of them only when asked again."""
    names = {
        "inside.example": [["127.0.0.1"]],
        "localhost": [["127.0.0.1"]],
        "mapped.example": [["::ffff:127.0.0.1", "::1"]],
        "rebinding.example": [["127.0.0.1"], ["127.0.0.1"]],
        "127.0.0.1.": [["127.0.0.1"]],
        "127.1": [["127.0.0.1"]],
        "2130706433": [["127.0.0.1"]],
        "0x7f000001": [["127.0.0.1"]],
        "017700000001": [["127.0.0.1"]],
        "0": [["0.0.0.0"]],
    }
    prepare(services)
    return replace(services, fetcher=HttpClient(resolver=FakeResolver(names), timeout_seconds=5))


def hosts(port: int) -> list[str]:
    """Every spelling, with the port and without."""
    return [each for name in SPELLINGS for each in (f"{name}:{port}", name)]


def test_a_search_does_not_look_inside(home: Services, inside: Listener) -> None:
    town = Town(create_app(home), home)
    ana = town.member("ana")
    browser, caller = town.at_home(ana), Caller(town, ana)
    object.__setattr__(home.settings, "rate_limits", False)
    for host in hosts(inside.port):
        for text in (f"https://{host}/users/x", f"http://{host}/users/x", f"@x@{host}", f"x@{host}"):
            found = caller.http.get(
                "/api/v2/search", query_string={"q": text, "resolve": "true"}, headers=caller.headers
            )
            assert found.status_code == 200 and found.json == {"accounts": [], "statuses": [], "hashtags": []}, text
        assert browser.client.get("/search", query_string={"q": f"@x@{host}"}).status_code < 400
        known = caller.http.get("/api/v1/accounts/search", query_string={"q": f"x@{host}", "resolve": "true"}, headers=caller.headers)  # fmt: skip
        assert known.json == []
    assert inside.visits == 0


def test_a_mention_does_not_look_inside(home: Services, inside: Listener) -> None:
    ana = people.member(home, "ana")
    for host in hosts(inside.port):
        compose.compose(home, ana.id, ComposeRequest(f"hello @x@{host} and @y@{host} on https://{host}/"))
    assert inside.visits == 0


def test_an_actor_a_post_and_a_key_elsewhere_do_not_lead_inside(home: Services, inside: Listener) -> None:
    for host in hosts(inside.port):
        for scheme in ("https", "http", "ftp", "file", "gopher"):
            uri = f"{scheme}://{host}/users/x"
            for fetch in (actors.fetch, actors.fetch_key_owner, actors.refetch, posts.fetch, resolve.by_url):
                with pytest.raises((AppError, WireError)):
                    fetch(home, uri)
    assert inside.visits == 0


def test_pictures_and_addresses_in_a_profile_are_not_visited(home: Services, inside: Listener) -> None:
    place = f"https://127.0.0.1:{inside.port}/x.png"
    mallory = Remote(
        "mallory",
        document={"icon": {"type": "Image", "url": place}, "image": {"type": "Image", "url": place}, "url": place,
                  "featured": place, "attachment": [{"type": "PropertyValue", "name": "a", "value": place}]},
    )  # fmt: skip
    row = actors.store(home, parse_actor(mallory.actor()))
    caller = Caller(Town(create_app(home), home))
    assert caller.send("GET", f"/api/v1/accounts/{row.id}")[0] == 200
    assert inside.visits == 0


def test_a_delivery_does_not_send_us_inside_for_its_key(home: Services, inside: Listener) -> None:
    with_web = World(home, create_app(home).test_client())
    for host in (
        f"127.0.0.1:{inside.port}",
        f"localhost:{inside.port}",
        f"inside.example:{inside.port}",
        "inside.example",
    ):
        mallory = Remote("mallory", host)
        activity = mallory.activity("Create", mallory.note("hello", inReplyTo=f"https://{host}/1"))
        answer = with_web.deliver(mallory, activity)
        assert answer.status_code in (202, 400, 401, 403), answer.text
    intake.drain(home)
    assert inside.visits == 0


def test_the_listener_counts_who_is_let_in(home: Services, inside: Listener) -> None:
    """Or no visit would ever have been seen."""
    open_to_us = HttpClient(
        resolver=FakeResolver({"inside.example": [["127.0.0.1"]]}), allowed_networks=[ip_network("127.0.0.0/8")]
    )
    with pytest.raises((AppError, WireError)):
        actors.fetch(replace(home, fetcher=open_to_us), f"https://inside.example:{inside.port}/users/x")
    assert inside.visits == 1
