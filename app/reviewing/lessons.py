"""What somebody who teaches does: begin and stop, read a question, answer it, take an answer back, report the post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.database.engine import after_commit
from app.learning import lessons
from app.posts.tables import PostRow
from app.reports import file as reports
from app.reports.file import FileReport
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from moderation.errors import RefusedError
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotCause
from moderation.learning import teaching, unsure
from moderation.learning.tables import LessonRow
from moderation.learning.values import Taught
from moderation.values import Submission
from moderation.workforce import records

GONE: Final = "this post isn't there any more, or isn't for everybody"
HARMFUL: Final = frozenset(Taught) - {Taught.NONE, Taught.UNSURE}


@dataclass(frozen=True, slots=True)
class Question:
    """A post about which somebody is asked, as everybody reads it now."""

    number: int
    post: Submission
    digest: str
    """Of what they read: an answer is to this text, and to no other."""


def begin(services: Services, account: AccountRow, an_hour: int) -> None:
    """They want to teach. Raises ForbiddenError, RefusedError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        teaching.begin(session, by, an_hour, services.clock.now())
        after_commit(session, lambda: services.nudger.nudge(Job.LEARN))


def stop(services: Services, account: AccountRow) -> None:
    """They want no more. Raises ForbiddenError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        teaching.stop(session, by)


def question(session: Session, account: AccountRow, now: datetime) -> Question | None:
    """The next question that can still be asked; None where there is none. Raises ForbiddenError."""
    waiting = teaching.waiting(session, people.require(account, people.WORK), now)
    there = lessons.readable(session, [row.uri for row in waiting])
    away = lessons.apart(session, account.actor)
    record = records.of(session, people.name_of(account))
    for row in waiting:
        post = there.get(row.uri)
        if post is not None and post.author.uri not in away and not unsure.in_conflict(record, post.author.uri):
            return Question(row.id, post, snapshots.digest_of(post))
    return None


def answer(services: Services, account: AccountRow, number: int, given: Taught, digest: str) -> None:
    """Keep their answer to what they read. Nothing happens to the post.

    Raises ForbiddenError, NotFoundError, and RefusedError where it is gone, was edited meanwhile, or was answered.
    """
    by = people.require(account, people.WORK)
    now = services.clock.now()
    with services.db.write() as session:
        row = teaching.find(session, number, by)
        teaching.answer(session, row, given, _evidence(session, row, given, digest, now), now)
        after_commit(session, lambda: services.nudger.nudge(Job.LEARN))


def take_back(services: Services, account: AccountRow) -> int:
    """Ask again what they answered last; which question it is. Raises ForbiddenError, RefusedError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        return teaching.take_back(session, by, services.clock.now()).id


def report(services: Services, account: AccountRow, number: int) -> None:
    """Report the post of a question that they answered as harmful, like any member. Raises ForbiddenError,
    NotFoundError, RefusedError, and what a report raises."""
    by = people.require(account, people.WORK)
    with services.db.read() as session:
        row = teaching.find(session, number, by)
        if row.answer not in HARMFUL:
            raise RefusedError("only what you called harmful can be reported from here")
        post = session.scalars(select(PostRow).where(PostRow.uri == row.uri)).first()
        if post is None or row.uri not in lessons.readable(session, [row.uri]):
            raise RefusedError(GONE)
        category = "spam" if row.answer is Taught.SPAM else "violation"
        wanted = FileReport(post.actor_id, (post.id,), category=category)
    reports.file(services, account.actor, wanted)


def _evidence(session: Session, row: LessonRow, given: Taught, digest: str, now: datetime) -> int | None:
    if given is Taught.UNSURE:
        return None
    post = lessons.readable(session, [row.uri]).get(row.uri)
    if post is None:
        raise RefusedError(GONE)
    if snapshots.digest_of(post) != digest:
        raise RefusedError("its author changed this post meanwhile: read it again")
    snapshots.take(session, [post], SnapshotCause.AUDIT, now)
    return snapshots.latest(session, [row.uri])[row.uri].id
