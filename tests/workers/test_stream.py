"""The streaming API, over real sockets: the right events to the right eyes, at the moment of delivery."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.accounts.signup import create_account
from app.accounts.tables import Role
from app.clock import FrozenClock
from app.filters import keep as filters
from app.filters.values import Wish as FilterWish
from app.lists import keep
from app.lists.keep import Wish
from app.oauth import tokens
from app.polls import closing, votes
from app.posts.compose import ComposeRequest, PollRequest, compose
from app.posts.delete import delete
from app.relationships import block, follow, mute
from app.services import Services
from app.stream import server
from app.timelines import fanout
from moderation.values import Visibility
from tests.support.running import free_ports, wait_for
from tests.support.stores import TestValkey

pytestmark = pytest.mark.one_database
PASSWORD = "a long enough passphrase"


class Streaming:
    """A stream process, in a thread."""

    def __init__(self, services: Services) -> None:
        self.services, self.port = services, free_ports()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        await server.run(self.services, "127.0.0.1", self.port, self._over)

    def __enter__(self) -> Streaming:
        self._thread.start()
        wait_for(self._answers, "the stream process answers")
        return self

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/v1/streaming/health").text == "OK"
        except httpx.TransportError:
            return False

    def __exit__(self, *_args: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    def listen(self, query: str, token: str | None = None) -> ClientConnection:
        """A WebSocket, once its first subscription holds in Redis."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        before = self._subscribed()
        connection = connect(f"ws://127.0.0.1:{self.port}/api/v1/streaming?{query}", additional_headers=headers)
        if "stream=" in query:
            wait_for(lambda: self._subscribed() >= max(before, 1), "it is subscribed")
        return connection

    def _subscribed(self) -> int:
        return len(self.services.redis.pubsub_channels())


@pytest.fixture
def streaming(services: Services, valkey: TestValkey) -> Iterator[Streaming]:
    """A stream process on the test's services."""
    settings = replace(services.settings, redis_url=valkey.url)
    with Streaming(replace(services, settings=settings)) as started:
        yield started


def member(services: Services, name: str, role: Role = Role.MEMBER) -> tuple[int, str]:
    """A member's id and token."""
    row = create_account(services, name, f"{name}@people.example", PASSWORD, role)
    return row.id, tokens.make(services, row.id, "read write follow")


@pytest.fixture
def ana(services: Services) -> tuple[int, str]:
    return member(services, "ana", Role.ADMIN)


@pytest.fixture
def ben(services: Services) -> tuple[int, str]:
    return member(services, "ben")


def post(services: Services, who: int, text: str, visibility: Visibility = Visibility.PUBLIC) -> int:
    """Write a post, and let it reach its readers."""
    row = compose(services, who, ComposeRequest(text=text, visibility=visibility))
    fanout.sweep(services, 10)
    return row.id


def heard(connection: ClientConnection, event: str = "update", seconds: float = 10) -> dict[str, Any]:
    """The next message of that kind, its payload parsed where it is JSON."""
    while True:
        message = json.loads(connection.recv(timeout=seconds))
        if message["event"] == event:
            return message | {"payload": json.loads(message["payload"])}


def test_a_follower_hears_a_post_as_a_status(streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]) -> None:
    services = streaming.services
    follow.follow(services, ana[0], ben[0])
    with streaming.listen("stream=user", ana[1]) as connection:
        public_id = post(services, ben[0], "The tide is out and the boats lie on their sides")
        message = heard(connection)
    assert message["stream"] == ["user"]
    assert message["payload"]["id"] == str(public_id)
    assert "tide is out" in message["payload"]["content"]


def test_a_mention_is_heard_as_a_notification(streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]) -> None:
    with streaming.listen("stream=user:notification", ana[1]) as connection:
        post(streaming.services, ben[0], "@ana have you seen the lighthouse lately?")
        payload = heard(connection, "notification")["payload"]
    assert payload["type"] == "mention"
    assert payload["account"]["username"] == "ben"


def test_that_a_poll_is_over_is_heard_as_a_notification(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    asked = PollRequest(("Lentils", "Peas"), timedelta(hours=1))
    row = compose(services, ana[0], ComposeRequest(text="Which soup?", poll=asked))
    votes.vote(services, ben[0], row.id, [1])
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(hours=1))
    with streaming.listen("stream=user:notification", ben[1]) as connection:
        closing.drain(services)
        payload = heard(connection, "notification")["payload"]
    assert (payload["type"], payload["status"]["id"]) == ("poll", str(row.id))
    assert payload["status"]["poll"]["expired"]


def test_a_stranger_hears_public_posts_and_nothing_else(streaming: Streaming, ana: tuple[int, str]) -> None:
    with streaming.listen("stream=public:local") as connection:
        post(streaming.services, ana[0], "For my followers alone", Visibility.FOLLOWERS)
        public_id = post(streaming.services, ana[0], "For everybody who walks by")
        assert heard(connection)["payload"]["id"] == str(public_id)


def test_a_held_post_is_heard_by_nobody_but_its_author(streaming: Streaming, ana: tuple[int, str]) -> None:
    services = streaming.services
    with streaming.listen("stream=public") as everybody:
        held = compose(services, ana[0], ComposeRequest(text="you are all vermin and should leave"))
        assert held.state.value == "held"
        fanout.sweep(services, 10)
        after = post(services, ana[0], "A quiet evening with soup and bread")
        assert heard(everybody)["payload"]["id"] == str(after)


def test_somebody_blocked_between_sending_and_hearing_is_not_heard(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    block.block(services, ana[0], ben[0])
    with streaming.listen("stream=public", ana[1]) as connection:
        post(services, ben[0], "Ana shall not hear this one")
        own = post(services, ana[0], "But this one she does")
        assert heard(connection)["payload"]["id"] == str(own)


def test_a_deleted_post_is_heard_as_deleted(streaming: Streaming, ana: tuple[int, str]) -> None:
    services = streaming.services
    public_id = post(services, ana[0], "Soon gone")
    with streaming.listen("stream=user", ana[1]) as connection:
        delete(services, ana[0], public_id)
        message = heard(connection, "delete")
    assert message["payload"] == public_id


def test_hashtags_are_streams_of_their_own(streaming: Streaming, ana: tuple[int, str]) -> None:
    with streaming.listen("stream=hashtag&tag=Herons", ana[1]) as connection:
        post(streaming.services, ana[0], "No tag at all in here")
        tagged = post(streaming.services, ana[0], "Two of them by the pond #herons")
        message = heard(connection)
    assert message["stream"] == ["hashtag", "herons"]
    assert message["payload"]["id"] == str(tagged)


def test_direct_hears_direct_posts_alone(streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]) -> None:
    services = streaming.services
    follow.follow(services, ana[0], ben[0])
    follow.follow(services, ben[0], ana[0])
    with streaming.listen("stream=direct", ana[1]) as connection:
        post(services, ben[0], "To all of my followers")
        direct = post(services, ben[0], "@ana see you at eight", Visibility.DIRECT)
        assert heard(connection)["payload"]["id"] == str(direct)


def test_streams_are_taken_up_and_left_by_messages(streaming: Streaming, ana: tuple[int, str]) -> None:
    channels = streaming.services.redis.pubsub_channels
    with streaming.listen("", ana[1]) as connection:
        connection.send(json.dumps({"type": "subscribe", "stream": "public:local"}))
        wait_for(lambda: len(channels()) == 1, "it is subscribed")
        first = post(streaming.services, ana[0], "The first of two letters")
        assert heard(connection)["payload"]["id"] == str(first)
        connection.send(json.dumps({"type": "unsubscribe", "stream": "public:local"}))
        wait_for(lambda: channels() == [], "it left")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("not json", 400),
        ("[]", 400),
        ('{"type":"subscribe"}', 400),
        ('{"type":"subscribe","stream":"nothing"}', 404),
        ('{"type":"subscribe","stream":"hashtag"}', 400),
        ('{"type":"dance","stream":"public"}', 400),
        ('{"type":"subscribe","stream":"user"}', 401),
        ('{"type":"subscribe","stream":["user"]}', 400),
        ("x" * 5000, 413),
    ],
)
def test_a_bad_message_is_answered_and_the_connection_stays(streaming: Streaming, message: str, status: int) -> None:
    with streaming.listen("") as connection:
        connection.send(message)
        assert json.loads(connection.recv(timeout=10))["status"] == status
        connection.send("again")
        assert json.loads(connection.recv(timeout=10))["status"] == 400


@pytest.mark.parametrize(
    ("query", "token", "status"),
    [
        ("stream=user", None, 401),
        ("stream=user", "no such token", 401),
        ("stream=public", "no such token", 401),
        ("stream=nothing", None, 404),
        ("stream=hashtag", None, 400),
    ],
)
def test_a_bad_request_is_refused_before_the_handshake(
    streaming: Streaming, query: str, token: str | None, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        streaming.listen(query, token).close()
    assert refused.value.response.status_code == status


def test_a_revoked_token_hears_nothing(streaming: Streaming, ana: tuple[int, str]) -> None:
    tokens.revoke(streaming.services, ana[1])
    with pytest.raises(InvalidStatus) as refused:
        streaming.listen("stream=user", ana[1]).close()
    assert refused.value.response.status_code == 401


def test_a_token_that_may_not_read_is_refused(streaming: Streaming, ana: tuple[int, str]) -> None:
    writer = tokens.make(streaming.services, ana[0], "write")
    with pytest.raises(InvalidStatus) as refused:
        streaming.listen("stream=user", writer).close()
    assert refused.value.response.status_code == 403


def test_server_sent_events_carry_the_same(streaming: Streaming, ana: tuple[int, str]) -> None:
    url = f"http://127.0.0.1:{streaming.port}/api/v1/streaming/public/local"
    with httpx.stream("GET", url, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == ":)"
        wait_for(lambda: len(streaming.services.redis.pubsub_channels()) == 1, "it is subscribed")
        public_id = post(streaming.services, ana[0], "Over plain HTTP, line by line")
        found = [line for line in (next(lines) for _ in range(4)) if line]
    assert found[0] == "event: update"
    assert json.loads(found[1].removeprefix("data: "))["id"] == str(public_id)


@pytest.mark.parametrize(
    ("path", "status"), [("user", 401), ("hashtag", 400), ("nothing", 404), ("user/notification", 401)]
)
def test_server_sent_events_refuse_what_they_must(streaming: Streaming, path: str, status: int) -> None:
    assert httpx.get(f"http://127.0.0.1:{streaming.port}/api/v1/streaming/{path}").status_code == status


def test_a_lists_stream_has_what_belongs_into_the_list_for_its_owner_alone(
    streaming: Streaming, services: Services, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    cleo = member(services, "cleo")
    follow.follow(services, ana[0], ben[0])
    row = keep.make(services, ana[0], Wish(title="Friends"))
    keep.add(services, ana[0], row.id, [ben[0]])
    with (
        streaming.listen(f"stream=list&list={row.id}", ana[1]) as owner,
        streaming.listen(f"stream=list&list={row.id}", cleo[1]) as stranger,
        streaming.listen("stream=public", cleo[1]) as everybody,
    ):
        post(services, cleo[0], "Not on the list.")
        first = post(services, ben[0], "The kettle is on.")
        message = heard(owner)
        assert (message["stream"], message["payload"]["id"]) == (["list", str(row.id)], str(first))
        assert {heard(everybody)["payload"]["id"] for _ in range(2)} >= {str(first)}
        with pytest.raises(TimeoutError):
            stranger.recv(timeout=0.2)


def test_whom_one_mutes_is_not_heard_and_what_is_removed_is_taken_from_every_reader(
    streaming: Streaming, services: Services, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    cleo = member(services, "cleo")
    for one in (ben, cleo):
        follow.follow(services, ana[0], one[0])
    mute.mute(services, ana[0], cleo[0])
    with streaming.listen("stream=user", ana[1]) as home:
        post(services, cleo[0], "Nobody hears this.")
        public_id = post(services, ben[0], "Everybody reads this.")
        assert heard(home)["payload"]["id"] == str(public_id)
        delete(services, ben[0], public_id)
        assert heard(home, "delete")["payload"] == public_id


def test_clients_hear_that_filters_changed(streaming: Streaming, services: Services, ana: tuple[int, str]) -> None:
    with streaming.listen("stream=user", ana[1]) as home:
        filters.make(services, ana[0], FilterWish(title="Football", context=("home",)))
        told = json.loads(home.recv(timeout=10))
        assert told == {"stream": ["user"], "event": "filters_changed"}
