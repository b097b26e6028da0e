"""What the stream process holds against time and strangers: signs of life, tokens, those who don't read, its own end."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidStatus

from app.oauth import tokens
from app.services import Services
from app.stores import events
from app.stream import hub, listeners, protocols, server
from app.stream.rendering import Rendering
from tests.app import people
from tests.support.running import wait_for
from tests.support.stores import TestValkey
from tests.support.streaming import UPGRADE, Streaming, all_of, up_to

pytestmark = pytest.mark.one_database
ESTABLISHED = "01"


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, services: Services, valkey: TestValkey) -> Iterator[Streaming]:
    """A stream process in which a moment is a long time, on the test's services."""
    monkeypatch.setattr(hub, "SIGN_OF_LIFE_SECONDS", 1)
    monkeypatch.setattr(listeners, "CHECK_TOKEN_SECONDS", 0.5)
    monkeypatch.setattr(protocols, "WHOLE_REQUEST_SECONDS", 0.5)
    with Streaming(services, valkey) as started:
        yield started


@pytest.fixture
def streaming(services: Services, valkey: TestValkey) -> Iterator[Streaming]:
    """A stream process on the test's services."""
    with Streaming(services, valkey) as started:
        yield started


def token_of(services: Services, name: str) -> str:
    """A member's."""
    return tokens.make(services, people.member(services, name).id, "read")


def test_a_quiet_stream_says_that_it_lives_again_and_again(hasty: Streaming) -> None:
    with httpx.stream("GET", f"{hasty.url}/public", timeout=20) as answer:
        lines = (line for line in answer.iter_lines() if line)
        assert [next(lines) for _ in range(3)] == [":)", ":thump", ":thump"]


def test_a_web_socket_whose_client_answers_pings_stays_and_another_ends(
    monkeypatch: pytest.MonkeyPatch, services: Services, valkey: TestValkey
) -> None:
    monkeypatch.setattr(server, "PING_SECONDS", 2)
    with (
        Streaming(services, valkey) as streaming,
        streaming.listen("stream=public") as answers,
        streaming.ask("?stream=public:local", UPGRADE) as silent,
    ):
        started = time.monotonic()
        assert b"keepalive" in all_of(silent)
        assert 2 < time.monotonic() - started < 10
        events.publish(services.redis, [events.PUBLIC], "delete", {"id": "4242"})
        assert json.loads(answers.recv(timeout=10))["payload"] == "4242"


def test_who_loses_their_token_is_let_go_while_nothing_happens(hasty: Streaming) -> None:
    services = hasty.services
    token = token_of(services, "ana")
    with (
        hasty.listen("stream=user", token) as connection,
        hasty.listen("", token) as of_nothing,
        hasty.ask("/user", f"Authorization: Bearer {token}\r\n") as lines,
    ):
        up_to(b":)", lines)
        tokens.revoke(services, token)
        for one in (connection, of_nothing):
            with pytest.raises(ConnectionClosedOK):
                one.recv(timeout=10)
        assert all_of(lines).endswith(b"0\r\n\r\n")
    wait_for(lambda: hasty.subscribed() == 0, "nobody listens")


def test_who_loses_their_token_hears_nothing_more(hasty: Streaming) -> None:
    services = hasty.services
    ana = people.member(services, "ana")
    token = tokens.make(services, ana.id, "read")
    with hasty.listen("stream=user", token) as connection:
        tokens.revoke(services, token)
        time.sleep(0.6)
        events.publish(services.redis, [events.user_channel(ana.id)], "delete", {"id": "4242"})
        with pytest.raises(ConnectionClosed):
            connection.recv(timeout=10)


@pytest.mark.parametrize("said", ["", "GET /api/v1/streaming/public HTTP/1.1\r\nHost: he"])
def test_who_never_comes_to_the_end_of_a_request_is_not_waited_for(hasty: Streaming, said: str) -> None:
    with hasty.knock() as slow:
        slow.sendall(said.encode())
        assert all_of(slow) == b""


def test_a_second_request_on_a_connection_must_come_in_time_too(hasty: Streaming) -> None:
    with hasty.ask("/health") as slow:
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
        for letter in "GET / HTTP/1.1":
            try:
                slow.sendall(letter.encode())
            except ConnectionError:
                return
            time.sleep(0.1)
        assert all_of(slow) == b""


def test_a_body_that_goes_on_after_its_answer_is_not_waited_for(hasty: Streaming) -> None:
    with hasty.ask("/health", "Content-Length: 1000\r\n") as slow:
        up_to(b"\r\n\r\nOK", slow)  # the first line has an OK, too
        with suppress(ConnectionError):  # on a busy machine it's over already
            slow.sendall(b"x")
        slow.settimeout(8)
        assert all_of(slow) == b""


@pytest.mark.parametrize(("path", "upgrade"), [("/public", ""), ("?stream=public", UPGRADE)])
def test_the_connection_of_who_does_not_read_is_gone_with_what_waited_in_it(
    streaming: Streaming, path: str, upgrade: str
) -> None:
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", streaming.port))
        slow.sendall(f"GET /api/v1/streaming{path} HTTP/1.1\r\nHost: here\r\n{upgrade}\r\n".encode())
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        assert is_open(streaming.port, slow)
        for _ in range(3 * listeners.QUEUE_LENGTH):
            events.publish(streaming.services.redis, [events.PUBLIC], "delete", {"id": "9" * 50_000})
        wait_for(lambda: not is_open(streaming.port, slow), "the process let go of it")
        wait_for(lambda: streaming.subscribed() == 0, "it is dropped")


def is_open(port: int, client: socket.socket) -> bool:
    """Whether the process holds its end of a client's connection (proc_net_tcp(5))."""
    wanted = f":{port:04X}", f":{client.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, *_ = line.split()
        if (here[8:], there[8:]) == wanted:
            return state == ESTABLISHED
    return False


def test_a_client_that_sends_pings_and_reads_nothing_is_not_read_from(streaming: Streaming) -> None:
    with streaming.ask("?stream=public", UPGRADE) as flooding:
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        flooding.settimeout(2)
        pings = (b"\x89\xfd" + bytes(4) + bytes(125)) * 1000
        with pytest.raises(TimeoutError):
            for _ in range(1000):  # a hundred megabytes, if anybody took them
                flooding.sendall(pings)


def test_a_message_that_is_far_too_long_ends_the_connection_and_the_others_hear_on(streaming: Streaming) -> None:
    with streaming.listen("stream=public") as other, streaming.listen("stream=public") as connection:
        connection.send("x" * (server.LARGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009
        events.publish(streaming.services.redis, [events.PUBLIC], "delete", {"id": "4242"})
        assert json.loads(other.recv(timeout=10))["payload"] == "4242"


def test_bytes_are_no_message(streaming: Streaming) -> None:
    with streaming.listen("") as connection:
        connection.send(b'{"type":"subscribe","stream":"public"}')
        assert json.loads(connection.recv(timeout=10))["status"] == 400


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"?stream={'x' * 9000}", UPGRADE),
        ("/public", f"Cookie: {'x' * 1_000_000}\r\n"),
        ("?stream=public", "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
    ],
)
def test_a_request_that_is_too_much_ends_the_connection(streaming: Streaming, path: str, headers: str) -> None:
    with streaming.ask(path, headers) as connection:
        assert b" 200 " not in all_of(connection)[:20]


def test_more_than_may_listen_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch, streaming: Streaming) -> None:
    monkeypatch.setattr(hub, "MOST_LISTENERS", 2)
    with streaming.listen("stream=public"), streaming.listen("stream=public:local"):
        with pytest.raises(InvalidStatus) as refused:
            streaming.listen("stream=public").close()
        assert refused.value.response.status_code == 503
        assert httpx.get(f"{streaming.url}/public").status_code == 503
        assert httpx.get(f"{streaming.url}/health").status_code == 200


def test_whoever_listens_when_it_stops_is_told_to_come_back(streaming: Streaming) -> None:
    with streaming.listen("stream=public") as connection, streaming.ask("/public") as lines:
        up_to(b":)", lines)
        started = time.monotonic()
        streaming.stop()
        assert time.monotonic() - started < server.STOP_SECONDS
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1012
        assert all_of(lines).endswith(b"0\r\n\r\n")


def test_who_does_not_read_does_not_keep_it_from_stopping(streaming: Streaming) -> None:
    with streaming.ask("/public") as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wait_for(lambda: streaming.subscribed() == 1, "it is subscribed")
        for _ in range(listeners.QUEUE_LENGTH // 2):
            events.publish(streaming.services.redis, [events.PUBLIC], "delete", {"id": "9" * 500_000})
        streaming.stop()


def test_strangers_are_told_from_one_rendering(monkeypatch: pytest.MonkeyPatch, streaming: Streaming) -> None:
    services, rendered = streaming.services, []
    render = Rendering.render
    monkeypatch.setattr(Rendering, "render", lambda *given: (rendered.append(given[2]), render(*given))[1])
    post = people.post(services, people.remote(services, "zoe"))
    token = token_of(services, "ana")
    with ExitStack() as open_:
        listening = [open_.enter_context(streaming.listen("stream=public", who)) for who in (None, None, None, token)]
        events.publish(services.redis, [events.PUBLIC], "update", {"id": str(post.id)})
        heard = [json.loads(json.loads(one.recv(timeout=10))["payload"])["id"] for one in listening]
    assert heard == [str(post.id)] * 4
    assert [viewer is None for viewer in rendered].count(True) == 1
    assert len(rendered) == 2


def test_its_answers_do_not_say_what_serves_them(streaming: Streaming) -> None:
    with streaming.listen("stream=public") as connection:
        assert connection.response is not None
        answers = [httpx.get(f"{streaming.url}/health").headers, connection.response.headers]
    with httpx.stream("GET", f"{streaming.url}/public") as answer:
        answers.append(answer.headers)
    assert not any("server" in headers for headers in answers)


def test_addresses_with_their_tokens_are_not_logged(streaming: Streaming, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = token_of(streaming.services, "ana")
    with streaming.listen(f"stream=user&access_token={token}"):
        pass
    httpx.post(f"{streaming.url}/user?access_token={token}")
    with streaming.ask(f"?stream=nothing&access_token={token}", UPGRADE) as refused:
        assert b" 400 " in all_of(refused)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("http", "websockets.cl"))]
    assert token not in "".join(ours)
