"""A poll's time: it starts when the post can be seen, and an edit may set it anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.polls import numbers
from app.polls.tables import PollRow, PollVoteRow
from app.posts.tables import PostRow


def set_up(session: Session, polls: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Members' new polls, by their posts' pks, are ended in time."""
    if polls:
        rows = [{"post_pk": pk, "close_at": numbers.ends_at(poll)} for pk, poll in polls]
        session.execute(insert(PollRow), rows)


def start(session: Session, post: PostRow, now: datetime) -> None:
    """A member's post was let in: only now can anybody vote."""
    if post.poll is not None:
        post.poll = numbers.started(post.poll, now)
        _close_at(session, post.pk, numbers.ends_at(post.poll))


def replace(session: Session, post: PostRow, new: dict[str, Any] | None, now: datetime) -> None:
    """A new version of a post brings its poll: the same question keeps its votes, another one begins with none."""
    if post.local and post.poll is not None:
        with session.no_autoflush:  # votes may have come since it was read
            session.refresh(post, ["poll"], with_for_update=True)
    old = post.poll
    if not numbers.same_question(old, new):
        session.execute(delete(PollVoteRow).where(PollVoteRow.post_pk == post.pk))
        if new is not None and post.local:
            new = numbers.started(new, now)  # it may have waited for a person since it was asked
    elif old is not None and new is not None and post.local:
        new = numbers.carried(old, new)
    post.poll = new
    before, ends = (numbers.ends_at(poll) if poll is not None else None for poll in (old, new))
    if old is None and new is not None and post.local and session.get(PollRow, post.pk) is None:
        set_up(session, [(post.pk, new)])
    elif before != ends:
        # What is over already was told of, or was over before anybody here voted in it.
        _close_at(session, post.pk, ends if before is None or before > now or (ends and ends > now) else None)


def _close_at(session: Session, post_pk: int, at: datetime | None) -> None:
    session.execute(update(PollRow).where(PollRow.post_pk == post_pk).values(close_at=at))
