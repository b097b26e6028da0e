"""A member adds to a report of theirs while nobody has answered it. It stays here, whoever was told of the report."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import ConflictError, InvalidError
from app.posts.tables import PostRow
from app.reports import evidence, file
from app.services import Services
from app.stores.budgets import REPORT_ADDITIONS, Budgets
from moderation import turns
from moderation.reports import adding
from moderation.reports.tables import ReportOutcome, ReportRow


@dataclass(frozen=True)
class Addition:
    """More posts, by their public ids, and more words."""

    status_ids: tuple[int, ...] = ()
    words: str = ""


def add(services: Services, reporter: ActorRow, report_id: int, wanted: Addition) -> ReportRow:
    """Add to one's own report that waits; the posts are hidden from oneself at once.

    Raises NotFoundError for somebody else's and for posts that they can't see, ConflictError for one that was answered,
    InvalidError for nothing or too much, RateLimitedError.
    """
    words = wanted.words.strip()
    if len(words) > file.MAX_COMMENT:
        raise InvalidError(_("That is too long"), code="too_long")
    if not words and not wanted.status_ids:
        raise InvalidError(_("Write something, or tick a post"), code="nothing_new")
    now = services.clock.now()
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(
        REPORT_ADDITIONS, str(reporter.id)
    )
    with services.db.write() as session:
        turns.take(session)
        report = file.one_of_mine(session, reporter, report_id)
        if report.outcome is not ReportOutcome.WAITING:
            raise ConflictError(
                _("This report has been answered meanwhile: nothing can be added to it."), code="settled"
            )
        posts = _new_posts(session, reporter, report, wanted)
        _require_room(report, len(posts), words)
        adding.add(session, report, evidence.of_posts(session, [post.pk for post in posts]), words, now)
        evidence.keep_pictures(session, [post.pk for post in posts], now)
        file.hide(session, reporter.id, posts, now)
    return report


def target_of(session: Session, report: ReportRow) -> ActorRow | None:
    """Whom a report is about, while they are known here."""
    return session.scalar(select(ActorRow).where(ActorRow.uri == report.target_uri, ActorRow.deleted_at.is_(None)))


def _new_posts(session: Session, reporter: ActorRow, report: ReportRow, wanted: Addition) -> list[PostRow]:
    target = target_of(session, report)
    if target is None or not wanted.status_ids:
        return []
    posts = file.seen_posts(session, reporter.id, target, wanted.status_ids)
    return [post for post in posts if post.uri not in report.subject_uris]


def _require_room(report: ReportRow, posts: int, words: str) -> None:
    if not posts and not words:
        raise InvalidError(_("Write something, or tick a post"), code="nothing_new")
    if len(report.subject_uris) + posts > evidence.MOST_POSTS:
        raise InvalidError(_("These are too many posts for one report"), code="too_many_posts")
    if len(report.comment) + 1 + len(words) > adding.LONGEST:
        raise InvalidError(
            _("A report holds %(count)s characters in all, and this one is full.", count=adding.LONGEST),
            code="too_long",
        )
