"""Relays: asked by an admin, of both kinds; what they name is fetched at home and judged, and nothing is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.federation import actors, deliver, intake, relays, threads
from app.federation.tables import DeliveryRow, OutboxActivityRow, RelayRow, RelayState
from app.federation.wire.values import PUBLIC
from app.paging import Paging
from app.posts import boosts, compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState
from app.reviewing import domains
from app.stores.budgets import RELAYED, Budget
from app.timelines import home, public
from moderation.domains import editing
from moderation.values import Severity, Visibility
from tests.federation.world import DOMAIN, Remote, World, keys

HOUSE = f"https://{DOMAIN}/actor"
HATEFUL = "They are vermin, all of them."


@dataclass
class Relay(Remote):
    """A server that passes on what its members send: by Announce, or whole."""

    name: str = "relay"
    domain: str = "relay.example"
    document: dict[str, Any] = field(default_factory=lambda: {"type": "Application"})

    @property
    def inbox(self) -> str:
        """Where members of Mastodon's kind knock."""
        return f"https://{self.domain}/inbox"

    def asked(self, world: World) -> dict[str, Any]:
        """The latest that it was sent by us."""
        deliver.drain(world.services, poster=world.web)
        mine = [one for one in world.web.sent if one.url.startswith(f"https://{self.domain}/")]
        found: dict[str, Any] = orjson.loads(mine[-1].body)
        return found

    def answers(self, world: World, kind: str = "Accept") -> None:
        """It says yes, or no."""
        follow = self.asked(world)
        world.take(self, self.activity(kind, {k: follow[k] for k in ("id", "type", "actor", "object")}))

    def names(self, world: World, uri: str) -> None:
        """It announces a post."""
        activity = self.activity("Announce", uri, to=[self.uri + "/followers"])
        assert world.deliver(self, activity).status_code == 202
        intake.drain(world.services)

    def forwards(self, world: World, activity: dict[str, Any]) -> int:
        """It passes on what its author sent, byte for byte, under its own signature."""
        status = world.deliver(self, activity | {"signature": {"type": "RsaSignature2017"}}).status_code
        intake.drain(world.services)
        threads.drain(world.services)
        return status


@pytest.fixture
def relay(world: World) -> Relay:
    """A relay that nobody has added."""
    made = Relay(pair=keys(2))
    made.live_on(world.web)
    return made


@pytest.fixture
def member(world: World, relay: Relay) -> Relay:
    """The same, added by its inbox, and agreed."""
    relays.add(world.services, relay.inbox, "ada")
    relay.answers(world)
    return relay


def _row(world: World) -> RelayRow:
    with world.services.db.read() as session:
        return session.scalars(select(RelayRow)).one()


def _zoe(world: World, domain: str = "zoe.example") -> Remote:
    return world.remote("zoe", domain)


def _note(world: World, zoe: Remote, text: str, **fields: Any) -> dict[str, Any]:
    """A post on its author's server; nobody told us."""
    fields.setdefault("published", (world.services.clock.now() - timedelta(minutes=1)).isoformat())
    note = zoe.note(text, **fields)
    world.web.put(note["id"], note)
    return note


def _federated(world: World) -> list[str]:
    return [view.post.uri for view in public.page(world.services, None, Paging())]


# Joining and leaving


@pytest.mark.parametrize("address", ["https://relay.example/inbox", "https://relay.example/users/relay"])
def test_a_relay_of_either_kind_is_asked_and_agrees(world: World, relay: Relay, address: str) -> None:
    asked = relays.add(world.services, address, "ada")
    assert (asked.state, asked.added_by) == (RelayState.WAITING, "ada")
    follow = relay.asked(world)
    litepub = address == relay.uri
    assert (follow["type"], follow["actor"]) == ("Follow", HOUSE)
    assert follow["object"] == (relay.uri if litepub else PUBLIC)
    assert world.web.sent[-1].url == (relay.uri + "/inbox" if litepub else relay.inbox)
    relay.answers(world)
    row = _row(world)
    assert (row.state, row.actor_id) == (RelayState.ACCEPTED, world.row(relay).id)


def test_a_relay_may_follow_our_own_actor_and_nobody_else_may(world: World, relay: Relay) -> None:
    relays.add(world.services, relay.uri, "ada")
    relay.asked(world)
    mine = relay.activity("Follow", HOUSE)
    world.take(relay, mine)
    answer = relay.asked(world)
    assert (answer["type"], answer["actor"], answer["object"]["id"]) == ("Accept", HOUSE, mine["id"])
    eve = world.known("eve", "evil.example")
    world.take(eve, eve.activity("Follow", HOUSE))
    assert world.inbox()[-1].reason == "follow_of_the_server"


def test_a_relay_that_refuses_is_refused_and_can_be_asked_again(world: World, relay: Relay) -> None:
    first = relays.add(world.services, relay.inbox, "ada").follow_uri
    relay.answers(world, "Reject")
    assert _row(world).state is RelayState.REFUSED
    again = relays.add(world.services, relay.inbox, "ada")
    assert (again.state, again.follow_uri == first) == (RelayState.WAITING, False)
    relay.answers(world)
    assert _row(world).state is RelayState.ACCEPTED


def test_asking_twice_is_asking_once(world: World, relay: Relay) -> None:
    first, second = (relays.add(world.services, relay.inbox, "ada") for _ in range(2))
    assert first.id == second.id
    with world.services.db.read() as session:
        assert len(session.scalars(select(OutboxActivityRow)).all()) == 1


def test_only_the_relay_itself_says_yes(world: World, relay: Relay) -> None:
    relays.add(world.services, relay.inbox, "ada")
    follow = relay.asked(world)
    inner = {k: follow[k] for k in ("id", "type", "actor", "object")}
    eve = world.known("eve", "evil.example")
    world.take(eve, eve.activity("Accept", inner))
    neighbour = world.known("mallory", "relay.example")
    world.take(neighbour, neighbour.activity("Accept", inner | {"id": "https://ostiary.example/guessed"}))
    assert _row(world).state is RelayState.WAITING


def test_a_relay_that_is_parted_from_is_told_and_is_an_actor_as_any_other(world: World, member: Relay) -> None:
    follow = member.asked(world)
    relays.remove(world.services, _row(world).id, "ada")
    undo = member.asked(world)
    assert (undo["type"], undo["actor"], undo["object"]["id"]) == ("Undo", HOUSE, follow["id"])
    note = _note(world, _zoe(world), "The heron was back at the weir this morning.")
    member.names(world, note["id"])
    assert (world.state(note), world.inbox()[-1].reason) == (None, "boost_for_nobody_here")
    zoe = _zoe(world)
    assert member.forwards(world, zoe.create(note)) == 403
    with pytest.raises(NotFoundError):
        relays.remove(world.services, _row(world).id, "ada")
    with world.services.db.read() as session:
        assert relays.listed(session) == []


@pytest.mark.parametrize(
    "address",
    ["", "relay.example", "http://relay.example/inbox", "https://127.0.0.1/inbox", f"https://{DOMAIN}/inbox", "https://x/" + "a" * 3000],
)  # fmt: skip
def test_what_can_be_no_relay_is_not_asked(world: World, address: str) -> None:
    with pytest.raises(InvalidError):
        relays.add(world.services, address, "ada")


def test_a_person_is_no_relay(world: World) -> None:
    zoe = _zoe(world)
    with pytest.raises(InvalidError):
        relays.add(world.services, zoe.uri, "ada")


def test_a_suspended_server_is_not_asked(world: World, relay: Relay) -> None:
    with world.services.db.write() as session:
        editing.set_rule(session, "relay.example", Severity.SUSPEND, by="ada", now=world.services.clock.now())
    for address in (relay.inbox, relay.uri):
        with pytest.raises(ForbiddenError):
            relays.add(world.services, address, "ada")


def test_every_arrow_between_states_is_drawn() -> None:
    assert set(relays.ARROWS) == {None, *RelayState}
    for before, reached in relays.ARROWS.items():
        for after in RelayState:
            row = RelayRow(state=before)
            if after in reached:
                relays._move(row, after)
                assert row.state is after
            else:
                with pytest.raises(InvalidError):
                    relays._move(row, after)


# What it brings


def test_an_announced_post_is_fetched_at_home_judged_and_on_the_federated_timeline_only(
    world: World, member: Relay
) -> None:
    ana = world.member("ana")
    note = _note(world, _zoe(world), "The heron was back at the weir this morning.")
    member.names(world, note["id"])
    stored = world.stored(note)
    assert (stored.state, stored.via_relay, stored.verdict_id is None) == (PostState.PUBLISHED, True, False)
    assert _federated(world) == [note["id"]]
    assert home.page(world.services, ana.id, Paging()) == []
    with world.services.db.read() as session:
        assert session.scalars(select(PostRow.uri).where(PostRow.boost_of_pk.is_not(None))).all() == []


def test_a_forwarded_post_is_believed_by_its_home_alone(world: World, member: Relay) -> None:
    zoe = _zoe(world)
    note = _note(world, zoe, "The heron was back at the weir this morning.")
    forged = zoe.create(note | {"content": "<p>Buy my coins now, everybody!</p>"})
    assert member.forwards(world, forged) == 202
    assert "heron" in world.stored(note).content and world.stored(note).via_relay
    made_up = zoe.create(zoe.note("I never said this."))
    assert member.forwards(world, made_up) == 202
    assert world.state(made_up["object"]) is None


def test_what_a_relay_names_is_held_like_anything_else_and_counted_apart(world: World, member: Relay) -> None:
    zoe = _zoe(world)
    fine, vile = _note(world, zoe, "The heron was back at the weir."), _note(world, zoe, HATEFUL)
    for note in (fine, vile):
        member.names(world, note["id"])
    member.names(world, fine["id"])
    assert world.state(vile) is PostState.HELD
    row = _row(world)
    assert (row.came, row.shown, row.held) == (3, 1, 1)
    assert _federated(world) == [fine["id"]]
    with world.services.db.read() as session:
        known = domains.one(session, "zoe.example")
    assert (known.posts, known.held, known.relayed) == (1, 1, 2)


def test_the_same_post_forwarded_again_and_again_is_asked_for_once(world: World, member: Relay) -> None:
    zoe = _zoe(world)
    note = _note(world, zoe, "The heron was back at the weir this morning.")
    for _ in range(3):
        member.forwards(world, zoe.create(note))
    assert world.web.asked.count(note["id"]) == 1
    assert _row(world).came == 1


def test_what_a_relay_forwards_with_a_key_that_changed_is_not_lost(world: World, member: Relay) -> None:
    note = _note(world, _zoe(world), "A heron stood in the shallows.")
    world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    member.pair = keys(3)
    member.live_on(world.web)
    assert member.forwards(world, _zoe(world).create(note)) == 202
    assert (world.state(note), _row(world).came) == (PostState.PUBLISHED, 1)
    stranger = Relay(domain="other.example", pair=keys(2)).live_on(world.web)
    other = _note(world, _zoe(world), "A tern dived into the waves.")
    assert stranger.forwards(world, _zoe(world).create(other)) == 403  # type: ignore[attr-defined]


def test_followers_of_its_author_find_it_at_home_whoever_was_first(world: World, member: Relay) -> None:
    ana, zoe = world.member("ana"), world.known("zoe", "zoe.example", pair=keys(3))
    world.follow(ana, world.row(zoe))
    home.page(world.services, ana.id, Paging())
    note = _note(world, zoe, "The heron was back at the weir this morning.")
    member.names(world, note["id"])
    world.take(zoe, zoe.create(note))
    assert [view.post.uri for view in home.page(world.services, ana.id, Paging())] == [note["id"]]


def test_who_is_suspended_is_never_asked_for_what_a_relay_names(world: World, member: Relay) -> None:
    zoe = _zoe(world, "bad.example")
    note = _note(world, zoe, "A most ordinary sentence about the ferry.")
    with world.services.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SUSPEND, by="ada", now=world.services.clock.now())
    member.names(world, note["id"])
    assert member.forwards(world, zoe.create(note)) == 202
    assert not any("bad.example" in url for url in world.web.asked)
    assert world.state(note) is None


def test_a_relay_on_a_suspended_server_brings_nothing(world: World, member: Relay) -> None:
    note = _note(world, _zoe(world), "The heron was back at the weir this morning.")
    with world.services.db.write() as session:
        editing.set_rule(session, "relay.example", Severity.SUSPEND, by="ada", now=world.services.clock.now())
    assert world.deliver(member, member.activity("Announce", note["id"])).status_code == 403
    assert member.forwards(world, _zoe(world).create(note)) == 403


def test_a_relay_that_nobody_added_is_an_actor_as_any_other(world: World, relay: Relay) -> None:
    note = _note(world, _zoe(world), "The heron was back at the weir this morning.")
    relay.names(world, note["id"])
    assert (world.state(note), world.inbox()[-1].reason) == (None, "boost_for_nobody_here")
    assert relay.forwards(world, _zoe(world).create(note)) == 403
    assert note["id"] not in world.web.asked


@pytest.mark.parametrize(
    "addressed", [{"to": [], "cc": [PUBLIC]}, {"to": ["https://zoe.example/users/zoe/followers"], "cc": []}]
)
def test_what_is_not_for_everybody_does_not_come_by_a_relay(
    world: World, member: Relay, addressed: dict[str, list[str]]
) -> None:
    note = _note(world, _zoe(world), "Between us: the heron was back.", **addressed)
    member.names(world, note["id"])
    assert (world.state(note), world.inbox()[-1].reason) == (None, "relayed_not_public")


def test_a_relay_cannot_name_what_is_ours_or_no_post(world: World, member: Relay) -> None:
    ana = world.member("ana")
    post = compose.compose(world.services, ana.id, ComposeRequest("Good morning."))
    zoe = _zoe(world)
    for uri in (post.uri, f"https://{DOMAIN}/users/ana/statuses/none", zoe.uri, "https://nowhere.example/1"):
        member.names(world, uri)
    with world.services.db.read() as session:
        assert session.scalars(select(PostRow.uri)).all() == [post.uri]
    assert not any(DOMAIN in url for url in world.web.asked)


def test_an_author_on_another_host_than_the_post_is_refused(world: World, member: Relay) -> None:
    zoe, eve = _zoe(world), world.remote("eve", "evil.example")
    note = _note(world, zoe, "The heron said so.", id="https://evil.example/notes/1")
    member.names(world, note["id"])
    assert member.forwards(world, eve.create(note)) == 202
    assert world.state(note) is None


def test_a_relay_has_a_budget(world: World, member: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.relayed.RELAYED", Budget(RELAYED.name, 2, RELAYED.seconds))
    monkeypatch.setattr("app.stores.budgets.Budgets.__init__", _always_counting)
    zoe = _zoe(world)
    notes = [_note(world, zoe, f"Heron number {number} was at the weir.") for number in range(4)]
    for note in notes:
        member.names(world, note["id"])
    assert [world.state(note) for note in notes] == [PostState.PUBLISHED] * 2 + [None] * 2
    assert world.inbox()[-1].reason == "relay_over_budget"


def _always_counting(self: Any, redis: Any, clock: Any, *, enabled: bool) -> None:
    self._redis, self._clock, self._enabled = redis, clock, True


def test_a_forwarded_deletion_or_edit_is_asked_of_its_home(world: World, member: Relay) -> None:
    zoe = _zoe(world)
    note, gone = (_note(world, zoe, f"The heron was back at the weir, {n}.") for n in ("again", "and left"))
    for one in (note, gone):
        member.names(world, one["id"])
    world.web.put(
        note["id"], note | {"content": "<p>The heron was never there.</p>", "updated": "2026-03-02T12:30:00Z"}
    )
    world.web.pages[gone["id"]].status = 410
    member.forwards(world, zoe.activity("Update", note))
    member.forwards(world, zoe.activity("Delete", gone["id"]))
    member.forwards(world, zoe.activity("Delete", note["id"]))
    world.services.clock.move(timedelta(minutes=2))  # type: ignore[attr-defined]
    threads.drain(world.services)
    assert "never there" in world.stored(note).content
    assert (world.state(note), world.state(gone)) == (PostState.PUBLISHED, PostState.DELETED)


def test_answers_that_a_relay_names_start_no_search_for_their_threads(world: World, member: Relay) -> None:
    note = _note(world, _zoe(world), "I saw it too.", inReplyTo="https://other.example/notes/1")
    member.names(world, note["id"])
    threads.drain(world.services)
    assert world.state(note) is PostState.PUBLISHED
    assert "https://other.example/notes/1" not in world.web.asked


def test_a_relays_actor_is_asked_for_its_keys_each_day(world: World, member: Relay) -> None:
    world.services.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    world.web.asked.clear()
    actors.refresh_stale(world.services)
    assert member.uri in world.web.asked


# What it is given


def _told(world: World, relay: Relay) -> list[str]:
    """The types of what waits for the relay."""
    with world.services.db.read() as session:
        query = select(OutboxActivityRow.kind).join(DeliveryRow, DeliveryRow.activity_id == OutboxActivityRow.id)
        found = session.scalars(query.where(DeliveryRow.inbox_url == relay.inbox).order_by(DeliveryRow.id))
        return [kind for kind in found if kind != "Follow"]


def test_what_members_say_to_everybody_goes_to_the_relay_until_its_end(world: World, member: Relay) -> None:
    ana = world.member("ana")
    post = compose.compose(world.services, ana.id, ComposeRequest("Good morning, all of you."))
    edit.edit(world.services, ana.id, post.id, EditRequest("Good evening, all of you."))
    delete.delete(world.services, ana.id, post.id)
    assert _told(world, member) == ["Create", "Update", "Delete"]
    created = member.asked(world)
    assert created["type"] == "Delete"


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.FOLLOWERS, Visibility.DIRECT])
def test_what_is_for_some_goes_to_no_relay(world: World, member: Relay, visibility: Visibility) -> None:
    compose.compose(world.services, world.member("ana").id, ComposeRequest("Hush.", visibility=visibility))
    assert _told(world, member) == []


def test_boosts_held_posts_and_the_silenced_go_to_no_relay(world: World, member: Relay) -> None:
    ana, bo = world.member("ana"), world.member("bo", silenced_at=world.services.clock.now())
    compose.compose(world.services, bo.id, ComposeRequest("Nobody asked me."))
    assert compose.compose(world.services, ana.id, ComposeRequest(HATEFUL)).state is PostState.HELD
    note = _note(world, _zoe(world), "The heron was back at the weir this morning.")
    member.names(world, note["id"])
    boosts.boost(world.services, ana.id, world.stored(note).id)
    assert _told(world, member) == []


@pytest.mark.parametrize("answer", [None, "Reject"])
def test_a_relay_that_has_not_agreed_is_given_nothing(world: World, relay: Relay, answer: str | None) -> None:
    relays.add(world.services, relay.inbox, "ada")
    if answer is not None:
        relay.answers(world, answer)
    compose.compose(world.services, world.member("ana").id, ComposeRequest("Good morning."))
    assert _told(world, relay) == []


def test_the_servers_own_actor_is_whom_a_relay_can_look_at(world: World) -> None:
    document = world.http.get("/actor", headers={"Accept": "application/activity+json"}, base_url=f"https://{DOMAIN}")
    assert document.get_json()["type"] == "Application"
    with world.services.db.read() as session:
        assert (
            session.scalars(select(ActorRow).where(ActorRow.uri == HOUSE)).one().inbox_url == f"https://{DOMAIN}/inbox"
        )
