"""Hosts that nothing reaches for a week are dead: nothing waits for them, one thing a day tries them, a sign of life
brings them back.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import actors, deliver, instances
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow
from app.federation.wire.errors import BadStatusError, FetchError, FetchTimeoutError
from app.federation.wire.twins import Page
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.reviewing import domains
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import Remote, World, keys

INBOX = "https://far.example/inbox"
SILENT = FetchTimeoutError("too slow")


def _host(world: World, domain: str = "far.example") -> InstanceRow:
    with world.services.db.read() as session:
        return session.get_one(InstanceRow, domain)


def _write(world: World, ana: ActorRow, number: int = 0) -> None:
    compose.compose(world.services, ana.id, ComposeRequest(f"Diary of the harbour, entry {number}, {_now(world)}."))


def _now(world: World) -> str:
    return world.services.clock.now().isoformat()


def _wait(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _waiting(world: World) -> list[DeliveryRow]:
    with world.services.db.read() as session:
        return list(session.scalars(select(DeliveryRow).where(DeliveryRow.state == DeliveryState.WAITING)))


def _send(world: World) -> int:
    return deliver.drain(world.services, poster=world.web)


@pytest.fixture
def ben(world: World) -> Remote:
    """Ana's follower there."""
    return world.known("ben")


@pytest.fixture
def ana(world: World, ben: Remote) -> ActorRow:
    """A member with a follower on a host, and one on another that is well."""
    ana = world.member("ana")
    world.follow(world.row(ben), ana)
    world.follow(world.row(world.known("dora", "near.example", pair=keys(2))), ana)
    return ana


def _die(world: World, ana: ActorRow, failure: FetchError = SILENT) -> None:
    """Nothing reaches the host, day after day."""
    world.web.fail(INBOX, failure)
    for day in range(12):
        _write(world, ana, day)
        _send(world)
        if _host(world).dead_since is not None:
            return
        _wait(world, days=1)
    raise AssertionError("it never died")


@pytest.mark.parametrize("failure", [SILENT, BadStatusError("no", answered=503), BadStatusError("no", answered=403)])
def test_a_host_that_nothing_reaches_for_a_week_is_dead_and_nothing_waits_for_it(
    world: World, ana: ActorRow, failure: FetchError
) -> None:
    begun = world.services.clock.now()
    _die(world, ana, failure)
    host = _host(world)
    assert host.dead_since is not None and host.failing_since is not None
    assert (host.failing_since, host.dead_since - begun) == (begun, timedelta(days=7))
    assert _waiting(world) == []
    with world.services.db.read() as session:
        reasons = set(session.scalars(select(DeliveryRow.last_error).where(DeliveryRow.host == "far.example")))
        state = set(session.scalars(select(DeliveryRow.state).where(DeliveryRow.host == "near.example")))
    assert "host_dead" in reasons
    assert state == {DeliveryState.DELIVERED}


def test_two_failures_a_week_apart_prove_nothing(world: World, ana: ActorRow) -> None:
    world.web.fail(INBOX, SILENT)
    _write(world, ana)
    _send(world)
    _wait(world, days=9)
    _write(world, ana)
    _send(world)
    assert _host(world).dead_since is None


def test_one_delivery_in_a_week_is_a_sign_of_life(world: World, ana: ActorRow) -> None:
    for day in range(20):
        world.web.fail(INBOX, SILENT)
        if day % 6 == 5:
            del world.web.pages[INBOX]
        _write(world, ana, day)
        _send(world)
        _wait(world, days=1)
    assert _host(world).dead_since is None


def test_a_dead_host_gets_one_thing_a_day_and_the_others_everything(world: World, ana: ActorRow) -> None:
    _die(world, ana)
    world.web.asked.clear()
    before = len(world.web.sent)
    for number in range(3):
        _write(world, ana, number)
    assert [row.host for row in _waiting(world)] == ["near.example"] * 3
    _send(world)
    assert len(world.web.sent) == before + 3
    _wait(world, days=1)
    for number in range(3):
        _write(world, ana, number)
    assert sorted(row.host for row in _waiting(world)) == ["far.example", *["near.example"] * 3]
    _send(world)
    assert _waiting(world) == []
    assert _host(world).dead_since is not None


def test_of_many_inboxes_of_a_dead_host_one_is_tried(world: World, ana: ActorRow) -> None:
    cleo = world.known("cleo")
    with world.services.db.write() as session:
        session.get_one(ActorRow, world.row(cleo).id).shared_inbox_url = None
    world.follow(world.row(cleo), ana)
    world.web.fail(cleo.uri + "/inbox", SILENT)
    _die(world, ana)
    _wait(world, days=1)
    _write(world, ana)
    assert sorted(row.host for row in _waiting(world)) == ["far.example", "near.example"]


def test_a_probe_that_arrives_brings_the_host_back(world: World, ana: ActorRow) -> None:
    _die(world, ana)
    world.web.pages[INBOX] = Page(status=202)
    _wait(world, days=1)
    _write(world, ana)
    _send(world)
    host = _host(world)
    assert (host.dead_since, host.failing_since, host.failed_days, host.probe_at) == (None, None, 0, None)
    _write(world, ana, 1)
    assert len(_waiting(world)) == 2


def test_what_a_dead_host_sends_brings_it_back_if_it_is_signed(world: World, ana: ActorRow, ben: Remote) -> None:
    _die(world, ana)
    forged = Remote("ben", pair=keys(2))
    at_home = world.web.pages.pop(ben.uri)
    world.take(forged, forged.create(forged.note("I'm here.")))
    world.web.pages[ben.uri] = at_home
    assert _host(world).dead_since is not None
    world.take(ben, ben.create(ben.note("The machine was in the cellar when the river came.")))
    assert _host(world).dead_since is None


def test_who_can_be_fetched_lives(world: World, ana: ActorRow, ben: Remote) -> None:
    _die(world, ana)
    actors.refetch(world.services, ben.uri)
    assert _host(world).dead_since is None


def test_the_dead_are_told_to_moderators(world: World, ana: ActorRow) -> None:
    _die(world, ana)
    with world.services.db.read() as session:
        assert [domain for domain, _ in domains.dead(session)] == ["far.example"]
        known = domains.one(session, "far.example")
    assert known.dead_since == _host(world).dead_since and known.failing_since is not None
    listed = world.http.get("/api/v1/instance/peers", base_url="https://ostiary.example").get_json()
    assert listed == ["near.example"]


SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/2.0"


def _tells(world: World, index: str, document: str, name: str = "mastodon") -> None:
    world.web.put(index, {"links": [{"rel": SCHEMA, "href": document}]}, "application/json")
    told = {
        "version": "2.0",
        "software": {"name": name, "version": "4.3.1"},
        "usage": {"users": {"total": 70}},
        "openRegistrations": True,
        "metadata": {"nodeName": "<script>"},
    }
    world.web.put(document, told, "application/json")


def test_what_a_server_says_of_itself_is_kept(world: World, ben: Remote) -> None:
    world.take(ben, ben.create(ben.note("Good morning.")))
    _tells(world, "https://far.example/.well-known/nodeinfo", "https://far.example/nodeinfo/2.0")
    assert instances.learn(world.services) == 1
    with world.services.db.read() as session:
        known = domains.one(session, "far.example")
    told = (known.software, known.software_version, known.users, known.open_registrations, known.nodeinfo_at)
    assert told == ("mastodon", "4.3.1", 70, True, world.services.clock.now())
    assert instances.learn(world.services) == 0
    _wait(world, days=8)
    assert instances.learn(world.services) == 1


@pytest.mark.parametrize("how", ["named", "document leads away", "index leads away"])
def test_what_another_host_says_of_a_server_is_not_believed(world: World, ben: Remote, how: str) -> None:
    world.take(ben, ben.create(ben.note("Good morning.")))
    index, own, foreign = (
        "https://far.example/.well-known/nodeinfo",
        "https://far.example/nodeinfo/2.0",
        "https://evil.example/nodeinfo/2.0",
    )
    _tells(world, index, foreign if how == "named" else own, "lies")
    _tells(world, "https://evil.example/.well-known/nodeinfo", own, "lies")
    _tells(world, "https://evil.example/other", foreign, "lies")
    if how == "document leads away":
        world.web.redirect(own, foreign)
    if how == "index leads away":
        world.web.redirect(index, "https://evil.example/.well-known/nodeinfo")
    instances.learn(world.services)
    assert (_host(world).software, _host(world).nodeinfo_at is None) == (None, False)


def test_neither_the_suspended_nor_the_dead_are_asked(world: World, ana: ActorRow, ben: Remote) -> None:
    for remote in (ben, world.known("eve", "bad.example", pair=keys(2))):
        world.take(remote, remote.create(remote.note(f"Good morning from {remote.domain}.")))
    with world.services.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SUSPEND, by="admin", now=world.services.clock.now())
        session.get_one(InstanceRow, "far.example").dead_since = world.services.clock.now()
    instances.learn(world.services)
    asked = {url.split("/")[2] for url in world.web.asked if "nodeinfo" in url}
    assert not asked & {"bad.example", "far.example"}
