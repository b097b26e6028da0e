"""What is written to whoever gave a notice, in the language in which they gave it."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from app.mail import Mail
from app.notices.misuse import Record
from app.notices.tables import LegalNoticeRow
from app.notifications.languages import Translate, normal, translator
from app.settings import Settings
from moderation.reports.tables import ReportOutcome

CONTESTABLE = (ReportOutcome.DECLINED, ReportOutcome.ALREADY_REVIEWED)
"""What its giver can contest: that nothing was done."""


def please_confirm(settings: Settings, row: LegalNoticeRow, link: str) -> Mail:
    """So that nobody gives notices in another's name."""
    _ = translator(row.locale)
    parts = [
        _("Somebody, probably you, gave this address with a legal notice to %(domain)s.") % {"domain": settings.domain},
        _("Nobody looks at it until you confirm it. The link is good for seven days:"),
        link,
        _("If it wasn’t you, do nothing: the notice is deleted then."),
    ]
    subject = _("Confirm your notice to %(domain)s") % {"domain": settings.domain}
    return Mail(row.email, subject, "\n\n".join(parts))


def received(settings: Settings, row: LegalNoticeRow, link: str) -> Mail:
    """The receipt."""
    _ = translator(row.locale)
    when = {"number": row.id, "day": _day(row.due_at, row.locale)}
    parts = [
        _("Your notice has the number %(number)s. A person decides about it, we mean to by %(day)s.") % when,
        _("You will get the answer at this address. How far it is stands here:"),
        link,
    ]
    subject = _("We have received your notice %(number)s to %(domain)s")
    return Mail(row.email, subject % {"number": row.id, "domain": settings.domain}, "\n\n".join(parts))


def answered(settings: Settings, row: LegalNoticeRow, outcome: ReportOutcome, record: Record, link: str) -> Mail:
    """What was decided, the link to contest it where nothing was done, a warning where too many were without ground."""
    _ = translator(row.locale)
    parts = [outcome_words(outcome, _)]
    if link:
        text = _("If you disagree, contest it within six months, without an account: %(link)s")
        parts += [text % {"link": link}, beyond(_)]
    else:
        parts.append(redress(_))
    if record.warned:
        parts.append(
            _(
                "Most of your latest notices were found to be without ground. "
                "If that goes on, we will stop taking notices from you for some months."
            )
        )
    subject = _("Your notice %(number)s to %(domain)s has been decided")
    return Mail(row.email, subject % {"number": row.id, "domain": settings.domain}, "\n\n".join(parts))


def outcome_words(outcome: ReportOutcome, _: Translate) -> str:
    """What came of it, in a sentence."""
    if outcome is ReportOutcome.UPHELD:
        return _("A person read what you pointed out, and restricted it.")
    if outcome is ReportOutcome.DECLINED:
        return _("A person read what you pointed out, and left it as it is.")
    if outcome is ReportOutcome.ALREADY_REVIEWED:
        return _("A person had read the same before and left it as it is; it hasn’t changed since.")
    return _("It waits for a person.")


def redress(_: Translate) -> str:
    """How one who disagrees goes on."""
    return _(
        "If you disagree, answer to the contact that stands on our page “About”, "
        "turn to an out-of-court body for the settlement of disputes, or to a court."
    )


def beyond(_: Translate) -> str:
    """What else there is, whatever we answer."""
    return _(
        "You can also turn to an out-of-court body for the settlement of disputes, or to a court. "
        "Nothing here takes that from you."
    )


def about_appeal(settings: Settings, row: LegalNoticeRow, happened: str, reply: str, link: str) -> Mail:
    """Somebody wrote about their appeal, or it was answered."""
    _ = translator(row.locale)
    parts = [happened, reply, _("Read it, and answer if you like: %(link)s") % {"link": link}]
    subject = _("Your appeal about notice %(number)s to %(domain)s")
    values = {"number": row.id, "domain": settings.domain}
    return Mail(row.email, subject % values, "\n\n".join(part for part in parts if part))


def _day(at: datetime | None, locale: str) -> str:
    return format_date(at, "long", locale=normal(locale)) if at is not None else ""
