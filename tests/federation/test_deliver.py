"""Deliveries: what leaves, to whom, signed by whom; what is tried again, for how long, and what is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import actors, deliver, delivery_rows, forms, outgoing
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow
from app.federation.wire import signatures
from app.federation.wire.errors import BadStatusError, FetchTimeoutError, GoneError, WireError
from app.federation.wire.fetching import Outgoing, Sent
from app.federation.wire.signatures import Form, SignedRequest
from app.federation.wire.twins import Page
from app.federation.wire.values import PUBLIC
from app.posts import boosts, compose, delete, likes
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.relationships import block, follow
from app.stores.jobs import Job
from moderation.domains import editing
from moderation.values import Severity, Visibility
from tests.federation.world import Remote, World, keys


def _send(world: World) -> int:
    return deliver.drain(world.services, poster=world.web)


def _sent(world: World) -> list[tuple[str, dict[str, Any]]]:
    return [(one.url, orjson.loads(one.body)) for one in world.web.sent]


def _deliveries(world: World) -> list[DeliveryRow]:
    with world.services.db.read() as session:
        return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))


def _wait(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _write(world: World, member: ActorRow, text: str, **more: Any) -> PostRow:
    return compose.compose(world.services, member.id, ComposeRequest(text, **more))


def _followed(world: World, *remotes: Remote) -> ActorRow:
    ana = world.member("ana")
    for remote in remotes:
        world.follow(world.row(remote), ana)
    return ana


def test_a_post_goes_to_each_server_of_its_followers_once_signed_by_its_author(world: World) -> None:
    ana = _followed(world, world.known("ben"), world.known("cleo", pair=keys(2)), world.known("dora", "near.example"))
    post = _write(world, ana, "Good morning, all of you.")
    assert Job.DELIVER in world.services.nudger.asked  # type: ignore[attr-defined]
    assert _send(world) == 2
    assert sorted(url for url, _ in _sent(world)) == ["https://far.example/inbox", "https://near.example/inbox"]
    (_, activity) = _sent(world)[0]
    assert (activity["type"], activity["actor"], activity["object"]["id"]) == ("Create", ana.uri, post.uri)
    assert activity["to"] == [PUBLIC]
    request = SignedRequest(
        "POST", "/inbox", {k.lower(): v for k, v in world.web.signatures[0].items()}, world.web.sent[0].body
    )
    host = world.web.sent[0].url.split("/")[2]
    key = signatures.load_public_key(keys(0).public_pem)
    assert signatures.verify(request, key, now=world.services.clock.now(), expected_host=host).key_id == ana.key_id
    assert _send(world) == 0


def test_a_host_that_wants_rfc_9421_gets_it_and_is_not_asked_again(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    world.web.pages["https://far.example/inbox"] = Page(status=202, wants=Form.RFC9421)
    _write(world, ana, "Good morning.")
    _send(world)
    assert ["Signature-Input" in headers for headers in world.web.signatures] == [False, True]
    _write(world, ana, "Good evening.")
    _send(world)
    assert ["Signature-Input" in headers for headers in world.web.signatures] == [False, True, True]
    assert [row.state for row in _deliveries(world)] == [DeliveryState.DELIVERED] * 2


def test_a_host_that_goes_back_is_spoken_to_as_before(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    forms.StoredForms(world.services).learn("far.example", Form.RFC9421)
    world.web.pages["https://far.example/inbox"] = Page(status=202, wants=Form.CAVAGE)
    _write(world, ana, "Good morning.")
    _send(world)
    assert _deliveries(world)[0].state is DeliveryState.DELIVERED
    assert forms.StoredForms(world.services).of("far.example") is Form.CAVAGE


def test_a_fetch_is_signed_in_the_form_that_its_host_reads(world: World) -> None:
    zoe = world.remote("zoe")
    world.web.pages[zoe.uri].wants = Form.RFC9421
    assert actors.fetch(world.services, zoe.uri).username == "zoe"
    assert forms.StoredForms(world.services).of("far.example") is Form.RFC9421


def test_who_speaks_rfc_9421_is_answered_in_it(world: World) -> None:
    ben = world.known("ben", form=Form.RFC9421)
    world.deliver(ben, ben.create(ben.note("Hello.")))
    assert forms.StoredForms(world.services).of("far.example") is Form.RFC9421
    zoe = world.remote("zoe", "near.example", form=Form.RFC9421)
    world.take(zoe, zoe.create(zoe.note("Hello.")))
    assert forms.StoredForms(world.services).of("near.example") is Form.RFC9421
    assert forms.StoredForms(world.services).of("other.example") is Form.CAVAGE


def test_a_held_post_sends_nothing(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    post = _write(world, ana, "They are vermin, every one.")
    assert post.state is PostState.HELD
    delete.delete(world.services, ana.id, post.id)
    assert _deliveries(world) == []


def test_a_direct_post_goes_to_whom_it_names_and_nobody_else(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    world.known("cleo", "near.example", pair=keys(2))
    _write(world, ana, "@cleo@near.example a word between us", visibility=Visibility.DIRECT)
    _send(world)
    ((url, activity),) = _sent(world)
    assert url == "https://near.example/inbox"
    assert (activity["to"], activity["cc"]) == (["https://near.example/users/cleo"], [])


def test_a_deletion_follows_its_post_everywhere(world: World) -> None:
    ben = world.known("ben")
    ana = _followed(world, ben)
    post = _write(world, ana, "I shouldn't have said that.")
    _send(world)
    follow.remove_follower(world.services, ana.id, world.row(ben).id)
    delete.delete(world.services, ana.id, post.id)
    _send(world)
    (_, activity) = _sent(world)[-1]
    assert (activity["type"], activity["object"]["id"]) == ("Delete", post.uri)


def test_boosts_and_likes_are_told_and_taken_back(world: World) -> None:
    ben = world.known("ben")
    ana = _followed(world, world.known("cleo", "near.example", pair=keys(2)))
    note = ben.note("Worth spreading.")
    world.take(ben, ben.create(note))
    public_id = world.stored(note).id
    boosts.boost(world.services, ana.id, public_id)
    boosts.unboost(world.services, ana.id, public_id)
    likes.like(world.services, ana.id, public_id)
    likes.unlike(world.services, ana.id, public_id)
    _send(world)
    kinds = [(url.split("/")[2], activity["type"]) for url, activity in _sent(world)]
    assert [kind for host, kind in kinds if host == "far.example"] == ["Announce", "Undo", "Like", "Undo"]
    assert [kind for host, kind in kinds if host == "near.example"] == ["Announce", "Undo"]
    announce = next(activity for _, activity in _sent(world) if activity["type"] == "Announce")
    undo = next(activity for _, activity in _sent(world) if activity["type"] == "Undo")
    assert announce["object"] == note["id"]
    assert undo["object"]["id"] == announce["id"]


def test_follows_and_blocks_are_told_and_taken_back(world: World) -> None:
    ana, ben = world.member("ana"), world.known("ben")
    ben_id = world.row(ben).id
    follow.follow(world.services, ana.id, ben_id)
    follow.unfollow(world.services, ana.id, ben_id)
    block.block(world.services, ana.id, ben_id)
    block.unblock(world.services, ana.id, ben_id)
    _send(world)
    assert [activity["type"] for _, activity in _sent(world)] == ["Follow", "Undo", "Block", "Undo"]
    assert {url for url, _ in _sent(world)} == {ben.uri + "/inbox"}


def test_a_profile_is_told_to_followers_and_a_departure_to_everybody(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    world.known("cleo", "near.example", pair=keys(2))
    with world.services.db.write() as session:
        row = session.get_one(ActorRow, ana.id)
        outgoing.profile_updated(session, world.services, row)
        outgoing.actor_deleted(session, world.services, row)
    _send(world)
    told = sorted((activity["type"], url.split("/")[2]) for url, activity in _sent(world))
    assert told == [("Delete", "far.example"), ("Delete", "near.example"), ("Update", "far.example")]


def test_what_waits_out_an_undo_window_is_not_sent_before(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    with world.services.db.write() as session:
        later = world.services.clock.now() + timedelta(minutes=5)
        outgoing.actor_deleted(session, world.services, session.get_one(ActorRow, ana.id), not_before=later)
    assert _send(world) == 0
    _wait(world, minutes=6)
    assert _send(world) == 1


def _failing(world: World, failure: WireError) -> ActorRow:
    ana = _followed(world, world.known("ben"))
    world.web.fail("https://far.example/inbox", failure)  # type: ignore[arg-type]
    return ana


def test_a_silent_host_is_left_alone_longer_each_time_then_given_up_after_a_week(world: World) -> None:
    ana = _failing(world, FetchTimeoutError("too slow"))
    _write(world, ana, "Is anybody there?")
    waits = []
    while _deliveries(world)[0].state is DeliveryState.WAITING:
        assert _send(world) == 1
        with world.services.db.read() as session:
            host = session.get_one(InstanceRow, "far.example")
        assert _send(world) == 0
        if host.retry_at is None:  # nothing is left to wait for
            break
        waits.append(host.retry_at - world.services.clock.now())
        world.services.clock.move(waits[-1])  # type: ignore[attr-defined]
    assert waits[0] < timedelta(minutes=2)
    assert waits[6] > waits[3] > waits[0]
    assert timedelta(hours=8) < max(waits) < timedelta(hours=16)
    tried_for = sum(waits, timedelta())
    assert timedelta(days=7) < tried_for < timedelta(days=7) + max(waits)
    assert _deliveries(world)[0].last_error == "timed_out"
    assert host.failing_since is not None and host.dead_since is not None


def test_a_host_that_comes_back_gets_everything_in_order(world: World) -> None:
    ana = _failing(world, BadStatusError("down", answered=503))
    posts = [_write(world, ana, f"The {word} message about the harbour.") for word in ("first", "second", "third")]
    assert _send(world) == 1
    del world.web.pages["https://far.example/inbox"]
    _wait(world, minutes=2)
    assert _send(world) == 3
    assert [activity["object"]["id"] for _, activity in _sent(world)] == [post.uri for post in posts]
    with world.services.db.read() as session:
        host = session.get_one(InstanceRow, "far.example")
    assert (host.failures, host.failing_since, host.retry_at) == (0, None, None)


def test_a_host_is_left_alone_for_as_long_as_it_asks(world: World) -> None:
    ana = _failing(world, BadStatusError("slow down", answered=429, retry_after=3600))
    _write(world, ana, "Hello.")
    _send(world)
    _wait(world, minutes=59)
    assert _send(world) == 0
    _wait(world, minutes=2)
    assert _send(world) == 1


@pytest.mark.parametrize("status", [400, 406, 413, 422, 501])
def test_what_will_never_be_taken_is_given_up_alone(world: World, status: int) -> None:
    ana = _failing(world, BadStatusError("no", answered=status))
    _write(world, ana, "Hello.")
    _send(world)
    expected = DeliveryState.WAITING if status >= 500 else DeliveryState.GIVEN_UP
    assert _deliveries(world)[0].state is expected


@pytest.mark.parametrize("status", [401, 403, 405])
def test_a_refusal_of_the_moment_is_tried_again_and_holds_up_nobody(world: World, status: int) -> None:
    ana = _failing(world, BadStatusError("not now", answered=status))
    _write(world, ana, "Hello.")
    _send(world)
    del world.web.pages["https://far.example/inbox"]
    _write(world, ana, "Hello again, with other words.")
    assert _send(world) == 1
    _wait(world, minutes=2)
    assert _send(world) == 1
    assert {row.state for row in _deliveries(world)} == {DeliveryState.DELIVERED}


def test_an_inbox_that_is_gone_is_forgotten(world: World) -> None:
    ana = _failing(world, GoneError("gone", answered=410))
    _write(world, ana, "Hello.")
    _send(world)
    assert _deliveries(world)[0].state is DeliveryState.GIVEN_UP
    with world.services.db.read() as session:
        ben = session.scalars(select(ActorRow).where(ActorRow.username == "ben")).one()
    assert ben.shared_inbox_url is None
    assert ben.inbox_url is not None


def test_an_inbox_that_redirects_is_not_followed(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    world.web.redirect("https://far.example/inbox", "https://evil.example/inbox")
    _write(world, ana, "Hello.")
    _send(world)
    assert _sent(world) == []
    assert _deliveries(world)[0].state is DeliveryState.GIVEN_UP


def test_nothing_goes_to_a_suspended_domain(world: World) -> None:
    ana = _followed(world, world.known("ben"))
    _write(world, ana, "Hello.")
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, "ada", world.services.clock.now())
    assert _send(world) == 0
    assert _deliveries(world)[0].last_error == "domain_suspended"


@dataclass
class _Hanging:
    """A network where one host never answers until it is let go, and others answer at once."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[str] = field(default_factory=list)
    wanted: int = 0

    async def post(self, outgoing: Outgoing) -> Sent:
        """Send one."""
        if "far.example" in outgoing.url:
            await self.over.wait()
            return Sent(outgoing.url, error=FetchTimeoutError("too slow"))
        self.sent.append(outgoing.url)
        if len(self.sent) == self.wanted:
            self.over.set()  # the hanging host answers only after everybody else was served
        return Sent(outgoing.url, status=202)

    async def post_many(self, batch: Any) -> list[Sent]:
        """Send many."""
        return [await self.post(one) for one in batch]


def test_who_failed_before_is_tried_after_all_others(world: World) -> None:
    """Though what waits for that host is the oldest there is."""
    ana = _followed(world, world.known("ben"), world.known("dora", "near.example"))
    world.web.pages["https://far.example/inbox"] = Page(status=500)
    _write(world, ana, "Good morning.")
    _send(world)
    _write(world, ana, "Good evening.")
    _wait(world, minutes=2)
    (due,) = delivery_rows.take(world.services, 500, 1)
    assert due.host == "near.example"
    (first, second) = delivery_rows.take(world.services, 500, 1)
    assert first.host == second.host == "far.example" and first.id < second.id


def test_a_host_that_hangs_delays_only_itself(world: World) -> None:
    others = [world.known("dora", f"host{n}.example", pair=keys(2)) for n in range(3)]
    ana = _followed(world, world.known("ben"), *others)
    for text in ("One about the sea.", "Two about the hills.", "Three about bread and butter."):
        _write(world, ana, text)
    network = _Hanging(wanted=9)
    assert deliver.drain(world.services, poster=network) == 10
    assert len(network.sent) == 9


def test_old_activities_that_wait_for_nobody_are_dropped(world: World) -> None:
    ana = _failing(world, FetchTimeoutError("too slow"))
    world.follow(world.row(world.known("dora", "near.example", pair=keys(2))), ana)
    _write(world, ana, "Hello.")
    _send(world)
    later = world.services.clock.now() + timedelta(days=1)
    assert deliver.prune(world.services, later) == 0
    world.web.pages.pop("https://far.example/inbox")
    _wait(world, hours=1)
    _send(world)
    assert deliver.prune(world.services, later) == 1
    assert _deliveries(world) == []


class _Stuck:
    """Hosts called hang… answer only once everybody else has everything."""

    def __init__(self, well: int) -> None:
        self.well, self.sent = well, set[str]()
        self.over = asyncio.Event()

    async def post(self, outgoing: Outgoing) -> Sent:
        host = outgoing.url.split("/")[2]
        if host.startswith("hang"):
            async with asyncio.timeout(60):
                await self.over.wait()
            return Sent(outgoing.url, error=FetchTimeoutError("too slow"))
        self.sent.add(host)
        if len(self.sent) == self.well:
            self.over.set()
        return Sent(outgoing.url, status=202)

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        return [await self.post(outgoing) for outgoing in batch]


def test_more_hosts_that_hang_than_there_are_places_hold_up_nobody(world: World) -> None:
    ana = world.member("ana")
    for number in range(deliver.HOSTS_AT_ONCE + 6):
        world.follow(world.row(world.known("ben", f"hang{number}.example")), ana)
    for number in range(10):
        world.follow(world.row(world.known("cleo", f"well{number}.example")), ana)
    _write(world, ana, "Is anybody there?")
    poster = _Stuck(well=10)
    deliver.drain(world.services, poster=poster)
    assert len(poster.sent) == 10
    states = [row.state for row in _deliveries(world)]
    assert states.count(DeliveryState.DELIVERED) == 10
    assert states.count(DeliveryState.WAITING) == deliver.HOSTS_AT_ONCE + 6
