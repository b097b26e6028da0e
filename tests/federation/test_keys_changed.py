"""A member's key is changed: peers are told with the old key, and what waited meanwhile still arrives."""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy import select

from app.accounts.instance_actor import instance_actor
from app.accounts.tables import ActorRow
from app.federation import deliver
from app.federation.tables import RetiredKeyRow
from app.federation.wire.errors import BadStatusError, ForgedError, UnreachableError
from app.federation.wire.signatures import SignedRequest, check_key, load_public_key, parse_signatures
from app.lifecycle import keys as changing
from app.lifecycle import work
from app.posts import compose
from app.posts.compose import ComposeRequest
from tests.federation.world import World, keys

INBOX = "https://far.example/inbox"


def _signed_by(world: World, number: int, pem: str) -> bool:
    sent, headers = world.web.sent[number], world.web.signatures[number]
    request = SignedRequest.of("POST", "/inbox", headers.items(), sent.body)
    try:
        check_key(request, parse_signatures(request)[0], load_public_key(pem))
    except ForgedError:
        return False
    return True


def _kinds(world: World) -> list[str]:
    return [orjson.loads(sent.body)["type"] for sent in world.web.sent]


def _later(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _send(world: World) -> None:
    world.web.sent.clear()
    world.web.signatures.clear()
    deliver.drain(world.services, poster=world.web)


def _followed_member(world: World) -> ActorRow:
    ana = world.member("ana")
    world.follow(world.row(world.known("far")), ana)
    return ana


def _retired(world: World) -> int:
    with world.services.db.read() as session:
        return len(session.scalars(select(RetiredKeyRow)).all())


def test_the_old_key_signs_what_was_written_before_and_the_news_itself(world: World) -> None:
    ana, old = _followed_member(world), keys(0).public_pem
    compose.compose(world.services, ana.id, ComposeRequest("Before."))
    new = changing.rotate(world.services, ana.id).public_key_pem or ""
    compose.compose(world.services, ana.id, ComposeRequest("After."))
    _send(world)
    assert _kinds(world) == ["Create", "Update", "Create"]
    assert [_signed_by(world, n, old) for n in range(3)] == [True, True, False]
    assert _signed_by(world, 2, new)
    told = orjson.loads(world.web.sent[1].body)["object"]["publicKey"]
    assert (told["id"], told["publicKeyPem"]) == (ana.key_id, new)


def test_who_fetched_the_new_key_already_is_sent_it_the_next_time(world: World) -> None:
    ana = _followed_member(world)
    new = changing.rotate(world.services, ana.id).public_key_pem or ""
    world.web.fail(INBOX, BadStatusError("no", answered=401))
    _send(world)
    world.web.pages.pop(INBOX)
    _later(world, minutes=5)
    _send(world)
    assert _kinds(world) == ["Update"] and _signed_by(world, 0, new)


def test_a_host_that_was_down_is_told_with_the_key_that_it_knows(world: World) -> None:
    ana = _followed_member(world)
    changing.rotate(world.services, ana.id)
    world.web.fail(INBOX, UnreachableError("down"))
    _send(world)
    work.drain(world.services)
    assert _retired(world) == 1
    world.web.pages.pop(INBOX)
    _later(world, minutes=5)
    _send(world)
    assert _kinds(world) == ["Update"] and _signed_by(world, 0, keys(0).public_pem)
    work.drain(world.services)
    assert _retired(world) == 0


def test_an_old_key_is_forgotten_after_days_whatever_waits(world: World) -> None:
    ana = _followed_member(world)
    changing.rotate(world.services, ana.id)
    _later(world, days=9)
    work.drain(world.services)
    assert _retired(world) == 0


def test_the_servers_own_key_can_be_changed_too(world: World) -> None:
    house = instance_actor(world.services)
    changing.rotate(world.services, house.id)
    assert instance_actor(world.services).public_key_pem != house.public_key_pem
