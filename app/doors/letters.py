"""What is written to those before the closed door, in the language in which they asked."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date

from app.doors.tables import OrganisationRow, WaitingRow
from app.mail import Mail
from app.notifications.languages import Translate, normal, translator
from app.settings import Settings


def please_confirm_waiting(settings: Settings, row: WaitingRow, confirm: str, leave: str) -> Mail:
    """So that nobody is put on the list by somebody else."""
    _ = translator(row.locale)
    parts = [
        _("Somebody, probably you, asked to put this address on the waiting list of %(domain)s.")
        % {"domain": settings.domain},
        _("Confirm it here, within three days:"),
        confirm,
        _("If it wasn’t you, do nothing: the address is forgotten then."),
        _leave(_, leave),
    ]
    return _mail(row.email, _("Confirm: the waiting list of %(domain)s"), settings, parts)


def on_the_list(settings: Settings, row: WaitingRow, leave: str) -> Mail:
    """They wait, and how it goes on."""
    _ = translator(row.locale)
    parts = [
        _("This address is on the waiting list of %(domain)s now.") % {"domain": settings.domain},
        _(
            "When there is room, those who have waited longest get an invitation by mail. If none has come after a "
            "year, the address is forgotten."
        ),
        _leave(_, leave),
    ]
    return _mail(row.email, _("You are on the waiting list of %(domain)s"), settings, parts)


def waits_already(settings: Settings, row: WaitingRow, leave: str) -> Mail:
    """Somebody asked again."""
    _ = translator(row.locale)
    parts = [
        _asked_again(_, settings),
        _("It is on it already, and keeps its place. You need do nothing."),
        _leave(_, leave),
    ]
    return _mail(row.email, _("You are on the waiting list of %(domain)s"), settings, parts)


def is_invited(settings: Settings, row: WaitingRow, leave: str) -> Mail:
    """Somebody asked again who has an invitation."""
    _ = translator(row.locale)
    day = _day(row.invited_at, row.locale) if row.invited_at is not None else ""
    parts = [
        _asked_again(_, settings),
        _("You have an invitation already: the link is in our mail of %(day)s.") % {"day": day},
        _leave(_, leave),
    ]
    return _mail(row.email, _("Your invitation to %(domain)s"), settings, parts)


def wait_again(settings: Settings, row: WaitingRow, confirm: str, leave: str) -> Mail:
    """Somebody asked again whose invitation ran out."""
    _ = translator(row.locale)
    parts = [
        _asked_again(_, settings),
        _("Your invitation ran out. To wait for another one, confirm it here, within three days:"),
        confirm,
        _leave(_, leave),
    ]
    return _mail(row.email, _("Confirm: the waiting list of %(domain)s"), settings, parts)


def has_account(settings: Settings, email: str, locale: str) -> Mail:
    """Whoever has an account waits for nothing."""
    _ = translator(locale)
    parts = [
        _("Somebody, probably you, asked to put this address on the waiting list of %(domain)s.")
        % {"domain": settings.domain},
        _("There is an account with this address already. Sign in, or ask for a new password:"),
        f"{settings.url('/sign-in')}\n{settings.url('/password')}",
    ]
    return _mail(email, _("You have an account at %(domain)s"), settings, parts)


def invitation(settings: Settings, row: WaitingRow, link: str, until: datetime, leave: str) -> Mail:
    """There is room."""
    _ = translator(row.locale)
    parts = [
        _("There is room for you at %(domain)s. With this link you can make one account:")
        % {"domain": settings.domain},
        link,
        _("It is good until %(day)s. With your account, your entry on the waiting list is deleted.")
        % {"day": _day(until, row.locale)},
        _leave(_, leave),
    ]
    return _mail(row.email, _("Your invitation to %(domain)s"), settings, parts)


def please_confirm_organisation(settings: Settings, row: OrganisationRow, confirm: str, leave: str) -> Mail:
    """So that nobody asks in another's name. What was typed isn't in it: anybody can have it sent to anybody."""
    _ = translator(row.locale)
    parts = [
        _("Somebody, probably you, asked for invitations to %(domain)s for an organisation.")
        % {"domain": settings.domain},
        _("Nobody looks at it until you confirm it. The link is good for three days:"),
        confirm,
        _("If it wasn’t you, do nothing: what was written is deleted then."),
        _withdraw(_, leave),
    ]
    return _mail(row.email, _("Confirm: invitations to %(domain)s"), settings, parts)


def asks_you(settings: Settings, row: OrganisationRow, to: str, locale: str) -> Mail:
    """To an admin: somebody asks for invitations for many. Who they are and what they wrote is behind the sign-in."""
    _ = translator(locale)
    parts = [
        _("An organisation asks for invitations to %(domain)s, for %(people)s people.")
        % {"domain": settings.domain, "people": row.people},
        _("What it wrote, and your answer, is here:"),
        settings.url("/review/waiting-list"),
    ]
    return _mail(to, _("An organisation asks for invitations to %(domain)s"), settings, parts)


def granted(settings: Settings, row: OrganisationRow, link: str, until: datetime, leave: str) -> Mail:
    """The invitations."""
    _ = translator(row.locale)
    parts = [
        _("%(domain)s has room for %(name)s. With this link %(count)s accounts can be made:")
        % {"domain": settings.domain, "name": row.name, "count": row.uses},
        link,
        _("It is good until %(day)s. Give it to nobody but those whom it is for.") % {"day": _day(until, row.locale)},
        row.answer,
        _withdraw(_, leave),
    ]
    return _mail(row.email, _("Your invitations to %(domain)s"), settings, parts)


def declined(settings: Settings, row: OrganisationRow, leave: str) -> Mail:
    """No, with the house's own words."""
    _ = translator(row.locale)
    parts = [
        _("%(domain)s can’t take in %(name)s at the moment. The people who run it write:")
        % {"domain": settings.domain, "name": row.name},
        row.answer,
        _withdraw(_, leave),
    ]
    return _mail(row.email, _("Your request to %(domain)s"), settings, parts)


def _asked_again(_: Translate, settings: Settings) -> str:
    text = _("Somebody, probably you, asked again to put this address on the waiting list of %(domain)s.")
    return text % {"domain": settings.domain}


def _leave(_: Translate, link: str) -> str:
    return _("To leave the list and have the address deleted: %(link)s") % {"link": link}


def _withdraw(_: Translate, link: str) -> str:
    return _("To have what you wrote to us deleted: %(link)s") % {"link": link}


def _mail(to: str, subject: str, settings: Settings, parts: list[str]) -> Mail:
    return Mail(to, subject % {"domain": settings.domain}, "\n\n".join(part for part in parts if part))


def _day(at: datetime, locale: str) -> str:
    return format_date(at, "long", locale=normal(locale))
