"""Two at once: whoever comes second finds what the first did, and nothing is shown twice, lost, or shown unjudged."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.enforcement import enact, upkeep
from app.errors import AppError
from app.federation import intake
from app.posts import admission, boosts, compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState, PostTagRow
from app.services import Services
from moderation.cases import decisions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ModerationError
from moderation.holds.tables import HoldRow, HoldState
from moderation.values import Action, Outcome
from moderation.verdicts.tables import VerdictRow
from tests.app import people
from tests.app.people import draft
from tests.federation.world import World

BAD = "They are vermin, all of them."
FINE = "The ferry was late but the light on the water was worth it."
ROUNDS = 4


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each returned, or the error of ours that it raised; any other error fails the test."""
    start = threading.Barrier(len(calls))

    def call(what: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return what()
        except (AppError, ModerationError) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call, what) for what in calls]]


def decide(services: Services, case_id: int, action: Action, by: str, version: int | None = None) -> Action:
    with services.db.write() as session:
        request = DecisionRequest(action, version=version)
        decided = decisions.decide(session, case_id, request, by, services.clock.now())
        enact.enact(services, session, decided.effects)
    return action


def count(session: Session, what: Any, *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def consistent(session: Session, post: PostRow) -> None:
    """What a post's row says is what its verdict says, and no hold is left open on what is settled."""
    held = count(session, HoldRow, HoldRow.uri == post.uri, HoldRow.state == HoldState.HELD)
    assert held == (1 if post.state is PostState.HELD else 0)
    if post.state is PostState.PUBLISHED:
        verdict = session.get_one(VerdictRow, post.verdict_id)
        assert verdict.outcome in (Outcome.APPROVE, Outcome.LABEL, Outcome.LIMIT)


@pytest.mark.parametrize("text", [FINE, BAD])
def test_two_that_admit_the_same_posts_store_each_once(services: Services, text: str) -> None:
    far = people.remote(services, "far")
    for number in range(ROUNDS):
        drafts = [
            draft(services, far, f"{text} {number} {index}", f"/statuses/{10 * number + index}") for index in range(3)
        ]
        results = at_once(partial(admission.admit, services, drafts), partial(admission.admit, services, drafts[::-1]))
        assert not any(isinstance(result, Exception) for result in results)
        assert sorted(a.pk for a in results[0]) == sorted(a.pk for a in results[1])
    with services.db.read() as session:
        assert count(session, PostRow) == 3 * ROUNDS
        assert set(session.scalars(select(PostRow.state))) == {PostState.PUBLISHED if text == FINE else PostState.HELD}
        cases = Counter(session.scalars(select(CaseRow.uri)))
        assert not cases or max(cases.values()) == 1
        assert count(session, VerdictRow) == 3 * ROUNDS
        posts_count = session.scalar(select(ActorRow.posts_count).where(ActorRow.id == far.id))
        assert posts_count == (3 * ROUNDS if text == FINE else 0)


def test_two_workers_that_drain_the_inbox_do_each_thing_once(world: World) -> None:
    mallory, ana = world.known(), world.member()
    for number in range(8):
        assert world.deliver(mallory, mallory.create(mallory.note_to(ana, f"{FINE} {number}"))).status_code == 202
    at_once(lambda: intake.drain(world.services), lambda: intake.drain(world.services))
    intake.drain(world.services)
    with world.services.db.read() as session:
        assert count(session, PostRow, PostRow.state == PostState.PUBLISHED) == 8
    assert len(people.told(world.services, ana.id)) == 8


def test_of_two_moderators_one_decides_and_one_is_told(services: Services) -> None:
    ana = people.member(services, "ana")
    for number in range(ROUNDS):
        post = compose.compose(services, ana.id, ComposeRequest(f"{BAD} Number {number}, and more of it."))
        with services.db.read() as session:
            case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()
        results = at_once(
            lambda c=case: decide(services, c.id, Action.APPROVE, "one", c.version),  # type: ignore[misc]
            lambda c=case: decide(services, c.id, Action.REMOVE, "two", c.version),  # type: ignore[misc]
        )
        [won] = [result for result in results if not isinstance(result, Exception)]
        with services.db.read() as session:
            row = session.get_one(PostRow, post.pk)
            assert row.state is (PostState.PUBLISHED if won is Action.APPROVE else PostState.REJECTED)
            assert count(session, DecisionRow, DecisionRow.uri == post.uri) == 1
            consistent(session, row)


def test_an_edit_while_a_moderator_decides_is_never_shown_unjudged(services: Services) -> None:
    ana = people.member(services, "ana")
    for number in range(ROUNDS):
        post = compose.compose(services, ana.id, ComposeRequest(f"{BAD} First words, {number}."))
        with services.db.read() as session:
            case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()
        approved, edited = at_once(
            lambda c=case: decide(services, c.id, Action.APPROVE, "one", c.version),  # type: ignore[misc]
            lambda p=post: edit.edit(services, ana.id, p.id, EditRequest("Other vermin, never looked at.")),  # type: ignore[misc]
        )
        assert not isinstance(edited, Exception)
        with services.db.read() as session:
            row = session.get_one(PostRow, post.pk)
        if isinstance(approved, Exception):
            assert row.state is PostState.HELD and "never looked at" in row.content
        else:
            assert row.state is PostState.PUBLISHED and "First words" in row.content


def test_a_deletion_while_a_moderator_lets_it_in_wins(services: Services) -> None:
    ana = people.member(services, "ana")
    for number in range(ROUNDS):
        post = compose.compose(services, ana.id, ComposeRequest(f"{BAD} Number {number}, and more of it."))
        with services.db.read() as session:
            case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()
        _, deleted = at_once(
            lambda c=case: decide(services, c.id, Action.APPROVE, "one"),  # type: ignore[misc]
            lambda p=post: delete.delete(services, ana.id, p.id),  # type: ignore[misc]
        )
        assert deleted is None
        with services.db.read() as session:
            row = session.get_one(PostRow, post.pk)
            assert row.state is PostState.DELETED and row.content == ""
            consistent(session, row)
    with services.db.read() as session:
        assert session.get_one(ActorRow, ana.id).posts_count == 0


def test_a_hold_that_ends_while_its_post_is_deleted_stays_deleted(services: Services, clock: FrozenClock) -> None:
    ana = people.member(services, "ana")
    for number in range(ROUNDS):
        post = compose.compose(services, ana.id, ComposeRequest(f"{BAD} Number {number}, and more of it."))
        clock.move(timedelta(hours=5))
        _, deleted = at_once(
            lambda: upkeep.end_holds(services),
            lambda p=post: delete.delete(services, ana.id, p.id),  # type: ignore[misc]
        )
        assert deleted is None
        with services.db.read() as session:
            row = session.get_one(PostRow, post.pk)
            assert row.state is PostState.DELETED
            consistent(session, row)


def test_a_boost_made_twice_at_once_is_one_boost(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    for number in range(ROUNDS):
        post = compose.compose(services, ana.id, ComposeRequest(f"{FINE} {number}"))
        at_once(*[partial(boosts.boost, services, ben.id, post.id)] * 2)
        with services.db.read() as session:
            shown = (PostRow.boost_of_pk == post.pk, PostRow.state == PostState.PUBLISHED)
            assert count(session, PostRow, *shown) == 1
            assert session.get_one(PostRow, post.pk).boosts_count == 1


def test_two_edits_at_once_leave_one_of_them_whole(services: Services) -> None:
    ana = people.member(services, "ana")
    post = compose.compose(services, ana.id, ComposeRequest(FINE))
    texts: Sequence[str] = ("One #red word", "Two #blue words")
    at_once(*[partial(edit.edit, services, ana.id, post.id, EditRequest(text)) for text in texts])
    with services.db.read() as session:
        row = session.get_one(PostRow, post.pk)
        tags = set(session.scalars(select(PostTagRow.tag).where(PostTagRow.post_pk == post.pk)))
    assert (row.source, tags) in (("One #red word", {"red"}), ("Two #blue words", {"blue"}))
