"""The waiting list and organisations that ask, for leads and admins; addresses only while the glass is broken."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.accounts import invitations
from app.accounts.tables import Role
from app.current import services
from app.doors import choices as door_choices
from app.doors import glass, hand, organisations, waiting
from app.errors import AppError, ConflictError, InvalidError, NotFoundError, RateLimitedError
from app.reviewing import people
from app.reviewing.private import OPEN_FOR
from app.web import choices, forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("waiting_list")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/waiting-list"
SHOWN = 100


@blueprint.get("/waiting-list")
@sessions.at_least(people.RULES)
def listed() -> str:
    """How many wait, the oldest first, and which organisations asked."""
    return _page()


@blueprint.post("/waiting-list/invite")
@sessions.at_least(people.RULES)
def invite() -> Answer:
    """The next ones, oldest first."""
    typed = forms.line("count", 6)
    try:
        count = waiting.invite_next(services(), hand.of(frame.account()), int(typed) if typed.isdecimal() else 0)
    except InvalidError as error:
        return _page(reasons.of(error)), error.status
    pages.tell("in", ngettext("%(num)d invitation is on its way.", "%(num)d invitations are on their way.", count))
    return redirect(HOME)


@blueprint.post("/waiting-list/<int:number>/invite")
@sessions.at_least(people.RULES)
def invite_one(number: int) -> Redirect:
    """Somebody, out of turn or once more."""
    waiting.invite_again(services(), hand.of(frame.account()), number)
    pages.tell("in", ngettext("%(num)d invitation is on its way.", "%(num)d invitations are on their way.", 1))
    return redirect(HOME)


@blueprint.post("/waiting-list/<int:number>/remove")
@sessions.at_least(people.RULES)
def remove(number: int) -> Redirect:
    """Take somebody off the list."""
    waiting.remove(services(), hand.of(frame.account()), number)
    pages.tell("note", _("Taken off the list; the address is deleted."))
    return redirect(HOME)


@blueprint.post("/waiting-list/remove")
@sessions.at_least(people.RULES)
def remove_address() -> Answer:
    """The same by the address, for who writes to be taken off."""
    try:
        waiting.remove_address(services(), hand.of(frame.account()), forms.line("email", 400))
    except (InvalidError, NotFoundError) as error:
        return _page(reasons.of(error)), error.status
    pages.tell("note", _("Taken off the list; the address is deleted."))
    return redirect(HOME)


@blueprint.post("/waiting-list/open")
@sessions.at_least(people.RULES)
def open_glass() -> Answer:
    """Show the addresses for a quarter of an hour."""
    try:
        glass.break_glass(services(), frame.account(), forms.text("reason", 2000))
    except (InvalidError, RateLimitedError) as error:
        return _page(reasons.of(error)), error.status
    return redirect(HOME)


@blueprint.post("/waiting-list/export.csv")
@sessions.at_least(people.RULES)
def export() -> Response | tuple[str, int]:
    """The list as CSV, while the glass is open."""
    try:
        text = glass.export(services(), frame.account())
    except ConflictError as error:
        return _refused(error)
    headers = {"Content-Disposition": 'attachment; filename="waiting-list.csv"'}
    return Response(text, mimetype="text/csv", headers=headers)


@blueprint.post("/waiting-list/organisations/<int:number>/grant")
@sessions.at_least(Role.ADMIN)
def grant(number: int) -> Answer:
    """A link for so many accounts."""
    uses, days = forms.line("uses", 6), forms.line("days", 6)
    try:
        organisations.grant(
            services(),
            hand.of(frame.account(), Role.ADMIN),
            number,
            int(uses) if uses.isdecimal() else 0,
            int(days) if days.isdecimal() else 0,
            forms.text("words", organisations.LONGEST_ANSWER + 1),
        )
    except (InvalidError, ConflictError) as error:
        return _refused(error)
    pages.tell("in", _("Granted: the link goes to them by mail."))
    return redirect(f"{HOME}#organisations")


@blueprint.post("/waiting-list/organisations/<int:number>/decline")
@sessions.at_least(Role.ADMIN)
def decline(number: int) -> Answer:
    """No, with words."""
    words = forms.text("words", organisations.LONGEST_ANSWER + 1)
    try:
        organisations.decline(services(), hand.of(frame.account(), Role.ADMIN), number, words)
    except (InvalidError, ConflictError) as error:
        return _refused(error)
    pages.tell("note", _("Declined: they are told by mail."))
    return redirect(f"{HOME}#organisations")


@blueprint.post("/waiting-list/organisations/<int:number>/end")
@sessions.at_least(Role.ADMIN)
def end_link(number: int) -> Redirect:
    """The link makes no more accounts."""
    organisations.end_link(services(), hand.of(frame.account(), Role.ADMIN), number)
    pages.tell("note", _("The link makes no more accounts."))
    return redirect(f"{HOME}#organisations")


@blueprint.post("/waiting-list/organisations/<int:number>/remove")
@sessions.at_least(Role.ADMIN)
def remove_organisation(number: int) -> Redirect:
    """Delete a request."""
    organisations.remove(services(), hand.of(frame.account(), Role.ADMIN), number)
    pages.tell("note", _("Deleted."))
    return redirect(f"{HOME}#organisations")


def _refused(error: AppError) -> tuple[str, int]:
    return _page(reasons.of(error)), error.status


def _page(error: str = "") -> str:
    now, by = services().clock.now(), frame.account()
    given = request.args.get("page", "")
    page = int(given) if given.isdecimal() and len(given) < 7 else 0
    with services().db.read() as session:
        rows = waiting.listed(session, SHOWN + 1, page * SHOWN)
        looks = glass.lately(session, now)
        return render_template(
            "review/waiting-list.html",
            error=error,
            rows=rows[:SHOWN],
            page=page,
            more=len(rows) > SHOWN,
            counts=waiting.counts(session, now),
            lapsed_before=now - waiting.INVITED_FOR,
            until=glass.until(session, by, now),
            minutes=int(OPEN_FOR.total_seconds()) // 60,
            looks=looks,
            now=now,
            requests=organisations.listed(session),
            left=organisations.left(session, now),
            answers=frame.can(Role.ADMIN),
            chosen=door_choices.chosen(session),
            languages=dict(choices.languages()),
            most_uses=invitations.MAX_USES,
            most_days=organisations.LONGEST_DAYS,
            invited_days=waiting.INVITED_FOR.days,
            most_at_once=waiting.MOST_AT_ONCE,
            reason=request.form.get("reason", ""),
            words=request.form.get("words", ""),
        )
