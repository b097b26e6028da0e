"""Giving a notice: looked at for what the law asks, confirmed by mail, then a report with a time by which to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts import lookup, names, tokens
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.notices import addresses, letters, misuse, receipts
from app.notices.addresses import About
from app.notices.tables import LegalNoticeRow, NoticeState
from app.notifications import post_office
from app.reports import evidence, staff
from app.services import Services
from app.stores.budgets import Budget, Budgets, network
from moderation.reports import file as moderation_reports
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin

BY_ADDRESS: Final = Budget("legal-notices", 10, 3600)
BY_MAIL: Final = Budget("legal-notices-mail", 5, 86400)
SHORTEST, LONGEST, NAME_LONGEST = 20, 5000, 200
"""Of the explanation and the name, in characters."""
CONFIRM: Final = timedelta(days=7)
"""How long the link of the mail is good, and an unconfirmed notice is kept."""
DUE: Final = timedelta(days=7)
DUE_CHILDREN: Final = timedelta(days=1)
PURPOSE = "legal-notice"


@dataclass(frozen=True, slots=True)
class Notice:
    """What the form asks for. `children`: sexual abuse of children, which may be told without a name."""

    urls: str = ""
    explanation: str = ""
    children: bool = False
    name: str = ""
    email: str = ""
    bona_fide: bool = False


def give(services: Services, notice: Notice, *, address: str, locale: str) -> LegalNoticeRow:
    """Take a notice: filed at once if it is anonymous, else once its mail is answered.

    Raises InvalidError for what is missing, ForbiddenError for who isn't heard for now, RateLimitedError.
    """
    urls = addresses.split(notice.urls)
    email = _require(notice)
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(BY_ADDRESS, network(address))
    now = services.clock.now()
    with services.db.write() as session:
        found = addresses.about(session, services, urls)
        if email:
            _require_heard(session, services, email)
            budgets.spend(BY_MAIL, email.lower())
        row = LegalNoticeRow(
            state=NoticeState.UNCONFIRMED,
            children=notice.children,
            name=" ".join(notice.name.split()) if email else "",
            email=email,
            email_lower=email.lower(),
            locale=locale,
            urls=list(urls),
            explanation=notice.explanation.strip(),
            given_at=now,
        )
        session.add(row)
        session.flush()
        if email:
            link = services.settings.url(f"/legal/confirm/{tokens.sign(services, PURPOSE, [row.id])}")
            post_office.put(session, services, letters.please_confirm(services.settings, row, link))
        else:
            _file(session, services, row, found)
    return row


def confirm(services: Services, token: str) -> LegalNoticeRow:
    """File what its giver has confirmed; twice is once. Raises InvalidError for a bad link or what is gone meanwhile,
    ForbiddenError, NotFoundError."""
    number = _number(services, token)
    with services.db.write() as session:
        row = session.get(LegalNoticeRow, number, with_for_update=True)
        if row is None:
            raise NotFoundError
        if row.state is NoticeState.UNCONFIRMED:
            _require_heard(session, services, row.email)
            _file(session, services, row, addresses.about(session, services, row.urls))
            link = receipts.address(services, row.id)
            post_office.put(session, services, letters.received(services.settings, row, link))
    return row


def unconfirmed(services: Services, token: str) -> LegalNoticeRow:
    """The notice that a link would confirm. Raises InvalidError, NotFoundError."""
    return _read(services, _number(services, token))


def by_receipt(services: Services, token: str) -> LegalNoticeRow:
    """The notice of a page. Raises InvalidError, NotFoundError."""
    return _read(services, receipts.number(services, token))


def _require(notice: Notice) -> str:
    """The address that they give, "" for none; raises InvalidError."""
    if not SHORTEST <= len(notice.explanation.strip()) <= LONGEST:
        raise InvalidError(_("Explain in 20 to 5,000 characters why the law forbids it"), code="explanation")
    if not notice.bona_fide:
        raise InvalidError(_("Say that you believe in good faith that what you write is true"), code="bona_fide")
    if notice.children and not notice.email.strip():
        return ""
    if not notice.name.strip() or len(notice.name) > NAME_LONGEST:
        raise InvalidError(_("Give your name; only for sexual abuse of children it can be left out"), code="name")
    return names.require_email(notice.email)


def _require_heard(session: Session, services: Services, email: str) -> None:
    if misuse.record(session, email, services.clock.now()).suspended:
        text = _(
            "Notices from this address are not taken for now: people found nearly all of the latest without ground"
        )
        raise ForbiddenError(text, code="suspended")


def _file(session: Session, services: Services, row: LegalNoticeRow, found: About) -> None:
    now = services.clock.now()
    target = lookup.by_id(session, found.target_id)
    submissions = evidence.of_posts(session, found.post_pks) or [evidence.of_profile(session, target, now)]
    draft = ReportDraft(
        reporter_uri=None,
        reporter_domain="",
        origin=ReportOrigin.VISITOR,
        target_uri=target.uri,
        submissions=tuple(submissions),
        category="legal",
        comment=row.explanation,
        kept_out=staff.kept_out(session, target),
    )
    report = moderation_reports.file(session, draft, now)
    evidence.keep_pictures(session, found.post_pks, now)
    row.state, row.report_id, row.filed_at = NoticeState.FILED, report.id, now
    row.due_at = now + (DUE_CHILDREN if row.children else DUE)


def _number(services: Services, token: str) -> int:
    match tokens.read(services, PURPOSE, token, CONFIRM):
        case [int(number)]:
            return number
    raise InvalidError(_("This link is wrong or too old"), code="bad_link")


def _read(services: Services, number: int) -> LegalNoticeRow:
    with services.db.read() as session:
        row = session.get(LegalNoticeRow, number)
    if row is None:
        raise NotFoundError
    return row
