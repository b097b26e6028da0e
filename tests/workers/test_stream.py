"""The streaming API, over real sockets: the right events to the right eyes, at the moment of delivery."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from websockets import Subprotocol
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.accounts import credentials
from app.accounts.signup import create_account
from app.accounts.tables import AccountRow, Role
from app.announcements import answering, speaking, writing
from app.barring import keep as barring
from app.barring.tables import BarredNetworkRow, NetworkSeverity
from app.clock import FrozenClock
from app.enforcement import enact
from app.filters import keep as filters
from app.filters.tables import FilterAction
from app.filters.values import KeywordWish
from app.filters.values import Wish as FilterWish
from app.lifecycle import leaving
from app.lists import keep
from app.lists.keep import Wish
from app.notifications import policy, requests
from app.oauth import granted, tokens
from app.paging import Paging
from app.polls import closing, votes
from app.posts import edit
from app.posts.compose import ComposeRequest, PollRequest, compose
from app.posts.delete import delete
from app.posts.edit import EditRequest
from app.relationships import block, follow, mute
from app.services import Services
from app.stores import events
from app.stream.listeners import QUEUE_LENGTH
from app.timelines import fanout
from app.uploads import taking
from moderation.values import Effect, Verb, Visibility
from tests.support.pictures import picture
from tests.support.running import wait_for
from tests.support.stores import TestValkey
from tests.support.streaming import UPGRADE, Streaming

pytestmark = pytest.mark.one_database
PASSWORD = "a long enough passphrase"


@pytest.fixture
def streaming(services: Services, valkey: TestValkey) -> Iterator[Streaming]:
    """A stream process on the test's services."""
    with Streaming(services, valkey) as started:
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


def test_every_member_hears_what_the_house_announces(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    with services.db.read() as session:
        admin = session.get_one(AccountRow, ana[0])
    with streaming.listen("stream=user", ben[1]) as connection:
        row = writing.write(services, admin, "We move tonight", None, None)
        speaking.drain(services)
        announced = heard(connection, "announcement")["payload"]
        assert (announced["id"], announced["content"]) == (str(row.id), "<p>We move tonight</p>")
        answering.react(services, ana[0], row.id, "☕")
        reacted = heard(connection, "announcement.reaction")["payload"]
        assert reacted == {"name": "☕", "count": 1, "announcement_id": str(row.id)}
        writing.end(services, admin, row.id)
        speaking.drain(services)
        assert heard(connection, "announcement.delete")["payload"] == row.id


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


def test_of_those_who_are_told_together_each_hears_what_is_for_them(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services, cleo = streaming.services, member(streaming.services, "cleo")
    block.block(services, ana[0], ben[0])
    wish = FilterWish("Hats", ("public",), FilterAction.WARN, timedelta(0), (KeywordWish(keyword="hat"),))
    filters.make(services, cleo[0], wish)
    with ExitStack() as stack:
        listening = [stack.enter_context(streaming.listen("stream=public", who[1])) for who in (ana, ben, cleo, cleo)]
        first = post(services, ben[0], "A hat for the scarecrow")
        second = post(services, cleo[0], "Two more for the geese")
        told = [
            [heard(connection)["payload"] for _ in range(2 if number else 1)]
            for number, connection in enumerate(listening)
        ]
    assert [[one["id"] for one in each] for each in told] == [[str(second)], *[[str(first), str(second)]] * 3]
    assert [len(each[0]["filtered"]) for each in told] == [0, 0, 1, 1]


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
    assert message["stream"] == ["hashtag", "Herons"], "as the client wrote it"
    assert message["payload"]["id"] == str(tagged)


def test_direct_hears_of_private_conversations_alone_on_both_sides_whoever_follows_whom(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    follow.follow(services, ana[0], ben[0])
    with streaming.listen("stream=direct", ana[1]) as hers, streaming.listen("stream=direct", ben[1]) as his:
        wait_for(lambda: streaming.subscribed() == 2, "both are subscribed")
        post(services, ben[0], "To all of my followers")
        first = post(services, ben[0], "@ana see you at eight", Visibility.DIRECT)
        told = [heard(connection, "conversation")["payload"] for connection in (hers, his)]
        assert [(one["id"], one["last_status"]["id"]) for one in told] == [(str(first), str(first))] * 2
        assert [one["unread"] for one in told] == [True, False]
        answer = ComposeRequest("@ben nine", in_reply_to_id=first, visibility=Visibility.DIRECT)
        second = compose(services, ana[0], answer).id
        told = [heard(connection, "conversation")["payload"] for connection in (hers, his)]
        assert [(one["id"], one["last_status"]["id"]) for one in told] == [(str(first), str(second))] * 2
        assert [one["unread"] for one in told] == [False, True]


def test_of_an_edit_clients_hear_the_new_text_and_of_one_that_waits_nothing(
    streaming: Streaming, ana: tuple[int, str]
) -> None:
    services = streaming.services
    first, second = post(services, ana[0], "The first of two"), post(services, ana[0], "The second of two")
    with streaming.listen("stream=public") as everybody:
        edit.edit(services, ana[0], first, EditRequest("They are vermin, all of them"))
        edit.edit(services, ana[0], second, EditRequest("The second of two, at last"))
        payload = heard(everybody, "status.update")["payload"]
    assert payload["id"] == str(second) and "at last" in payload["content"]


def test_streams_of_media_hear_posts_with_something_attached(streaming: Streaming, ana: tuple[int, str]) -> None:
    services = streaming.services
    number = taking.take(services, ana[0], picture()).id
    url = f"http://127.0.0.1:{streaming.port}/api/v1/streaming/public?only_media=true"
    with (
        streaming.listen("stream=public:local:media") as connection,
        streaming.listen("stream=public:remote:media") as remote,
        httpx.stream("GET", url, timeout=20) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == ":)"
        wait_for(lambda: streaming.subscribed() == 3, "all are subscribed")
        post(services, ana[0], "Words alone")
        row = compose(services, ana[0], ComposeRequest("The weir", picture_ids=(number,)))
        message = heard(connection)
        assert (message["stream"], message["payload"]["id"]) == (["public:local:media"], str(row.id))
        data = next(line for line in lines if line.startswith("data: "))
        assert json.loads(data.removeprefix("data: "))["id"] == str(row.id)
        with pytest.raises(TimeoutError):
            remote.recv(timeout=0.2)


def test_clients_hear_that_requests_were_let_in(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    policy.change(services, ana[0], {"for_not_following": "filter"})
    post(services, ben[0], "@ana have you seen the lighthouse lately?")
    with services.db.read() as session:
        [request] = requests.page(session, ana[0], Paging())
    with streaming.listen("stream=user", ana[1]) as home:
        requests.accept(services, ana[0], [request.row.id])
        assert json.loads(home.recv(timeout=10))["event"] == "notifications_merged"


def test_a_token_for_posts_alone_hears_of_no_notification(
    streaming: Streaming, ana: tuple[int, str], ben: tuple[int, str]
) -> None:
    services = streaming.services
    follow.follow(services, ana[0], ben[0])
    token = tokens.make(services, ana[0], "read:statuses")
    with streaming.listen("stream=user", token) as home:
        post(services, ben[0], "@ana the first of two")
        post(services, ben[0], "The second of two")
        assert [json.loads(home.recv(timeout=10))["event"] for _ in range(2)] == ["update", "update"]


@pytest.mark.parametrize("way", ["header", "query", "subprotocol"])
def test_a_token_is_taken_from_a_header_the_address_or_the_subprotocol(
    streaming: Streaming, ana: tuple[int, str], way: str
) -> None:
    query = f"stream=user&access_token={ana[1]}" if way == "query" else "stream=user"
    protocols = [Subprotocol(ana[1])] if way == "subprotocol" else None
    headers = {"Authorization": f"Bearer {ana[1]}"} if way == "header" else {}
    address = f"ws://127.0.0.1:{streaming.port}/api/v1/streaming/?{query}"
    with connect(address, additional_headers=headers, subprotocols=protocols) as connection:
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        public_id = post(streaming.services, ana[0], "The lock opens at six")
        assert heard(connection)["payload"]["id"] == str(public_id)


@pytest.mark.parametrize("kind", ["events", "socket"])
def test_who_does_not_read_is_dropped_and_the_others_hear_on(
    streaming: Streaming, ana: tuple[int, str], kind: str
) -> None:
    services = streaming.services
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", streaming.port))
        path = "/api/v1/streaming/public" if kind == "events" else "/api/v1/streaming?stream=public"
        upgrade = UPGRADE if kind == "socket" else ""
        slow.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n{upgrade}\r\n".encode())
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        with streaming.listen("stream=public:local", ana[1]) as reader:
            for _ in range(3 * QUEUE_LENGTH):
                events.publish(services.redis, [events.PUBLIC], "delete", {"id": "9" * 50_000})
            wait_for(lambda: streaming.subscribed() == 1, "the slow one is dropped")
            public_id = post(services, ana[0], "The herons are back")
            assert heard(reader)["payload"]["id"] == str(public_id)


def test_many_more_listen_than_the_server_lets_in_if_it_is_left_alone(streaming: Streaming) -> None:
    with ExitStack() as open_:
        listening = [
            open_.enter_context(socket.create_connection(("127.0.0.1", streaming.port), timeout=30)) for _ in range(140)
        ]
        for one in listening:
            one.sendall(b"GET /api/v1/streaming/public HTTP/1.1\r\nHost: here\r\n\r\n")
        assert {one.recv(12) for one in listening} == {b"HTTP/1.1 200"}


def test_all_that_come_at_once_after_a_start_hear_what_they_came_for(
    streaming: Streaming, ana: tuple[int, str]
) -> None:
    services, tags = streaming.services, [f"tag{number}" for number in range(24)]
    with ExitStack() as open_:
        address = ("127.0.0.1", streaming.port)
        listening = [open_.enter_context(socket.create_connection(address, timeout=30)) for _ in tags]
        for one, tag in zip(listening, tags, strict=True):
            one.sendall(f"GET /api/v1/streaming/hashtag?tag={tag} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        wait_for(lambda: streaming.subscribed() == len(tags), "all are subscribed")
        events.publish(services.redis, [events.tag_channel(tag) for tag in tags], "delete", {"id": "4242424242"})
        for one in listening:
            said = b""
            while b"4242424242" not in said:
                more = one.recv(4096)
                assert more, "the stream ended"
                said += more


def test_a_page_from_elsewhere_may_listen_with_a_token(streaming: Streaming) -> None:
    answer = httpx.options(f"http://127.0.0.1:{streaming.port}/api/v1/streaming/user")
    assert answer.status_code == 204 and "Authorization" in answer.headers["access-control-allow-headers"]


def test_streams_are_taken_up_and_left_by_messages(streaming: Streaming, ana: tuple[int, str]) -> None:
    with streaming.listen("", ana[1]) as connection:
        connection.send(json.dumps({"type": "subscribe", "stream": "public:local"}))
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        first = post(streaming.services, ana[0], "The first of two letters")
        assert heard(connection)["payload"]["id"] == str(first)
        connection.send(json.dumps({"type": "unsubscribe", "stream": "public:local"}))
        wait_for(lambda: streaming.subscribed() == 0, "it left")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("not json", 400),
        ("[]", 400),
        ('{"type":"subscribe"}', 400),
        ('{"type":"subscribe","stream":"nothing"}', 400),
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
        ("stream=nothing", None, 400),
        ("stream=hashtag", None, 400),
    ],
)
def test_a_bad_request_is_refused_before_the_handshake(
    streaming: Streaming, query: str, token: str | None, status: int
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        streaming.listen(query, token).close()
    assert refused.value.response.status_code == status


def test_a_refused_handshake_is_one_line_that_is_no_error(
    services: Services, valkey: TestValkey, caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as said, Streaming(services, valkey) as streaming:
        for token in ("no such token", None):
            with pytest.raises(InvalidStatus):
                streaming.listen("stream=user", token).close()
    refused = [line for line in said if line["event"] == "stream_refused"]
    assert refused == [{"event": "stream_refused", "log_level": "info", "status": 401}] * 2
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_revoked_token_hears_nothing(streaming: Streaming, ana: tuple[int, str]) -> None:
    tokens.revoke(streaming.services, ana[1])
    with pytest.raises(InvalidStatus) as refused:
        streaming.listen("stream=user", ana[1]).close()
    assert refused.value.response.status_code == 401


def _reset_password(services: Services, ana: tuple[int, str]) -> None:
    with services.db.read() as session:
        account = session.get_one(AccountRow, ana[0])
    credentials.set_password(services, account, "another long passphrase")


def _suspend(services: Services, ana: tuple[int, str]) -> None:
    with services.db.write() as session:
        uri = session.get_one(AccountRow, ana[0]).actor.uri
        enact.enact(services, session, [Effect(Verb.SUSPEND, uri)])


def _take_back(services: Services, ana: tuple[int, str]) -> None:
    with services.db.read() as session:
        (program,) = granted.of(session, ana[0])
    granted.take_back(services, ana[0], program.app_id)


def _leave(services: Services, ana: tuple[int, str]) -> None:
    leaving.remove(services, ana[0], by="admin")


@pytest.mark.parametrize(
    "end", [lambda services, ana: tokens.revoke(services, ana[1]), _take_back, _reset_password, _suspend, _leave]
)
def test_the_streams_of_a_token_end_with_it_whoever_ended_it(
    streaming: Streaming, services: Services, ben: tuple[int, str], end: Callable[[Services, tuple[int, str]], object]
) -> None:
    cleo = member(services, "cleo")
    url = f"http://127.0.0.1:{streaming.port}/api/v1/streaming/user"
    with (
        streaming.listen("stream=user", cleo[1]) as socket_,
        streaming.listen("stream=user", ben[1]) as other,
        httpx.stream("GET", url, headers={"Authorization": f"Bearer {cleo[1]}"}, timeout=20) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == ":)"
        end(services, cleo)
        with pytest.raises(ConnectionClosed):
            socket_.recv(timeout=8)
        assert [line for line in lines if line.strip(":)\n ")] == [], "it ends, and says nothing more"
        public_id = post(services, ben[0], "I hear on.")
        assert heard(other)["payload"]["id"] == str(public_id)


def test_another_token_of_a_member_listens_on(streaming: Streaming, ana: tuple[int, str]) -> None:
    second = tokens.make(streaming.services, ana[0], "read")
    with streaming.listen("stream=user", ana[1]) as one, streaming.listen("stream=user", second) as other:
        tokens.revoke(streaming.services, ana[1])
        with pytest.raises(ConnectionClosed):
            one.recv(timeout=8)
        public_id = post(streaming.services, ana[0], "I hear on.")
        assert heard(other)["payload"]["id"] == str(public_id)


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
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        public_id = post(streaming.services, ana[0], "Over plain HTTP, line by line")
        found = [line for line in (next(lines) for _ in range(4)) if line]
    assert found[0] == "event: update"
    assert json.loads(found[1].removeprefix("data: "))["id"] == str(public_id)


@pytest.mark.parametrize(
    ("path", "status"), [("user", 401), ("hashtag", 400), ("nothing", 400), ("user/notification", 401)]
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
        streaming.listen("stream=public", cleo[1]) as everybody,
    ):
        post(services, cleo[0], "Not on the list.")
        first = post(services, ben[0], "The kettle is on.")
        message = heard(owner)
        assert (message["stream"], message["payload"]["id"]) == (["list", str(row.id)], str(first))
        assert {heard(everybody)["payload"]["id"] for _ in range(2)} >= {str(first)}


def test_a_list_that_is_not_ones_own_is_not_listened_to(streaming: Streaming, services: Services) -> None:
    cleo, dora = member(services, "cleo"), member(services, "dora")
    row = keep.make(services, dora[0], Wish(title="Friends"))
    with streaming.listen("stream=user", cleo[1]) as open_:
        for number in (row.id, 1):
            with pytest.raises(InvalidStatus) as refused:
                streaming.listen(f"stream=list&list={number}", cleo[1]).close()
            assert refused.value.response.status_code == 401
            url = f"http://127.0.0.1:{streaming.port}/api/v1/streaming/list?list={number}"
            answer = httpx.get(url, headers={"Authorization": f"Bearer {cleo[1]}"}, timeout=20)
            assert (answer.status_code, answer.json()["error"]) == (401, "Not authorized to stream this list")
            open_.send(json.dumps({"type": "subscribe", "stream": "list", "list": str(number)}))
            assert json.loads(open_.recv(timeout=10)) == {"error": "Not authorized to stream this list", "status": 401}


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
        assert json.loads(home.recv(timeout=10)) == {"stream": ["user"], "event": "filters_changed"}


def test_who_is_of_a_network_that_is_shut_out_gets_no_stream_and_everybody_else_does(
    services: Services, valkey: TestValkey
) -> None:
    network = BarredNetworkRow(network="203.0.113.0/24", severity=NetworkSeverity.NO_ACCESS, comment="")
    barring.add_as(services, "command line", network)
    trusted = replace(services.settings, trusted_proxies=(ip_network("127.0.0.1/32"),))
    with Streaming(replace(services, settings=trusted), valkey) as streaming:
        there, elsewhere = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
        refused = httpx.get(f"{streaming.url}/health", headers=there)
        assert refused.status_code == 403 and "network" in refused.json()["error"]
        assert httpx.get(f"{streaming.url}/health", headers=elsewhere).text == "OK"
        address = f"ws://127.0.0.1:{streaming.port}/api/v1/streaming"
        with pytest.raises(InvalidStatus) as stranger:
            connect(address, additional_headers=there)
        assert stranger.value.response.status_code == 403
