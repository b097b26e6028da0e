"""Knocking twice: what is refused in one form of signature is tried in the other, once, and what worked is remembered."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest

from app.federation.wire.client import AsyncHttpClient, HttpClient
from app.federation.wire.errors import BadStatusError
from app.federation.wire.fetching import Outgoing, Sent
from app.federation.wire.knocking import Knock
from app.federation.wire.signed import Form
from app.federation.wire.twins import FakeResolver
from tests.federation.wire.callers import Caller
from tests.federation.wire.servers import Server, answer, serving

URL = "https://far.example/inbox"
LOOPBACK = (ip_network("127.0.0.0/8"),)
UNAUTHORISED = answer(b"", status="401 Unauthorized")
FORBIDDEN = answer(b"", status="403 Forbidden")


def knock(caller: Caller, *answers: int, **headers: str) -> int | None:
    """The status that counts in the end."""
    one = Knock(caller, "POST", URL, b"{}")
    status = None
    for answered in answers:
        assert status is None, "one answer too many"
        one.headers()
        status = one.answered(answered, headers)
    return status


def forms(caller: Caller) -> list[str]:
    return [asked.rpartition(" ")[2] for asked in caller.asked]


@pytest.mark.parametrize("refusal", [400, 401, 403])
@pytest.mark.parametrize("first", list(Form))
def test_what_is_refused_is_tried_in_the_other_form_and_that_is_remembered(refusal: int, first: Form) -> None:
    caller = Caller(first)
    assert knock(caller, refusal, 202) == 202
    assert forms(caller) == [first, first.other]
    assert caller.learnt == {"far.example": first.other}


@pytest.mark.parametrize("status", [200, 202, 302, 404, 410, 422, 429, 500])
def test_other_answers_are_no_reason_to_knock_again(status: int) -> None:
    caller = Caller()
    assert knock(caller, status) == status
    assert (forms(caller), caller.learnt) == (["cavage"], {})


def test_of_two_refusals_the_first_counts_and_nothing_is_learnt() -> None:
    caller = Caller()
    assert knock(caller, 403, 400) == 403
    assert caller.learnt == {}


def test_trouble_behind_the_second_knock_teaches_nothing() -> None:
    caller = Caller()
    assert knock(caller, 401, 503) == 503
    assert caller.learnt == {}


def test_a_thing_that_is_not_there_was_asked_for_in_a_form_that_is_read() -> None:
    caller = Caller()
    assert knock(caller, 401, 404) == 404
    assert caller.learnt == {"far.example": Form.RFC9421}


def test_a_host_that_says_what_it_prefers_gets_it_from_then_on() -> None:
    caller = Caller()
    assert knock(caller, 202, **{"accept-signature": 'sig1=("@method")'}) == 202
    assert caller.learnt == {"far.example": Form.RFC9421}


def test_who_does_not_sign_knocks_once() -> None:
    one = Knock(None, "GET", URL)
    assert one.headers() == {}
    assert one.answered(401, {}) == 401


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def in_turn(*answers: bytes) -> Callable[[socket.socket], None]:
    waiting = iter(answers)
    return lambda peer: peer.sendall(next(waiting))


def fetcher() -> HttpClient:
    resolver = FakeResolver({"remote.example": [["127.0.0.1"]]})
    return HttpClient(scheme="http", allowed_networks=LOOPBACK, resolver=resolver)


def post(outgoing: Outgoing) -> Sent:
    async def send() -> Sent:
        resolver = FakeResolver({"remote.example": [["127.0.0.1"]]})
        context = ssl.create_default_context()
        async with AsyncHttpClient(
            scheme="http", allowed_networks=LOOPBACK, resolver=resolver, ssl_context=context
        ) as client:
            return await client.post(outgoing)

    return asyncio.run(send())


def test_the_fetching_client_knocks_twice(server: Server) -> None:
    server.replies["/a"] = in_turn(UNAUTHORISED, answer(b'{"a": 1}'))
    caller = Caller()
    assert fetcher().get(server.url("/a"), signer=caller).body == b'{"a": 1}'
    assert forms(caller) == ["cavage", "rfc9421"]
    assert list(caller.learnt.values()) == [Form.RFC9421]


def test_the_fetching_client_tells_of_the_first_refusal(server: Server) -> None:
    server.replies["/a"] = in_turn(FORBIDDEN, UNAUTHORISED)
    with pytest.raises(BadStatusError) as caught:
        fetcher().get(server.url("/a"), signer=Caller())
    assert (caught.value.answered, len(server.requests)) == (403, 2)


def test_the_posting_client_knocks_twice(server: Server) -> None:
    server.replies["/inbox"] = in_turn(UNAUTHORISED, answer(b"", status="202 Accepted"))
    caller = Caller()
    assert post(Outgoing(server.url("/inbox"), b"{}", caller)).status == 202
    assert forms(caller) == ["cavage", "rfc9421"]
    assert all(request.endswith("{}") for request in server.requests)


def test_the_posting_client_tells_of_the_first_refusal(server: Server) -> None:
    server.replies["/inbox"] = in_turn(FORBIDDEN, answer(b"", status="400 Bad Request"))
    error = post(Outgoing(server.url("/inbox"), b"{}", Caller())).error
    assert isinstance(error, BadStatusError)
    assert (error.answered, len(server.requests)) == (403, 2)
