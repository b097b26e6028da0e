"""Whether something is due in a poll: asked each second by the scheduler, which loads nothing heavy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from app.polls.tables import PollRow
from app.posts.tables import PostRow, PostState


def due(now: datetime) -> ColumnElement[bool]:
    """The polls, over `PollRow`, in which there's something to do; of what can't be seen, nothing."""
    shown = exists().where(PostRow.pk == PollRow.post_pk, PostRow.state == PostState.PUBLISHED)
    return and_(or_(PollRow.close_at <= now, PollRow.tell_at <= now), shown)
