"""Questions for those who teach, as a job: a few before each, none like another. The request chooses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.posts import redraft
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow
from app.reviewing import people
from app.services import Services
from models.noise import vectors
from models.sampling import authors_apart, choose
from moderation.learning import teaching, unsure
from moderation.learning.tables import LessonRow
from moderation.learning.unsure import Bounds, Candidate
from moderation.policy import store
from moderation.rows import slices
from moderation.values import Outcome, Submission, Visibility

AT_ONCE: Final = 50
"""So many teachers are planned for in one reading, and then the next ones."""
LATELY: Final = 60
"""So many questions before a new one, to none of which it may be alike."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a teacher's questions come to: those that go, since they can't be asked any more, and new ones."""

    gone: Sequence[int]
    chosen: Sequence[Candidate]


def work(services: Services) -> None:
    """Put questions before everybody who wants to teach, works here and has had fewer than their share."""
    now = services.clock.now()
    with services.db.read() as session:
        wanting = set(teaching.teachers(session))
        if not wanting:
            return
        crew = [row.id for row in people.who_may(session, people.WORK, now) if row.username in wanting]
        by_label = lines(services, session, now)
    for part in slices(crew, AT_ONCE):
        _put(services, part, by_label, now)


def _put(services: Services, part: Sequence[int], by_label: Mapping[str, float], now: datetime) -> None:
    with services.db.read() as session:
        rows = session.scalars(select(ActorRow).where(ActorRow.id.in_(part)).order_by(ActorRow.id))
        found = {row.username: _plan(session, row, by_label, now) for row in rows}
    for name, plan in found.items():
        if plan.gone or plan.chosen:
            with services.db.write() as session:
                teaching.drop(session, name, plan.gone)
                teaching.offer(session, name, plan.chosen, now)


def bounds(services: Services, session: Session, teacher: ActorRow, now: datetime) -> Bounds:
    """What somebody may be asked about now."""
    return unsure.bounds(session, teacher.username, lines(services, session, now), now, apart(session, teacher))


def still(asked: Bounds, row: LessonRow, post: Submission | None) -> bool:
    """Whether a question can be asked: its post is there for everybody, and is for this teacher."""
    if post is None or not asked.suit(post.author.uri, post.language):
        return False
    return row.label not in asked.spared and not asked.spare(row.scores)


def readable(session: Session, uris: Sequence[str]) -> dict[str, Submission]:
    """Of these posts those that are published, public and unlimited, as their authors are, and as they read now."""
    rows = session.execute(
        select(PostRow.pk)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.uri.in_(uris), PostRow.state == PostState.PUBLISHED, PostRow.outcome == Outcome.APPROVE)
        .where(PostRow.visibility == Visibility.PUBLIC, PostRow.boost_of_pk.is_(None))
        .where(ActorRow.suspended_at.is_(None), ActorRow.silenced_at.is_(None))
        .where(~ActorRow.domain_silenced, ~ActorRow.domain_hidden)
    )
    return {each.uri: each for each in redraft.as_submissions(session, [pk for (pk,) in rows]) if each.text.strip()}


def apart(session: Session, teacher: ActorRow) -> frozenset[str]:
    """Authors about whose posts somebody isn't asked: themselves, whom they follow, and who follows them."""
    follows = select(FollowRow.follower_id, FollowRow.target_id).where(
        (FollowRow.follower_id == teacher.id) | (FollowRow.target_id == teacher.id)
    )
    ids = {teacher.id} | {each for pair in session.execute(follows) for each in pair}
    return frozenset(session.scalars(select(ActorRow.uri).where(ActorRow.id.in_(ids))))


def lines(services: Services, session: Session, now: datetime) -> Mapping[str, float]:
    """By label, from which score on a post is held; none where no model judges."""
    model = services.tools.text_model or services.tools.models.get(session)
    if model is None:
        return {}
    policy = store.current(session)
    found = {label: policy.hold_line(label, model.hold_lines, now) for label in policy.labels}
    return {label: line for label, line in found.items() if line is not None}


def _plan(session: Session, teacher: ActorRow, by_label: Mapping[str, float], now: datetime) -> Plan:
    name = teacher.username
    asked = unsure.bounds(session, name, by_label, now, apart(session, teacher))
    open_ones = teaching.unanswered(session, name)
    there = readable(session, [row.uri for row in open_ones])
    gone = [row.id for row in open_ones if not still(asked, row, there.get(row.uri))]
    count = teaching.wanted(session, name, now, gone)
    return Plan(gone, _choose(session, asked, count, now) if count else ())


def _choose(session: Session, asked: Bounds, count: int, now: datetime) -> list[Candidate]:
    """The least certain, none like another or like one that was asked lately, and one of each author."""
    found = unsure.candidates(session, asked, now)
    lately = teaching.lately(session, asked.record.name, LATELY)
    texts = readable(session, [*lately, *(each.uri for each in found)])
    before = [texts[uri].text for uri in lately if uri in texts]
    there = [each for each in found if each.uri in texts]
    if not there:
        return []
    known = vectors([*before, *(texts[each.uri].text for each in there)])
    distances = np.array([*(-1.0 for _ in before), *(each.distance for each in there)])
    rows = [row - len(before) for row in choose(distances, known, len(known)) if row >= len(before)]
    chosen = authors_apart(rows, [each.author_uri for each in there])
    return [there[row] for row in chosen[:count]]
