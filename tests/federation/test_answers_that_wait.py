"""Answers to what waits at the door wait with it, from here and from elsewhere; boosts are tested with the intake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.enforcement import enact, upkeep
from app.federation import intake
from app.federation.tables import OutboxActivityRow
from app.posts import compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState
from app.stores.jobs import Job
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.values import Action
from tests.federation.world import Remote, World
from workers import waiting

HATEFUL = "They are vermin, all of them."


@pytest.fixture
def ana(world: World) -> ActorRow:
    """A member, whom somebody elsewhere follows and who follows two others there."""
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    return ana


@pytest.fixture
def cleo(world: World, ana: ActorRow) -> Remote:
    """Somebody elsewhere whom the member follows."""
    cleo = world.known("cleo", "near.example")
    world.follow(ana, world.row(cleo))
    return cleo


def write(world: World, ana: ActorRow, text: str, **more: Any) -> PostRow:
    return compose.compose(world.services, ana.id, ComposeRequest(text, **more))


def decide(world: World, uri: str, action: Action) -> None:
    """A moderator decides a case."""
    with world.services.db.write() as session:
        case = session.scalars(select(CaseRow).where(CaseRow.uri == uri)).one()
        decided = decisions.decide(session, case.id, DecisionRequest(action), "mod", world.services.clock.now())
        enact.enact(world.services, session, decided.effects)


def sent(world: World) -> list[dict[str, Any]]:
    """What left for other servers, in order."""
    with world.services.db.read() as session:
        rows = session.scalars(select(OutboxActivityRow.body).order_by(OutboxActivityRow.id))
        return [orjson.loads(body) for body in rows]


def due(world: World) -> bool:
    """Whether anything is to be judged again."""
    return waiting.jobs(world.services.db, world.services.clock.now(), [Job.REJUDGE]) == [Job.REJUDGE]


def test_a_members_answer_to_her_own_held_post_waits_and_comes_after_it(world: World, ana: ActorRow) -> None:
    held = write(world, ana, HATEFUL)
    answer = write(world, ana, "And the weather is fine.", in_reply_to_id=held.id)
    second = write(world, ana, "It will be for days.", in_reply_to_id=answer.id)
    assert [world.state(post.uri) for post in (answer, second)] == [PostState.WAITING] * 2
    assert sent(world) == []
    assert not due(world) and upkeep.rejudge(world.services, 100) == 0
    decide(world, held.uri, Action.APPROVE)
    while due(world):
        assert upkeep.rejudge(world.services, 100) == 1
    told = [activity["object"] for activity in sent(world)]
    assert [(one["id"], one.get("inReplyTo")) for one in told] == [
        (held.uri, None),
        (answer.uri, held.uri),
        (second.uri, answer.uri),
    ]
    assert world.stored(held.uri).id < world.stored(answer.uri).id < world.stored(second.uri).id


def test_an_answer_to_what_was_refused_stands_alone_and_names_nothing(world: World, ana: ActorRow) -> None:
    held = write(world, ana, HATEFUL)
    answer = write(world, ana, "And the weather is fine.", in_reply_to_id=held.id)
    decide(world, held.uri, Action.REMOVE)
    upkeep.rejudge(world.services, 100)
    (said,) = sent(world)
    key = held.uri.rpartition("/")[2]
    assert (said["object"]["id"], key in str(said)) == (answer.uri, False)
    document = world.http.get(answer.uri, headers={"Accept": "application/activity+json"})
    assert document.status_code == 200 and key not in document.text


def test_an_answer_to_what_is_deleted_while_it_waits_stands_alone(world: World, ana: ActorRow) -> None:
    held = write(world, ana, HATEFUL)
    answer = write(world, ana, "And the weather is fine.", in_reply_to_id=held.id)
    delete.delete(world.services, ana.id, held.id)
    upkeep.rejudge(world.services, 100)
    assert world.state(answer.uri) is PostState.PUBLISHED
    assert "inReplyTo" not in sent(world)[0]["object"]


def test_an_edit_of_an_answer_that_waits_shows_nothing(world: World, ana: ActorRow) -> None:
    held = write(world, ana, HATEFUL)
    answer = write(world, ana, "And the weather is fine.", in_reply_to_id=held.id)
    edit.edit(world.services, ana.id, answer.id, EditRequest("And the weather is bad."))
    assert (world.state(answer.uri), sent(world)) == (PostState.WAITING, [])
    assert "bad" in world.stored(answer.uri).content
    edit.edit(world.services, ana.id, answer.id, EditRequest("And they are vermin, too."))
    assert world.state(answer.uri) is PostState.HELD


def test_an_answer_from_elsewhere_waits_with_what_it_answers(world: World, cleo: Remote) -> None:
    vile = cleo.note(HATEFUL)
    world.take(cleo, cleo.create(vile))
    answer = cleo.note("I do not think so.", inReplyTo=vile["id"])
    world.take(cleo, cleo.create(answer))
    assert (world.state(vile), world.state(answer), due(world)) == (PostState.HELD, PostState.WAITING, False)
    decide(world, vile["id"], Action.APPROVE)
    upkeep.rejudge(world.services, 100)
    assert world.state(answer) is PostState.PUBLISHED


def test_it_does_so_though_both_come_at_once(world: World, cleo: Remote) -> None:
    vile = cleo.note(HATEFUL)
    answer = cleo.note("I do not think so.", inReplyTo=vile["id"])
    second = cleo.note("Nor do I.", inReplyTo=answer["id"])
    for note in (vile, answer, second):
        assert world.deliver(cleo, cleo.create(note)).status_code == 202
    intake.drain(world.services)
    assert [world.state(note) for note in (vile, answer, second)] == [PostState.HELD, *[PostState.WAITING] * 2]


def test_an_answer_that_waited_for_days_is_judged_alone(world: World, cleo: Remote) -> None:
    vile = cleo.note(HATEFUL)
    world.take(cleo, cleo.create(vile))
    answer = cleo.note("I do not think so.", inReplyTo=vile["id"])
    world.take(cleo, cleo.create(answer))
    world.services.clock.move(timedelta(days=3))  # type: ignore[attr-defined]
    assert due(world) and upkeep.rejudge(world.services, 100) == 1
    assert (world.state(vile), world.state(answer)) == (PostState.HELD, PostState.PUBLISHED)
