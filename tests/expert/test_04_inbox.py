"""4. Another server always hears 202 at once; what can't be judged waits, is never lost and never a storm of errors."""

from __future__ import annotations

from app.enforcement import upkeep
from app.federation import intake
from app.posts.tables import PostState
from moderation import alarms
from tests.federation.world import World
from tests.leaks.conftest import app, services, world
from tests.leaks.test_bypasses import BAD, FINE, cases, model

__all__ = ["app", "services", "world"]
MANY = 30


def test_with_every_check_broken_each_delivery_is_taken_and_each_post_judged_once_it_is_mended(world: World) -> None:
    ana, mallory = world.member(), world.known()
    model(world.services).broken = True
    notes = [mallory.note_to(ana, f"{FINE if number % 10 else BAD} Number {number}.") for number in range(MANY)]
    answers = [world.deliver(mallory, mallory.create(note)).status_code for note in notes]
    assert answers == [202] * MANY
    intake.drain(world.services)
    assert {world.state(note) for note in notes} == {PostState.WAITING}
    assert cases(world) == []
    with world.services.db.read() as session:
        assert len(alarms.current(session)) == 1, "one line on the admin's page, and not one a post"
    model(world.services).broken = False
    while upkeep.rejudge(world.services, 100):
        pass
    states = [world.state(note) for note in notes]
    assert states.count(PostState.PUBLISHED) + states.count(PostState.HELD) == MANY
    assert states.count(PostState.HELD) >= 1
    with world.services.db.read() as session:
        assert alarms.current(session) == []


def test_the_answer_comes_before_anything_is_judged(world: World) -> None:
    ana, mallory = world.member(), world.known()
    note = mallory.note_to(ana, BAD)
    answer = world.deliver(mallory, mallory.create(note))
    assert (answer.status_code, world.state(note)) == (202, None)
    assert len(world.inbox()) == 1, "it is on disk"
    intake.drain(world.services)
    assert world.state(note) is PostState.HELD
