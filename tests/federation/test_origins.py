"""Who may change what: each attempt to act in another's name, or on what another's host owns, changes nothing here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import intake, threads
from app.federation.wire.values import PUBLIC
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import LikeRow, PinRow, PostRow, PostState
from app.relationships import follow
from app.relationships.tables import BlockRow, FollowRow
from moderation.reports.tables import ReportRow
from tests.federation.world import Remote, World, keys

Json = dict[str, Any]


@dataclass
class Scene:
    """Nina, whom members know, and Mallory on another server, who would like to be her."""

    world: World
    nina: Remote
    mallory: Remote
    ana: ActorRow
    note: Json
    boost: Json
    like: Json
    followed: Json
    own: PostRow

    def forged(self, kind: str, what: Any, **fields: Any) -> Json:
        """An activity that says it's Nina's."""
        return self.nina.activity(kind, what, **fields)

    def state(self) -> list[list[tuple[Any, ...]]]:
        """Everything that an activity could change."""
        queries = (
            select(PostRow.uri, PostRow.state, PostRow.content, PostRow.boosts_count, PostRow.likes_count),
            select(FollowRow.follower_id, FollowRow.target_id, FollowRow.state),
            select(LikeRow.actor_id, LikeRow.post_pk),
            select(BlockRow.blocker_id, BlockRow.target_id),
            select(PinRow.post_pk),
            select(ReportRow.reporter_uri, ReportRow.target_uri),
            select(
                ActorRow.uri, ActorRow.display_name, ActorRow.public_key_pem, ActorRow.moved_to_uri,
                ActorRow.deleted_at, ActorRow.suspended_at, ActorRow.inbox_url, ActorRow.followers_count,
            ),
        )  # fmt: skip
        with self.world.services.db.read() as session:
            return [sorted(map(tuple, session.execute(query)), key=str) for query in queries]


@pytest.fixture
def scene(world: World) -> Scene:
    """Nina follows Ana, who asked to follow her; she wrote, pinned, liked and boosted."""
    nina, mallory = world.known("nina", "near.example", pair=keys(2)), world.known("mallory", "far.example")
    nina.document["featured"] = nina.uri + "/featured"
    nina.live_on(world.web)
    world.take(nina, nina.activity("Update", nina.actor()))
    ana = world.member("ana")
    world.follow(ana, world.row(nina))
    own = compose.compose(world.services, ana.id, ComposeRequest("Good morning to the harbour"))
    note = nina.note("The boats are back")
    world.web.put(note["id"], note)
    followed, like = nina.activity("Follow", ana.uri), nina.activity("Like", own.uri)
    boost = nina.activity("Announce", own.uri, to=[PUBLIC], cc=[nina.uri + "/followers"])
    pin = nina.activity("Add", note["id"], target=nina.uri + "/featured")
    for activity in (nina.create(note), followed, like, boost, pin):
        world.take(nina, activity)
    assert world.state(note) is PostState.PUBLISHED
    return Scene(world, nina, mallory, ana, note, boost, like, followed, own)


def _elsewhere(scene: Scene) -> str:
    return f"https://near.example/users/nina/statuses/{id(scene)}"


BY_MALLORY: dict[str, Callable[[Scene], Json]] = {
    "a post that is attributed to another": lambda s: s.mallory.create(s.nina.note("I say so")),
    "a post whose address is another host's": lambda s: s.mallory.activity(
        "Create", s.mallory.note("I say so", id=_elsewhere(s)), to=[PUBLIC]
    ),
    "an activity whose id is another host's": lambda s: s.mallory.activity(
        "Create", s.mallory.note("I say so"), id=_elsewhere(s) + "/activity", to=[PUBLIC]
    ),
    "an edit of another's post": lambda s: s.mallory.activity("Update", {**s.note, "content": "<p>No boats</p>"}),
    "an edit that says the post is one's own": lambda s: s.mallory.activity(
        "Update", {**s.note, "attributedTo": s.mallory.uri, "content": "<p>No boats</p>"}
    ),
    "another's profile": lambda s: s.mallory.activity("Update", {**s.nina.actor(), "name": "Not Nina"}),
    "another's key": lambda s: s.mallory.activity(
        "Update",
        {**s.nina.actor(), "publicKey": {**s.nina.actor()["publicKey"], "publicKeyPem": s.mallory.pair.public_pem}},
    ),
    "another's post is deleted": lambda s: s.mallory.activity("Delete", s.note["id"]),
    "another's post is deleted, as a tombstone": lambda s: s.mallory.activity(
        "Delete", {"id": s.note["id"], "type": "Tombstone"}
    ),
    "another leaves": lambda s: s.mallory.activity("Delete", s.nina.uri),
    "a member's post is deleted": lambda s: s.mallory.activity("Delete", s.own.uri),
    "a member's post is edited": lambda s: s.mallory.activity(
        "Update", s.mallory.note("Good night", id=s.own.uri, attributedTo=s.ana.uri)
    ),
    "another's follow is taken back": lambda s: s.mallory.activity("Undo", s.followed),
    "another's follow is taken back by its id": lambda s: s.mallory.activity("Undo", s.followed["id"]),
    "another's follow is taken back as one's own": lambda s: s.mallory.activity(
        "Undo", {**s.followed, "actor": s.mallory.uri}
    ),
    "another's like is taken back": lambda s: s.mallory.activity("Undo", s.like),
    "another's like is taken back by its id": lambda s: s.mallory.activity("Undo", s.like["id"]),
    "another's boost is taken back": lambda s: s.mallory.activity("Undo", s.boost),
    "another's boost is deleted": lambda s: s.mallory.activity("Delete", s.boost["id"]),
    "another's follower is refused": lambda s: s.mallory.activity(
        "Reject", {"type": "Follow", "actor": s.ana.uri, "object": s.nina.uri}
    ),
    "another pins": lambda s: s.mallory.activity("Add", s.own.uri, target=s.nina.uri + "/featured"),
    "another unpins": lambda s: s.mallory.activity("Remove", s.note["id"], target=s.nina.uri + "/featured"),
    "another moves": lambda s: s.mallory.activity("Move", s.nina.uri, target=s.mallory.uri),
    "everybody moves to me": lambda s: s.mallory.activity("Move", s.mallory.uri, target=s.nina.uri),
    "a post in an activity of another's": lambda s: s.mallory.activity("Create", s.forged("Create", s.note)),
}


@pytest.mark.parametrize("attempt", BY_MALLORY)
def test_what_is_anothers_is_changed_by_nobody_else(scene: Scene, attempt: str) -> None:
    before = scene.state()
    scene.world.deliver(scene.mallory, BY_MALLORY[attempt](scene))
    intake.drain(scene.world.services)
    threads.drain(scene.world.services)
    assert scene.state() == before


IN_NINAS_NAME: dict[str, Callable[[Scene], Json]] = {
    "Create": lambda s: s.forged("Create", s.nina.note("I never said so"), to=[PUBLIC]),
    "Update": lambda s: s.forged("Update", {**s.note, "content": "<p>No boats</p>"}),
    "Update of oneself": lambda s: s.forged("Update", {**s.nina.actor(), "name": "Not Nina"}),
    "Delete": lambda s: s.forged("Delete", s.note["id"]),
    "Delete of oneself": lambda s: s.forged("Delete", s.nina.uri),
    "Follow": lambda s: s.forged("Follow", s.ana.uri),
    "Reject": lambda s: s.forged("Reject", {"type": "Follow", "actor": s.ana.uri, "object": s.nina.uri}),
    "Undo": lambda s: s.forged("Undo", s.followed),
    "Like": lambda s: s.forged("Like", s.own.uri),
    "EmojiReact": lambda s: s.forged("EmojiReact", s.own.uri, content="🔥"),
    "Announce": lambda s: s.forged("Announce", s.own.uri, to=[PUBLIC]),
    "Add": lambda s: s.forged("Add", s.own.uri, target=s.nina.uri + "/featured"),
    "Remove": lambda s: s.forged("Remove", s.note["id"], target=s.nina.uri + "/featured"),
    "Block": lambda s: s.forged("Block", s.ana.uri),
    "Flag": lambda s: s.forged("Flag", [s.ana.uri, s.own.uri]),
    "Move": lambda s: s.forged("Move", s.nina.uri, target=s.mallory.uri),
    "a vote": lambda s: s.forged(
        "Create", {"type": "Note", "id": s.nina.uri + "/votes/1", "attributedTo": s.nina.uri, "name": "Tea", "inReplyTo": s.own.uri, "to": [s.ana.uri]},
    ),
    "two actors": lambda s: s.forged("Delete", s.note["id"], actor=[s.mallory.uri, s.nina.uri]),
    "an actor with another's id inside": lambda s: s.forged(
        "Delete", s.note["id"], actor={**s.mallory.actor(), "id": s.nina.uri}
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", IN_NINAS_NAME)
def test_nobody_signs_in_anothers_name(scene: Scene, kind: str) -> None:
    before = scene.state()
    answer = scene.world.deliver(scene.mallory, IN_NINAS_NAME[kind](scene))
    assert answer.status_code in (202, 401, 403, 422), answer.text
    intake.drain(scene.world.services)
    threads.drain(scene.world.services)
    assert scene.state() == before


def test_a_key_that_names_another_as_its_owner_is_nobodys(scene: Scene) -> None:
    thief = Remote("thief", "far.example", keys(3))
    owned = {"id": thief.uri + "/key", "owner": scene.nina.uri, "publicKeyPem": thief.pair.public_pem}
    scene.world.web.put(thief.uri + "/key", {"@context": "https://w3id.org/security/v1", "type": "Key", **owned})
    scene.world.web.put(thief.uri, {**thief.actor(), "publicKey": owned})
    before = scene.state()
    key_of = property(lambda _self: thief.uri + "/key")
    forger = type("Forger", (Remote,), {"key_id": key_of})("thief", "far.example", keys(3))
    scene.world.deliver(forger, scene.forged("Delete", scene.note["id"]))
    intake.drain(scene.world.services)
    assert scene.state() == before


def test_an_activity_that_is_sent_again_does_nothing_again(scene: Scene) -> None:
    world, ana = scene.world, scene.ana
    follow.unfollow(world.services, world.row(scene.nina).id, ana.id)
    before = scene.state()
    for activity in (scene.followed, scene.like, scene.boost, scene.nina.create(scene.note)):
        world.take(scene.nina, activity)
    assert scene.state() == before


@pytest.mark.parametrize("what", ["actor", "key", "post"])
def test_a_redirect_to_another_host_is_followed_for_nobody(world: World, what: str) -> None:
    nina, thief = world.remote("nina", "near.example", pair=keys(2)), Remote("nina", "near.example", keys(3))
    note = nina.note("The boats are back")
    if what == "post":
        world.web.put("https://far.example/copy", {**note, "content": "<p>No boats</p>"})
        world.web.redirect(note["id"], "https://far.example/copy")
        known = world.known("mia", "third.example", pair=keys(1))
        world.follow(world.member("ana"), world.row(known))
        world.take(known, known.activity("Announce", note["id"], to=[PUBLIC]))
    else:
        document = thief.actor() if what == "actor" else thief.actor()["publicKey"]
        world.web.put("https://far.example/copy", document)
        world.web.redirect(nina.uri, "https://far.example/copy")
        world.deliver(thief, thief.create(thief.note("No boats")))
        intake.drain(world.services)
    with world.services.db.read() as session:
        assert session.scalars(select(PostRow.content).where(PostRow.content.contains("boats"))).all() == []
