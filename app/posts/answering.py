"""Answers to what waits at the door: they wait with it. Shown before, they would tell that something is held.

An answer that would be let in has no verdict until then; it is judged again once what it answers was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from app.posts.drafts import PostDraft
from app.posts.tables import PostRow, PostState
from moderation.values import PUBLISHABLE, Judgement

WAITS = (PostState.HELD, PostState.WAITING)
LONGEST = timedelta(days=3)
"""After so long an answer is judged alone."""
_ANSWERED = aliased(PostRow)


def among(session: Session, judged: Iterable[tuple[PostDraft, Judgement]]) -> set[str]:
    """The URIs of those of a batch that would be let in and answer something that waits, here or before them in it."""
    pairs = list(judged)
    named = {draft.in_reply_to_uri for draft, _ in pairs if draft.in_reply_to_uri is not None}
    waiting = _waiting(session, named) if named else set()
    found: set[str] = set()
    for draft, judgement in pairs:
        let_in = judgement.outcome in PUBLISHABLE
        if let_in and draft.in_reply_to_uri in waiting:
            found.add(draft.uri)
        if not let_in or draft.uri in found:
            waiting.add(draft.uri)
    return found


def _waiting(session: Session, uris: set[str]) -> set[str]:
    return set(session.scalars(select(PostRow.uri).where(PostRow.uri.in_(uris), PostRow.state.in_(WAITS))))


def waits(now: datetime) -> ColumnElement[bool]:
    """Whether a post answers one that waits, and not for too long yet."""
    answered = exists().where(_ANSWERED.pk == PostRow.in_reply_to_pk, _ANSWERED.state.in_(WAITS))
    return and_(PostRow.submitted_at > now - LONGEST, answered)


def does_wait(session: Session, post: PostRow, now: datetime) -> bool:
    """The same of one."""
    return session.scalar(select(PostRow.pk).where(PostRow.pk == post.pk, waits(now))) is not None


def is_answered(session: Session, post: PostRow) -> bool:
    """Whether anything waits for this one."""
    query = select(PostRow.pk).where(PostRow.in_reply_to_pk == post.pk, PostRow.state == PostState.WAITING)
    return session.scalar(query.limit(1)) is not None
