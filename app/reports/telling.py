"""Tells the moderators of a report: all whose role may act on it, but nobody whom it is about, who is kept out, or who
has to do with them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.reviewing import people
from app.services import Services
from moderation.cases import exclusions
from moderation.reports.tables import ReportOutcome, ReportRow


def latest(session: Session) -> int:
    """The last report's number until now; what is filed from here on has a higher one."""
    return session.scalar(select(func.max(ReportRow.id))) or 0


def staff(session: Session, services: Services, reporter: ActorRow, reports: Sequence[ReportRow], since: int) -> None:
    """Tell of those that are newer than `since`. What joined an older one, or was looked at before, tells nobody."""
    now = services.clock.now()
    new = [row for row in reports if row.id > since and row.outcome is ReportOutcome.WAITING]
    if not new:
        return
    moderators = people.who_may(session, people.PEOPLE, now)
    for report in new:
        drafts = [
            NotificationDraft(actor.id, NotificationKind.REPORT, reporter.id, payload={"report_id": report.id})
            for actor in moderators
            if actor.uri != report.target_uri and exclusions.is_for_them(session, report.case_id, actor.username, now)
        ]
        notify.add_many(session, services, drafts)
