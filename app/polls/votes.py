"""Votes: each actor's choices, once each, counted with the post under its lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.errors import InvalidError
from app.federation import outgoing
from app.ids import IDS
from app.polls import numbers
from app.polls.tables import PollRow, PollVoteRow
from app.posts import resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostState
from app.posts.visibility import posts_for
from app.services import Services

TOLD_EVERY = timedelta(minutes=3)
"""So often at most new numbers of a poll go to other servers."""


class CannotVoteError(InvalidError):
    """This vote doesn't count; `code` and `text` say why."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote from elsewhere: who, in the poll of which URI, for the option of which name."""

    actor_id: int
    post_uri: str
    name: str


def vote(services: Services, actor_id: int, public_id: int, choices: Sequence[int]) -> PostView:
    """A member votes in a poll that they can see; how it looks to them then. Raises NotFoundError, CannotVoteError,
    ForbiddenError where the account may not write.
    """
    with services.db.write() as session:
        writers.writer(session, actor_id)
        seen = resolve.view(session, public_id, actor_id).shown.post
        post = _locked(session, actor_id, PostRow.pk == seen.pk)
        if post is None or post.poll is None or post.state is not PostState.PUBLISHED:
            raise CannotVoteError("Validation failed: There is no poll to vote in", code="poll_none")
        rows = _cast(session, services, post, actor_id, choices)
        if not post.local:
            titles = numbers.titles(post.poll)
            outgoing.voted(session, services, post, actor_id, [(row.id, titles[row.choice]) for row in rows])
    with services.db.read() as session:
        return resolve.view(session, public_id, actor_id)


def receive(services: Services, vote: Vote) -> str | None:
    """Somebody elsewhere votes in a member's poll: None where it is counted, else why it isn't."""
    with services.db.write() as session:
        post = _locked(session, vote.actor_id, PostRow.uri == vote.post_uri, PostRow.local.is_(True))
        if post is None or post.poll is None or post.state is not PostState.PUBLISHED:
            return "vote_for_nothing_here"
        titles = numbers.titles(post.poll)
        if vote.name not in titles:
            return "poll_no_such_option"
        try:
            _cast(session, services, post, vote.actor_id, [titles.index(vote.name)])
        except CannotVoteError as error:
            return error.code
    return None


def _locked(session: Session, viewer_id: int, *which: object) -> PostRow | None:
    query = posts_for(viewer_id).where(*which).with_for_update(of=PostRow)  # type: ignore[arg-type]
    found: PostRow | None = session.scalar(query.execution_options(populate_existing=True))
    return found


def _cast(
    session: Session, services: Services, post: PostRow, actor_id: int, choices: Sequence[int]
) -> list[PollVoteRow]:
    """Count these choices. Raises CannotVoteError."""
    poll, now = post.poll or {}, services.clock.now()
    before = set(
        session.scalars(
            select(PollVoteRow.choice).where(PollVoteRow.post_pk == post.pk, PollVoteRow.actor_id == actor_id)
        )
    )
    _check(post, actor_id, choices, before, now)
    rows = [
        PollVoteRow(id=IDS.take(now), post_pk=post.pk, actor_id=actor_id, choice=choice, created_at=now)
        for choice in choices
    ]
    session.add_all(rows)
    post.poll = numbers.counted(poll, choices, voters=0 if before else 1)
    _due(session, services, post, now)
    session.flush()
    return rows


def _check(post: PostRow, actor_id: int, choices: Sequence[int], before: set[int], now: datetime) -> None:
    poll = post.poll or {}
    if post.actor_id == actor_id:
        raise CannotVoteError("Validation failed: You cannot vote in your own polls", code="poll_own")
    if numbers.is_over(poll, now):
        raise CannotVoteError("Validation failed: The poll has already ended", code="poll_over")
    if not choices or any(not 0 <= choice < len(poll["options"]) for choice in choices):
        raise CannotVoteError("Validation failed: The chosen vote option does not exist", code="poll_no_such_option")
    again = before & set(choices) or len(set(choices)) < len(choices)
    if again or (not poll["multiple"] and (before or len(choices) > 1)):
        raise CannotVoteError("Validation failed: You have already voted on this poll", code="poll_voted_already")


def _due(session: Session, services: Services, post: PostRow, now: datetime) -> None:
    """New numbers of a member's poll go out a while later, together with those that come meanwhile."""
    poll = post.poll or {}
    row = session.get(PollRow, post.pk)
    if row is None:
        row = PollRow(post_pk=post.pk, close_at=numbers.ends_at(poll))
        session.add(row)
    if post.local and not poll.get("hide_totals") and row.tell_at is None:
        row.tell_at = now + TOLD_EVERY


def taken_along(session: Session, services: Services, actor_id: int, limit: int) -> int:
    """Who leaves takes their votes along, out of members' polls that aren't over; results stand. How many went."""
    now = services.clock.now()
    rows = session.scalars(select(PollVoteRow).where(PollVoteRow.actor_id == actor_id).limit(limit)).all()
    by_post: dict[int, list[PollVoteRow]] = {}
    for row in rows:
        by_post.setdefault(row.post_pk, []).append(row)
    for pk in sorted(by_post):
        post = session.scalar(select(PostRow).where(PostRow.pk == pk).with_for_update())
        gone = by_post[pk]
        if post is not None and post.local and post.poll is not None and not numbers.is_over(post.poll, now):
            there = session.scalar(
                select(func.count()).where(PollVoteRow.post_pk == pk, PollVoteRow.actor_id == actor_id)
            )
            last = there == len(gone)
            choices = [row.choice for row in gone]
            post.poll = numbers.counted(post.poll, choices, voters=1 if last else 0, by=-1)
            _due(session, services, post, now)
        for row in gone:
            session.delete(row)
        session.flush()
    return len(rows)
