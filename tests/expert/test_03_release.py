"""3. Letting in keeps a post's identity and is seen: the same address, a fresh place at the top, with the answers that came
meanwhile; and what was sent again while it was held is no second case, before and after.
"""

from __future__ import annotations

from datetime import timedelta

from app.clock import FrozenClock
from app.enforcement import upkeep
from app.federation import intake
from app.paging import Paging
from app.posts import reading, threads
from app.posts.tables import PostState
from app.timelines import home
from moderation.values import Action
from tests.federation.test_answers_that_wait import decide
from tests.federation.world import World, keys
from tests.leaks.conftest import app, services, world
from tests.leaks.test_bypasses import BAD, FINE, cases, now, writes

__all__ = ["app", "services", "world"]


def test_what_is_let_in_keeps_its_address_and_stands_at_the_top_with_its_answers(
    world: World, clock: FrozenClock
) -> None:
    ana, mallory, zoe = world.member(), world.known(), world.known("zoe", "near.example", pair=keys(2))
    world.follow(ana, world.row(mallory))
    world.follow(ana, world.row(zoe))
    note = mallory.note(BAD)
    world.take(mallory, mallory.create(note))
    clock.move(timedelta(minutes=3))
    answer = zoe.note_to(ana, "I don't see it so.", inReplyTo=note["id"])
    world.take(zoe, zoe.create(answer))
    other = zoe.note(FINE)
    world.take(zoe, zoe.create(other))
    for number in range(3):
        world.deliver(mallory, mallory.create(note) | {"id": f"{note['id']}/again/{number}"})
    intake.drain(world.services)
    assert len(cases(world)) == 1
    clock.move(timedelta(minutes=6))
    before = world.stored(note)
    decide(world, note["id"], Action.APPROVE)
    while upkeep.rejudge(world.services, 100):
        pass
    after = world.stored(note)
    assert (after.uri, after.pk, after.state) == (before.uri, before.pk, PostState.PUBLISHED)
    assert after.id > before.id, "a fresh place in timelines"
    shown = [view.post.uri for view in home.page(world.services, ana.id, Paging())]
    assert shown.index(note["id"]) < shown.index(other["id"])
    with world.services.db.read() as session:
        found = reading.load_one(session, after.pk, ana.id)
        assert found is not None
        _above, below = threads.context(session, found.post, ana.id)
    assert answer["id"] in [view.post.uri for view in below]
    world.deliver(mallory, mallory.create(note) | {"id": f"{note['id']}/again/late"})
    intake.drain(world.services)
    assert len(cases(world)) == 1
    assert now(world, after).state is PostState.PUBLISHED


def test_a_members_post_keeps_its_address_through_the_hold(world: World, clock: FrozenClock) -> None:
    ana = world.member()
    held = writes(world, ana, BAD)
    clock.move(timedelta(minutes=6))
    later = writes(world, ana, FINE)
    decide(world, held.uri, Action.APPROVE)
    after = now(world, held)
    assert after.uri == held.uri
    assert after.id > later.id
