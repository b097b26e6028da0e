"""Whoever gave a notice contests that nothing was done about it (DSA, article 20): by the link of its page alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.appealing import contest, crew
from app.errors import NotFoundError
from app.notices import receipts
from app.notices.tables import LegalNoticeRow
from app.services import Services
from moderation.appeals import contesting, reading
from moderation.appeals.tables import AppealRow, Party
from moderation.appeals.values import Appeal
from moderation.cases.tables import DecisionRow
from moderation.errors import NotFoundError as ModerationNotFoundError
from moderation.reports.tables import ReportRow


def known(session: Session, notice: LegalNoticeRow) -> AppealRow | None:
    """What its giver contested already."""
    if notice.report_id is None:
        return None
    return reading.find_of_report(session, notice.report_id, receipts.appellant(notice.id))


def decision(session: Session, notice: LegalNoticeRow) -> tuple[DecisionRow, ReportRow]:
    """What left things as they are, and the report that it answered. Raises NotFoundError where nothing did (yet)."""
    report = session.get(ReportRow, notice.report_id) if notice.report_id is not None else None
    first = contesting.decision_on(session, report) if report is not None else None
    if report is None or first is None:
        raise NotFoundError
    return first, report


def refusal(session: Session, notice: LegalNoticeRow, now: datetime) -> str | None:
    """Why it can't be contested (any more), as moderation's code; None where it can. Raises NotFoundError."""
    first, report = decision(session, notice)
    return contesting.refusal(session, first, Party.REPORTER, receipts.appellant(notice.id), now, report.id)


def may(session: Session, notice: LegalNoticeRow, now: datetime) -> bool:
    """Whether its giver can contest what came of it now."""
    try:
        return refusal(session, notice, now) is None
    except (NotFoundError, ModerationNotFoundError):
        return False


def file(services: Services, notice: LegalNoticeRow, text: str) -> Appeal:
    """Contest it, once. Raises NotFoundError, AppealRefusedError, RateLimitedError."""
    with services.db.read() as session:
        first, report = decision(session, notice)
        staff = _staff(session, notice)
    uri = receipts.appellant(notice.id)
    return contest.file(services, uri, first.id, Party.REPORTER, text, report.id, kept_out=staff)


def say(services: Services, notice: LegalNoticeRow, appeal_id: int, text: str) -> None:
    """Add to it. Raises NotFoundError, AppealRefusedError, RateLimitedError."""
    contest.say_as(services, receipts.appellant(notice.id), appeal_id, text)


def _staff(session: Session, notice: LegalNoticeRow) -> dict[str, str]:
    """A moderator who gave it by the address of their account doesn't judge their own contest."""
    if not notice.email_lower:
        return {}
    query = (
        select(ActorRow.username)
        .join(AccountRow, AccountRow.id == ActorRow.id)
        .where(AccountRow.email_lower == notice.email_lower)
    )
    return dict.fromkeys(session.scalars(query), crew.PARTY)
