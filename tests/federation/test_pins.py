"""Pinned posts: told to followers, served as `featured`, and taken from elsewhere."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import delete as delete_rows
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import InvalidError, NotFoundError
from app.federation import intake
from app.federation.tables import OutboxActivityRow
from app.posts import compose, delete, pins
from app.posts.compose import ComposeRequest
from app.posts.tables import PinRow, PostRow
from app.relationships.tables import FollowRow
from moderation.values import Visibility
from tests.federation.world import Remote, World

AS = "application/activity+json"
HATEFUL = "They are vermin, all of them."


@pytest.fixture
def ana(world: World) -> ActorRow:
    """A member with a follower elsewhere."""
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    return ana


def _write(world: World, author: ActorRow, text: str, **more: Any) -> PostRow:
    return compose.compose(world.services, author.id, ComposeRequest(text, **more))


def _sent(world: World) -> list[dict[str, Any]]:
    with world.services.db.read() as session:
        query = select(OutboxActivityRow.body).where(OutboxActivityRow.kind.in_(("Add", "Remove")))
        return [orjson.loads(body) for body in session.scalars(query.order_by(OutboxActivityRow.id))]


def _featured(world: World) -> list[str]:
    path = "/users/ana/collections/featured"
    document = world.http.get(path, headers={"Accept": AS}, base_url="https://ostiary.example").get_json()
    assert document["totalItems"] == len(document["orderedItems"])
    return [item["id"] for item in document["orderedItems"]]


def test_a_pin_is_featured_and_told_to_followers_once(world: World, ana: ActorRow) -> None:
    post = _write(world, ana, "About me: soup, trams, sourdough.")
    assert pins.pin(world.services, ana.id, post.id).pinned
    assert pins.pin(world.services, ana.id, post.id).pinned
    assert _featured(world) == [post.uri]
    assert not pins.unpin(world.services, ana.id, post.id).pinned
    assert _featured(world) == []
    assert [(a["type"], a["object"], a["target"]) for a in _sent(world)] == [
        ("Add", post.uri, ana.featured_url),
        ("Remove", post.uri, ana.featured_url),
    ]


def test_only_a_few_public_posts_of_ones_own_are_pinned(world: World, ana: ActorRow) -> None:
    for number in range(pins.MOST):
        pins.pin(world.services, ana.id, _write(world, ana, f"Thing number {number} about me and the tram.").id)
    with pytest.raises(InvalidError):
        pins.pin(world.services, ana.id, _write(world, ana, "One more about the harbour.").id)
    pins.unpin(world.services, ana.id, _write(world, ana, "Never pinned, about birds.").id)
    secret = _write(world, ana, "For followers: the cake is at eight.", visibility=Visibility.FOLLOWERS)
    held = _write(world, ana, HATEFUL)
    for post in (secret, held):
        with pytest.raises(InvalidError):
            pins.pin(world.services, ana.id, post.id)
    with pytest.raises(NotFoundError):
        pins.pin(world.services, world.member("dora").id, secret.id)


def test_a_deleted_post_is_featured_no_more(world: World, ana: ActorRow) -> None:
    post = _write(world, ana, "About me: soup, trams, sourdough.")
    pins.pin(world.services, ana.id, post.id)
    delete.delete(world.services, ana.id, post.id)
    assert _featured(world) == []
    with world.services.db.read() as session:
        assert session.scalar(select(PinRow.post_pk)) is None


def _pinned(world: World, who: Remote) -> list[str]:
    with world.services.db.read() as session:
        return [view.post.uri for view in pins.of_author(session, world.row(who).id, None)]


@pytest.fixture
def mia(world: World) -> Remote:
    """Somebody elsewhere with a collection of pinned posts, whom a member follows."""
    mia = world.known("mia", "near.example")
    world.follow(world.member("fay"), world.row(mia))
    with world.services.db.write() as session:
        session.get_one(ActorRow, world.row(mia).id).featured_url = mia.uri + "/featured"
    return mia


def test_a_pin_from_elsewhere_is_taken_after_its_post_was_judged(world: World, mia: Remote) -> None:
    good, vile = mia.note("About me: lighthouses."), mia.note(HATEFUL)
    for note in (good, vile):
        world.web.put(note["id"], note)
        assert world.deliver(mia, mia.activity("Add", note["id"], target=mia.uri + "/featured")).status_code == 202
    intake.drain(world.services)
    assert _pinned(world, mia) == [good["id"]]
    world.take(mia, mia.activity("Remove", good["id"], target=mia.uri + "/featured"))
    assert _pinned(world, mia) == []


def test_for_whom_nobody_follows_no_pinned_post_is_fetched(world: World, mia: Remote) -> None:
    note = mia.note("About me: lighthouses.")
    world.web.put(note["id"], note)
    with world.services.db.write() as session:
        session.execute(delete_rows(FollowRow))
    world.take(mia, mia.activity("Add", note["id"], target=mia.uri + "/featured"))
    assert (note["id"] in world.web.asked, world.inbox()[-1].reason) == (False, "pin_for_nobody_here")


def test_nobody_pins_for_others_or_into_other_collections(world: World, mia: Remote) -> None:
    mallory = world.known("mallory")
    note = mia.note("About me: lighthouses.")
    world.take(mia, mia.create(note))
    world.take(mallory, mallory.activity("Add", note["id"], target=mia.uri + "/featured"))
    world.take(mia, mia.activity("Add", note["id"], target=mia.uri + "/moderators"))
    theirs = mallory.note("Mine, not hers.")
    world.take(mallory, mallory.create(theirs))
    world.take(mia, mia.activity("Add", theirs["id"], target=mia.uri + "/featured"))
    assert _pinned(world, mia) == []
    assert [row.reason for row in world.inbox()][1:3] == ["collection_unknown", "collection_unknown"]
