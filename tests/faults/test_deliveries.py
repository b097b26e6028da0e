"""Kill -9 at any moment loses nothing that was acknowledged, and shows nothing that was not judged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.support.peer import Peer
from tests.support.running import RunningServer, free_ports, running_server, wait_for

pytestmark = pytest.mark.slow

WHO = ("the librarian", "our bus driver", "the baker", "my aunt", "the night nurse", "a captain", "the gardener")
DID = ("repaired", "painted", "lost", "photographed", "carried home", "measured", "learned to play", "forgot")
WHAT = ("the copper kettle", "a box of apples", "an old map", "the garden gate", "twelve marbles", "a long scarf")


def text(number: int) -> str:
    """A harmless sentence unlike the others."""
    first = f"{WHO[number % 7]} {DID[number % 8]} {WHAT[number % 6]}"
    return f"{first} on day {number}, and {WHO[number * 3 % 7]} {DID[number * 5 % 8]} {WHAT[number * 7 % 6]}"


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    """Another server, with people on it."""
    with Peer("mia", "noah", "olga") as started:
        yield started


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that may talk to loopback."""
    port = free_ports()
    with running_server(tmp_path, loopback(port), port) as started:
        yield started


def loopback(port: int) -> dict[str, str]:
    """Settings of a server that federates on this machine."""
    return {
        "OSTIARY_DOMAIN": f"localhost:{port}",
        "OSTIARY_SCHEME": "http",
        "OSTIARY_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "OSTIARY_RATE_LIMITS": "off",
    }


def deliver(server: RunningServer, peer: Peer, number: int) -> str | None:
    """Send one post; its URI once the server has acknowledged it."""
    name = tuple(peer.actors)[number % len(peer.actors)]
    activity = peer[name].note(text(number), f"{server.base_url}/users/ana", f"@ana@localhost:{server.port}")
    try:
        answer = peer[name].send(server.http, f"{server.base_url}/inbox", activity)
    except httpx.TransportError:
        return None
    if answer.status_code == 202:
        return str(activity["object"]["id"])
    assert answer.status_code in (503, 502), answer.text
    return None


def rows(server: RunningServer, statement: str) -> list[tuple[object, ...]]:
    """Ask the server's database beside it."""
    with closing(sqlite3.connect(server.data / "ostiary.sqlite3", timeout=30)) as connection:
        return connection.execute(statement).fetchall()


def settled(server: RunningServer, uris: set[str]) -> bool:
    """Whether each of these was judged: none of them waits any more."""
    found = rows(server, "SELECT uri FROM posts WHERE state IN ('published', 'held', 'rejected')")
    return uris <= {str(uri) for (uri,) in found}


def assert_every_shown_post_was_judged(server: RunningServer) -> None:
    """What the database would refuse, asked of what is in it."""
    unjudged = """
        SELECT posts.uri FROM posts LEFT JOIN verdicts
            ON verdicts.id = posts.verdict_id AND verdicts.outcome = posts.outcome
        WHERE posts.state = 'published' AND (verdicts.id IS NULL OR verdicts.outcome NOT IN ('approve', 'label', 'limit'))
    """
    assert rows(server, unjudged) == []


@pytest.mark.parametrize("victim", ["worker", "web", "valkey", "supervisor"])
def test_what_was_acknowledged_is_judged_whoever_is_killed(server: RunningServer, peer: Peer, victim: str) -> None:
    server.member("ana")
    acknowledged: set[str] = set()
    for number in range(60):
        uri = deliver(server, peer, number)
        acknowledged |= {uri} if uri else set()
        if number in ((20,) if victim == "supervisor" else (10, 30, 31, 50)):
            server.kill(victim)
            if victim == "supervisor":
                server.start()
            elif victim == "web":
                wait_for(server.ready, "it answers again")
    assert len(acknowledged) >= 50
    wait_for(lambda: settled(server, acknowledged), f"all {len(acknowledged)} were judged", 60)
    assert_every_shown_post_was_judged(server)
    assert rows(server, "SELECT uri FROM posts GROUP BY uri HAVING count(*) > 1") == []


def test_a_post_delivered_while_no_worker_lives_is_shown_once_one_does(server: RunningServer, peer: Peer) -> None:
    who = server.member("ana")
    server.kill("worker")
    uri = deliver(server, peer, 7)
    assert uri is not None

    def notified() -> bool:
        answer = server.http.get("/api/v1/notifications", headers=who)
        return uri in [(item.get("status") or {}).get("uri") for item in answer.json()]

    wait_for(notified, "ana is told that she was mentioned")
