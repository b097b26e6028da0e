"""Questions for those who teach, as a job: a few before each, none like another. The request chooses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from moderation.learning.unsure import Candidate
from moderation.policy import store
from moderation.values import Outcome, Submission, Visibility

TEACHERS: Final = 50
"""So many at once at most; who is left comes with the next run."""


def work(services: Services) -> None:
    """Put questions before everybody who wants to teach, works here and has had fewer than their share."""
    now = services.clock.now()
    with services.db.read() as session:
        wanting = set(teaching.teachers(session))
        if not wanting:
            return
        crew = [row for row in people.who_may(session, people.WORK, now) if row.username in wanting]
        lines = _lines(services, session, now)
        found = {row.username: _choose(session, row, lines, now) for row in crew[:TEACHERS]}
    for name, chosen in found.items():
        if chosen:
            with services.db.write() as session:
                teaching.offer(session, name, chosen, now)


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


def _lines(services: Services, session: Session, now: datetime) -> Mapping[str, float]:
    """By label, from which score on a post is held; none where no model judges."""
    model = services.tools.text_model or services.tools.models.get(session)
    if model is None:
        return {}
    policy = store.current(session)
    lines = {label: policy.hold_line(label, model.hold_lines, now) for label in policy.labels}
    return {label: line for label, line in lines.items() if line is not None}


def _choose(session: Session, teacher: ActorRow, lines: Mapping[str, float], now: datetime) -> list[Candidate]:
    name = teacher.username
    count = teaching.wanted(session, name, now)
    if not count:
        return []
    found = unsure.candidates(session, name, lines, now, apart(session, teacher))
    texts = readable(session, [each.uri for each in found])
    there = [each for each in found if each.uri in texts]
    if not there:
        return []
    rows = choose(
        np.array([each.distance for each in there]), vectors([texts[each.uri].text for each in there]), len(there)
    )
    chosen = authors_apart(rows, [each.author_uri for each in there])
    return [there[row] for row in chosen[:count]]
