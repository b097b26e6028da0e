"""Who is on call, what they were called for, and the plan of it."""

from __future__ import annotations

from datetime import time
from hashlib import sha256

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import families
from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.push import browsers, identity
from app.push.subscriptions import Wanted
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import colleagues, durations, frame
from app.workforce import calling, crew, zone
from moderation.errors import ConflictError, RefusedError
from moderation.workforce import calls, on_call
from moderation.workforce.on_call import Span

blueprint = frame.blueprint("on_call")
durations.register(blueprint)
Answer = str | tuple[str, int] | Response
PLACE = "/review/on-call"


@blueprint.get("/on-call")
@sessions.at_least(Role.TRAINEE)
def page() -> str:
    """The plan of the week, who would be called now, and what waits for somebody to say that they have it."""
    with services().db.read() as session:
        return _page(session)


@blueprint.post("/on-call/calls/<int:number>/take")
@sessions.at_least(people.WORK)
def take(number: int) -> Response:
    """I have it: nobody else is called."""
    try:
        row = calling.take(services(), frame.account(), number)
    except ConflictError:
        pages.tell("note", _("A colleague has it already."))
        return redirect(PLACE)
    pages.tell("in", _("It is yours. Nobody else is called."))
    return redirect(
        "/review/threats" if row.matter.startswith("threat:") and frame.can(people.RULES) else "/review/start"
    )


@blueprint.post("/on-call")
@sessions.at_least(people.RULES)
def plan() -> Answer:
    """Put somebody on call each week."""
    try:
        day = forms.number("weekday", 1)
        span = Span(7 if day is None else day, _minutes("begins"), _minutes("ends"))
        deputy = forms.line("as", 10) == "deputy"
        calling.plan(services(), frame.account(), colleagues.by_number(forms.line("who", 255)), span, deputy=deputy)
    except (InvalidError, RefusedError) as error:
        why = reasons.of(error)
        said = why if isinstance(error, InvalidError) else _("That doesn’t fit: %(why)s.", why=why)
        with services().db.read() as session:
            return _page(session, said), 422
    pages.tell("in", _("It stands in the plan."))
    return redirect(PLACE)


@blueprint.post("/on-call/<int:number>/remove")
@sessions.at_least(people.RULES)
def unplan(number: int) -> Response:
    """Take one out."""
    calling.unplan(services(), frame.account(), number)
    pages.tell("note", _("Taken out of the plan."))
    return redirect(PLACE)


@blueprint.post("/on-call/quiet")
@sessions.at_least(people.RULES)
def quiet() -> Answer:
    """From when to when nobody is called but for a life; both empty for never."""
    try:
        empty = not forms.line("begins", 5) and not forms.line("ends", 5)
        begins, ends = (None, None) if empty else (_minutes("begins"), _minutes("ends"))
        calling.keep_quiet(services(), frame.account(), begins, ends)
    except InvalidError as error:
        with services().db.read() as session:
            return _page(session, reasons.of(error)), error.status
    pages.tell("in", _("Saved."))
    return redirect(PLACE)


@blueprint.post("/on-call/try")
@sessions.at_least(Role.TRAINEE)
def try_out() -> Response:
    """Be called, to see that it arrives."""
    devices = calling.try_out(services(), frame.account())
    said = (
        _("A mail is on its way, and a push to your devices.")
        if devices
        else _("A mail is on its way. None of your devices is called: set one up here, or in your client.")
    )
    pages.tell("in" if devices else "note", said)
    return redirect(PLACE)


@blueprint.post("/on-call/devices")
@sessions.at_least(Role.TRAINEE)
def listen() -> Answer:
    """This browser, as the page's script describes it: called from now on."""
    wanted = Wanted(forms.line("endpoint", 2100), forms.line("key", 200), forms.line("auth", 100), standard=True)
    try:
        browsers.listen(services(), frame.account(), wanted, families.name(request.headers.get("User-Agent", "")))
    except InvalidError as error:
        with services().db.read() as session:
            return _page(session, device_error=reasons.of(error)), error.status
    pages.tell("in", _("You are called on this device from now on. Try it."))
    return redirect(PLACE)


@blueprint.post("/on-call/devices/<int:number>/remove")
@sessions.at_least(Role.TRAINEE)
def forget(number: int) -> Response:
    """Not in that browser any more."""
    browsers.remove(services(), sessions.required().id, number)
    pages.tell("note", _("You aren’t called there any more."))
    return redirect(PLACE)


def _minutes(name: str) -> int:
    """Minutes since midnight. Raises InvalidError."""
    try:
        at = time.fromisoformat(forms.line(name, 5))
    except ValueError as error:
        raise InvalidError(_("Give two times, such as 22:00 and 07:00."), code="bad_time") from error
    return at.hour * 60 + at.minute


def _page(session: Session, error: str = "", device_error: str = "") -> str:
    now = services().clock.now()
    place, rows = zone.of(session), on_call.every(session)
    return render_template(
        "review/on-call.html",
        now_on=on_call.now_on(session, place, now),
        calls=calls.current(session),
        days=[(name, [row for row in rows if row.weekday == day]) for day, name in enumerate(_days())],
        everybody=colleagues.listed(crew.everybody(session, now)),
        quiet=calling.quiet_hours(session),
        kinds={
            calling.Kind.THREAT: _("a life may be in danger"),
            calling.Kind.PAST_DUE: _("cases are long past due"),
            calling.Kind.STORM: _("a server sends more than can be read"),
        },
        place=place.key,
        leads=frame.can(people.RULES),
        works=frame.can(people.WORK),
        error=error,
        device_error=device_error,
        devices=[
            (row, sha256(row.endpoint.encode()).hexdigest()) for row in browsers.of(session, sessions.required().id)
        ],
        vapid=identity.public_key(services()).rstrip("="),
    )


def _days() -> list[str]:
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
