"""Two servers that know nobody of each other's, and a relay between them: one asked it by its inbox, one by its actor.

All of it runs: real processes, real requests on loopback, signatures checked on both sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.faults.test_deliveries import loopback
from tests.support.relay import LiveRelay
from tests.support.running import RunningServer, free_ports, running_server, wait_for

pytestmark = pytest.mark.slow
PATIENCE_SECONDS = 60.0


@dataclass
class Place:
    """The relay between a server that is open and one that asks who is there."""

    relay: LiveRelay
    north: RunningServer
    south: RunningServer
    ana: dict[str, str]
    sven: dict[str, str]

    def eventually(self, condition: Any, what: str) -> None:
        """Wait for it."""
        wait_for(lambda: bool(condition()), what, PATIENCE_SECONDS)


def _federated(server: RunningServer, who: dict[str, str]) -> dict[str, str]:
    """The federated timeline there: URI → text."""
    answer = server.http.get("/api/v1/timelines/public", params={"remote": "true"}, headers=who)
    assert answer.status_code == 200, answer.text
    return {status["uri"]: status["content"] for status in answer.json()}


def _says(server: RunningServer, who: dict[str, str], text: str) -> dict[str, Any]:
    answer = server.http.post("/api/v1/statuses", json={"status": text}, headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """North asks the relay by its inbox, as Mastodon does; south by its actor, as Pleroma does."""
    north_port = free_ports()
    with (
        LiveRelay() as relay,
        running_server(tmp_path_factory.mktemp("north"), loopback(north_port), north_port) as north,
    ):
        south_port = free_ports()
        secure = {"OSTIARY_SECURE_MODE": "1"}
        with running_server(tmp_path_factory.mktemp("south"), loopback(south_port) | secure, south_port) as south:
            place = Place(relay, north, south, north.member("ana"), south.member("sven"))
            for server, address in ((north, f"{relay.base}/inbox"), (south, relay.me.uri)):
                assert server.cli("relay", "add", address).strip() == f"{address}: waiting"
                place.eventually(lambda s=server: "\taccepted\t" in s.cli("relay", "list"), f"{address} agreed")
            yield place


def test_a_post_travels_by_the_relay_in_both_directions(place: Place) -> None:
    went = _says(place.north, place.ana, "Counted cranes on the bog since dawn: thirty-one.")
    place.eventually(lambda: went["uri"] in _federated(place.south, place.sven), "ana's post is seen in the south")
    came = _says(place.south, place.sven, "The ferry sails an hour later from Monday on.")
    place.eventually(lambda: came["uri"] in _federated(place.north, place.ana), "sven's post is seen in the north")
    for server, who in ((place.north, place.ana), (place.south, place.sven)):
        home = server.http.get("/api/v1/timelines/home", headers=who).json()
        assert {status["uri"] for status in home} <= {went["uri"] if who is place.ana else came["uri"]}
    place.eventually(
        lambda: place.south.cli("relay", "list").split("\t")[2:] == ["1", "1", "0\n"], "it is counted in the south"
    )


def test_an_edit_and_a_deletion_follow_on_the_same_way(place: Place) -> None:
    said = ("Soup at eight, in the red house.", "Whoever brings bread gets two bowls of it.")
    status, gone = (_says(place.south, place.sven, text) for text in said)
    both = {status["uri"], gone["uri"]}
    place.eventually(lambda: both <= {*_federated(place.north, place.ana)}, "they are seen in the north")
    path = f"/api/v1/statuses/{status['id']}"
    assert place.south.http.put(path, json={"status": "Soup at nine."}, headers=place.sven).status_code == 200
    place.eventually(
        lambda: "at nine" in _federated(place.north, place.ana).get(status["uri"], ""), "the edit is seen in the north"
    )
    assert place.south.http.delete(f"/api/v1/statuses/{gone['id']}", headers=place.sven).status_code == 200
    place.eventually(lambda: gone["uri"] not in _federated(place.north, place.ana), "it is gone in the north")


def test_what_is_held_at_home_does_not_travel_and_what_is_let_in_there_waits_again(place: Place) -> None:
    hateful = "I hate all immigrants, they are vermin and should be wiped out."
    held = _says(place.north, place.ana, hateful)
    fine = _says(place.north, place.ana, "The tram was on time, for once.")
    place.eventually(lambda: fine["uri"] in _federated(place.south, place.sven), "what was said after it is there")
    assert held["uri"] not in str(place.relay.received)


def test_who_parts_from_the_relay_gets_nothing_more_and_gives_nothing(place: Place) -> None:
    address = f"{place.relay.base}/inbox"
    assert place.north.cli("relay", "remove", address).strip() == f"{address}: removed"
    place.eventually(lambda: len(place.relay.members) == 1, "the relay was told")
    assert place.north.cli("relay", "list") == ""
    last = _says(place.north, place.ana, "Nobody in the south will see this one.")
    assert last["uri"] not in str(place.relay.received)
