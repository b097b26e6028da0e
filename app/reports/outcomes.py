"""Outcomes of reports by mail, for members who want them, in their language; part of the job of notices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, select

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.mail import Mail
from app.notifications import languages, post_office
from app.services import Services
from app.settings import Settings
from moderation.cases.reversals import UNDO_WINDOW
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow

FRESH: Final = timedelta(days=2)
"""What was settled longer ago is no news: who asks for mails isn't sent old ones."""


def by_mail(services: Services, account_id: int, wanted: bool) -> None:
    """Whether a member hears by mail, too."""
    with services.db.write() as session:
        lookup.account(session, account_id).report_mail = wanted


def drain(services: Services, limit: int) -> int:
    """Write to those whose reports are settled and can't be undone by a key any more; how many."""
    now = services.clock.now()
    with services.db.write() as session:
        rows = session.execute(_settled(now).limit(limit)).all()
        for report, account in rows:
            report.mailed_at = now
            post_office.put(session, services, letter(services.settings, report, account))
    return len(rows)


def letter(settings: Settings, report: ReportRow, account: AccountRow) -> Mail:
    """What came of it, and how one who disagrees goes on. Neither who decided nor what is in the report."""
    _ = languages.translator(account.locale)
    outcomes = {
        ReportOutcome.UPHELD: _("The people who moderate agreed with you and did something about it. Thank you."),
        ReportOutcome.DECLINED: _(
            "Somebody read it and found no rule broken. Muting and blocking are always yours to use."
        ),
        ReportOutcome.ALREADY_REVIEWED: _("The same thing had been looked at already; it hasn’t changed since."),
    }
    values = {"number": report.id, "domain": settings.domain, "link": settings.url(f"/reports#report-{report.id}")}
    parts = [
        _("Hello %(name)s,") % {"name": account.actor.username},
        outcomes[report.outcome],
        _("All of your reports, and how to contest what came of them: %(link)s") % values,
        _("You get this because you asked for it there; there you can end it, too."),
    ]
    subject = _("What came of your report %(number)s to %(domain)s") % values
    return Mail(account.email, subject, "\n\n".join(parts))


def _settled(now: datetime) -> Select[ReportRow, AccountRow]:
    return (
        select(ReportRow, AccountRow)
        .join(ActorRow, ActorRow.uri == ReportRow.reporter_uri)
        .join(AccountRow, AccountRow.id == ActorRow.id)
        .where(ReportRow.settled_at <= now - UNDO_WINDOW, ReportRow.settled_at > now - FRESH)
        .where(ReportRow.outcome != ReportOutcome.WAITING, ReportRow.mailed_at.is_(None))
        .where(ReportRow.origin == ReportOrigin.MEMBER, AccountRow.report_mail, AccountRow.disabled_at.is_(None))
        .order_by(ReportRow.id)
    )
