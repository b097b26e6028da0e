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
from app.workforce import undertaking, zone
from moderation.errors import RefusedError
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotCause
from moderation.learning import teaching
from moderation.learning.values import Taught
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import Submission
from moderation.workforce import exposure, hours

GONE: Final = "this post isn't there any more, or isn't for everybody or for you"
CHANGED: Final = "its author changed this post meanwhile, so read it again"
REPORTED: Final = "you have reported this post already"
NOT_HARMFUL: Final = "only what you called harmful can be reported from here"
HARMFUL: Final = frozenset(Taught) - {Taught.NONE, Taught.UNSURE}


@dataclass(frozen=True, slots=True)
class Question:
    """A post about which somebody is asked, as everybody reads it now."""

    number: int
    post: Submission
    digest: str
    """Of what they read: an answer is to this text, and to no other."""
    veiled: bool
    """Its text is shown once they want it: its author put a warning before it, or it may be grave."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody said last, while it can be taken back, and whether they may report the post."""

    number: int
    answer: Taught
    reportable: bool


def begin(services: Services, account: AccountRow, an_hour: int) -> None:
    """They want to teach. Raises ForbiddenError, RefusedError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        undertaking.require_signed(session, by)
        teaching.begin(session, by, an_hour, services.clock.now())
        after_commit(session, lambda: services.nudger.nudge(Job.LEARN))


def stop(services: Services, account: AccountRow) -> None:
    """They want no more. Raises ForbiddenError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        teaching.stop(session, by)


def question(services: Services, session: Session, account: AccountRow) -> Question | None:
    """The next question that can still be asked; None where there is none. Raises ForbiddenError, HoursOverError."""
    by, now = people.require(account, people.WORK), services.clock.now()
    waiting = teaching.waiting(session, by, now)
    if not waiting:
        return None
    hours.require_left(session, by, zone.of(session), now)
    there = lessons.readable(session, [row.uri for row in waiting])
    asked = lessons.bounds(services, session, account.actor, now)
    for row in waiting:
        post = there.get(row.uri)
        if post is not None and lessons.still(asked, row, post):
            grave = row.label in exposure.heavy_labels(session)
            return Question(row.id, post, snapshots.digest_of(post), grave or bool(post.warning))
    return None


def answer(services: Services, account: AccountRow, number: int, given: Taught, digest: str) -> None:
    """Keep their answer to what they read. Nothing happens to the post.

    Raises ForbiddenError, HoursOverError, NotFoundError, and RefusedError where it is gone, isn't for them any more,
    was edited meanwhile, or was answered.
    """
    by = people.require(account, people.WORK)
    now = services.clock.now()
    with services.db.write() as session:
        undertaking.require_signed(session, by)
        hours.require_left(session, by, zone.of(session), now)
        row = teaching.find(session, number, by)
        post = lessons.readable(session, [row.uri]).get(row.uri)
        if post is None or not lessons.still(lessons.bounds(services, session, account.actor, now), row, post):
            raise RefusedError(GONE)
        teaching.answer(session, row, given, _evidence(session, post, given, digest, now), now)
        after_commit(session, lambda: services.nudger.nudge(Job.LEARN))


def last(services: Services, session: Session, account: AccountRow) -> Given | None:
    """What they said last, if it can be taken back. Raises ForbiddenError."""
    row = teaching.last(session, people.require(account, people.WORK), services.clock.now())
    if row is None or row.answer is None:
        return None
    return Given(row.id, row.answer, row.answer in HARMFUL and not _reported(session, account, row.uri))


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
            raise RefusedError(NOT_HARMFUL)
        post = session.scalars(select(PostRow).where(PostRow.uri == row.uri)).first()
        if post is None or row.uri not in lessons.readable(session, [row.uri]):
            raise RefusedError(GONE)
        if _reported(session, account, row.uri):
            raise RefusedError(REPORTED)
        category = "spam" if row.answer is Taught.SPAM else "violation"
        wanted = FileReport(post.actor_id, (post.id,), category=category)
    reports.file(services, account.actor, wanted)


def _reported(session: Session, account: AccountRow, uri: str) -> bool:
    """Whether they reported it and nobody has answered yet."""
    waiting = select(ReportRow.subject_uris).where(
        ReportRow.reporter_uri == account.actor.uri, ReportRow.outcome == ReportOutcome.WAITING
    )
    return any(uri in uris for uris in session.scalars(waiting))


def _evidence(session: Session, post: Submission, given: Taught, digest: str, now: datetime) -> int | None:
    if given is Taught.UNSURE:
        return None
    if snapshots.digest_of(post) != digest:
        raise RefusedError(CHANGED)
    snapshots.take(session, [post], SnapshotCause.TEACHING, now)
    return snapshots.latest(session, [post.uri])[post.uri].id
