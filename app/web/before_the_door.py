"""For those without an account, where sign-ups are closed: the waiting list, and invitations for organisations."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.current import services
from app.doors import closed, links, offered, organisations, others, waiting
from app.doors.offered import Offer
from app.doors.organisations import Request
from app.doors.waiting import Ask
from app.errors import ForbiddenError, InvalidError, RateLimitedError
from app.web import choices, forms, house, reasons, sessions

blueprint = sessions.guard(Blueprint("before_the_door", __name__))
blueprint.after_request(sessions.keep_nowhere)  # addresses here hold tokens, forms hold mail addresses
Answer = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class ShownDoor:
    """Another server, in the reader's language."""

    name: str
    url: str
    host: str
    language: str
    code: str
    about: str


@dataclass(frozen=True, slots=True)
class Closed:
    """What stands on a closed door, in the reader's language."""

    said: str
    words: tuple[str, ...]
    waiting_list: bool
    organisations: bool
    others: tuple[ShownDoor, ...]
    readable: bool
    """Whether what is posted here can be read without an account."""
    languages: choices.Choices
    longest_why: int


def door(session: Session) -> Closed | None:
    """What stands on the door; None where it is open."""
    found = offered.offer(session, services(), _locale())
    return None if found is None else _shown(found)


def _shown(found: Offer) -> Closed:
    languages = choices.languages()
    named = dict(languages)
    return Closed(
        said=closed.plainly(found),
        words=tuple(closed.paragraphs(found.words)),
        waiting_list=found.waiting_list,
        organisations=found.organisations,
        others=tuple(
            ShownDoor(
                row.name,
                row.url,
                row.host,
                named.get(row.language, row.language) if row.language else "",
                row.language,
                others.about(row, _locale()),
            )
            for row in found.others
        ),
        readable=house.is_open(services()),
        languages=languages,
        longest_why=waiting.LONGEST_WHY,
    )


@blueprint.get("/waiting-list")
def waiting_page() -> str:
    """The form, where there is a list."""
    return _waiting_form(Ask(""))


@blueprint.post("/waiting-list")
def wait() -> Answer:
    """Write to the address; the answer is the same, whatever is known of it."""
    wanted = Ask(
        email=forms.line("email", 400),
        why=forms.text("why", waiting.LONGEST_WHY + 1),
        language=forms.line("language", 20),
        locale=_locale(),
    )
    try:
        waiting.ask(services(), wanted, request.remote_addr or "")
    except (InvalidError, ForbiddenError, RateLimitedError) as error:
        return _waiting_form(wanted, _words(error)), error.status
    return _look_into_mail(wanted.email)


@blueprint.get("/waiting-list/confirm/<token>")
def confirm_page(token: str) -> str:
    """A button: what only looks at links, as mail programs do, confirms nothing."""
    return render_template("door-confirm.html", entry=waiting.unconfirmed(services(), token), asked=None)


@blueprint.post("/waiting-list/confirm/<token>")
def confirm(token: str) -> str:
    """They wait from now on."""
    waiting.confirm(services(), token)
    text = _(
        "When there is room, those who have waited longest get an invitation by mail. Every mail has a link with which "
        "you leave the list."
    )
    return render_template("message.html", heading=_("You are on the waiting list"), text=text)


@blueprint.get("/waiting-list/leave/<token>")
def leave_page(token: str) -> str:
    """A button here, too."""
    waiting.require_leaving(services(), token)
    return render_template("door-leave.html", organisation=False)


@blueprint.post("/waiting-list/leave/<token>")
def leave(token: str) -> str:
    """The address is deleted, if it was there still."""
    waiting.leave(services(), token)
    text = _("Your address isn’t on the waiting list any more, and is deleted here.")
    return render_template("message.html", heading=_("You have left the list"), text=text)


@blueprint.get("/organisations")
def organisations_page() -> str:
    """The form, where organisations may ask."""
    return _organisation_form(Request())


@blueprint.post("/organisations")
def ask() -> Answer:
    """Write to the address; the answer is the same, whatever is known of it."""
    wanted = Request(
        name=forms.line("name", organisations.LONGEST_NAME + 1),
        website=forms.line("website", 600),
        people=forms.line("people", 9),
        contact=forms.line("contact", organisations.LONGEST_NAME + 1),
        email=forms.line("email", 400),
        purpose=forms.text("purpose", organisations.LONGEST_PURPOSE + 1),
        locale=_locale(),
    )
    try:
        organisations.ask(services(), wanted, request.remote_addr or "")
    except (InvalidError, ForbiddenError, RateLimitedError) as error:
        return _organisation_form(wanted, _words(error)), error.status
    return _look_into_mail(wanted.email)


@blueprint.get("/organisations/confirm/<token>")
def confirm_organisation_page(token: str) -> str:
    """A button here, too."""
    return render_template("door-confirm.html", entry=None, asked=organisations.unconfirmed(services(), token))


@blueprint.post("/organisations/confirm/<token>")
def confirm_organisation(token: str) -> str:
    """It waits for an answer."""
    organisations.confirm(services(), token)
    text = _("Those who run this server read it, and answer by mail.")
    return render_template("message.html", heading=_("Your request is confirmed"), text=text)


@blueprint.get("/organisations/leave/<token>")
def leave_organisation_page(token: str) -> str:
    """A button here, too."""
    organisations.require_leaving(services(), token)
    return render_template("door-leave.html", organisation=True)


@blueprint.post("/organisations/leave/<token>")
def leave_organisation(token: str) -> str:
    """What was written is deleted, if it was there still."""
    organisations.leave(services(), token)
    text = _("What you wrote to us isn’t kept here any more.")
    return render_template("message.html", heading=_("Deleted"), text=text)


def _waiting_form(given: Ask, error: str = "") -> str:
    with services().db.read() as session:
        offered.require_waiting_list(session, services())
        found = door(session)
    return render_template("waiting-list.html", closed=found, given=given, error=error)


def _organisation_form(given: Request, error: str = "") -> str:
    with services().db.read() as session:
        offered.require_organisations(session, services())
    return render_template("organisations.html", given=given, error=error)


def _look_into_mail(email: str) -> str:
    days = links.CONFIRM_WITHIN.days
    text = _(
        "A mail to %(email)s is on its way, unless it had several of us today. Open the link in it within %(days)s "
        "days: nothing is kept without that.",
        email=email,
        days=days,
    )
    return render_template("message.html", heading=_("One step more: look into your mail"), text=text)


def _words(error: InvalidError | ForbiddenError | RateLimitedError) -> str:
    if isinstance(error, RateLimitedError):
        return _("That was often. Try again in an hour.")
    return reasons.of(error)


def _locale() -> str:
    return str(get_locale() or "en")
