"""The job of notices: who gave one hears what was decided; what was never confirmed, and old names, are forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.orm import Session

from app.notices import give, letters, misuse, receipts
from app.notices.tables import LegalNoticeRow, NoticeState
from app.notifications import post_office
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.preservation import reach
from moderation.reports.tables import ReportOutcome, ReportRow

KEPT: Final = timedelta(days=365)
"""How long name and address outlive the answer."""


def drain(services: Services, limit: int) -> int:
    """Answer those whose reports are settled and can't be undone by a key any more; how many."""
    now = services.clock.now()
    with services.db.write() as session:
        forget_unconfirmed(session, now)
        forget_names(session, now)
        rows = session.execute(_settled(now).limit(limit)).all()
        for row, outcome in rows:
            row.state, row.answered_at = NoticeState.ANSWERED, now
            if row.email:
                record = misuse.record(session, row.email, now)
                link = receipts.contest_address(services, row.id) if outcome in letters.CONTESTABLE else ""
                post_office.put(session, services, letters.answered(services.settings, row, outcome, record, link))
    return len(rows)


def _settled(now: datetime) -> Select[LegalNoticeRow, ReportOutcome]:
    return (
        select(LegalNoticeRow, ReportRow.outcome)
        .join(ReportRow, ReportRow.id == LegalNoticeRow.report_id)
        .where(LegalNoticeRow.state == NoticeState.FILED, ReportRow.outcome != ReportOutcome.WAITING)
        .where(ReportRow.settled_at <= now - UNDO_WINDOW)
        .order_by(LegalNoticeRow.id)
    )


def forget_unconfirmed(session: Session, now: datetime) -> None:
    """Notices that were never confirmed, once their link is over."""
    never = delete(LegalNoticeRow).where(
        LegalNoticeRow.state == NoticeState.UNCONFIRMED, LegalNoticeRow.given_at < now - give.CONFIRM
    )
    session.execute(never)


def forget_names(session: Session, now: datetime) -> None:
    """Who gave a notice, long after the answer, unless an order wants its case kept."""
    wanted = exists().where(ReportRow.id == LegalNoticeRow.report_id, reach.reaches_case(now, ReportRow.case_id))
    old = (
        update(LegalNoticeRow)
        .where(LegalNoticeRow.answered_at < now - KEPT, LegalNoticeRow.email != "", ~wanted)
        .values(name="", email="", email_lower="")
    )
    session.execute(old)
