"""One's own time: the shift, breaks, the week's hours, corrections, and the sheet of each month."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.web import forms, pages, reasons, sessions
from app.web.review import colleagues, durations, frame
from app.workforce import books, crew, shift, starting, zone
from moderation.errors import RefusedError
from moderation.workforce import attendance, corrections, handovers, hours, spans

blueprint = frame.blueprint("my_time")
durations.register(blueprint)
Answer = str | tuple[str, int] | Response
PLACE = "/review/my-time"


@blueprint.get("/my-time")
@sessions.at_least(Role.TRAINEE)
def own() -> str:
    """How long today, how long this week, and what can be done about it."""
    return _page()


@blueprint.post("/my-time/break")
@sessions.at_least(Role.TRAINEE)
def rest() -> Answer:
    """Fifteen minutes, paid."""
    try:
        shift.rest(services(), frame.account())
    except RefusedError:
        pages.tell(
            "note", _("A paid break comes with every 45 minutes of work, and after a grave case. Pausing is free.")
        )
    else:
        pages.tell("in", _("Enjoy it. What you held is anybody’s again."))
    return redirect(PLACE)


@blueprint.post("/my-time/back")
@sessions.at_least(Role.TRAINEE)
def back() -> Answer:
    """The break is over."""
    shift.come_back(services(), frame.account())
    return redirect("/review/start")


@blueprint.post("/my-time/leave")
@sessions.at_least(Role.TRAINEE)
def leave() -> Answer:
    """The shift is over."""
    shift.leave(services(), frame.account())
    pages.tell("in", _("Your shift is over, and what you held is anybody’s again. Thank you."))
    return redirect(PLACE + "/over")


@blueprint.get("/my-time/over")
@sessions.at_least(Role.TRAINEE)
def over() -> Answer:
    """The last shift in figures, for one's own eyes, and a line for who comes next."""
    now, me = services().clock.now(), frame.account()
    with services().db.read() as session:
        found = starting.over(session, me, now)
        others = [each for each in crew.everybody(session, now) if each.id != me.id]
    if found is None:
        return redirect(PLACE)
    return render_template(
        "review/shift-over.html", recap=found, colleagues=colleagues.listed(others), longest=handovers.LONGEST
    )


@blueprint.post("/my-time/hand-over")
@sessions.at_least(Role.TRAINEE)
def hand_over() -> Answer:
    """Leave a line."""
    to = colleagues.by_number(forms.line("to", 255)) or None
    try:
        starting.hand_over(services(), frame.account(), forms.text("text", 2000), to)
    except RefusedError:
        pages.tell("out", _("Write a line, of at most %(count)s characters.", count=handovers.LONGEST))
        return redirect(PLACE + "/over")
    pages.tell("in", _("It stands at the start of their next shift."))
    return redirect(PLACE)


@blueprint.post("/my-time/go-on")
@sessions.at_least(Role.TRAINEE)
def go_on() -> Answer:
    """Beyond the hours agreed."""
    shift.go_on(services(), frame.account())
    pages.tell("note", _("You are given cases until the end of the week. You can stop at any time."))
    return redirect("/review/start")


@blueprint.post("/my-time/correction")
@sessions.at_least(Role.TRAINEE)
def correct() -> Answer:
    """Ask for one."""
    account = frame.account()
    try:
        books.correct(services(), account, forms.line("day", 10), forms.line("minutes", 6), forms.line("reason", 500))
    except InvalidError as error:
        return _page(reasons.of(error)), error.status
    except RefusedError as error:
        return _page(_("That doesn’t fit: %(why)s.", why=reasons.of(error))), 422
    pages.tell("in", _("Asked. A lead looks at it."))
    return redirect(PLACE)


def _page(error: str = "") -> str:
    now, name = services().clock.now(), sessions.required().username
    with services().db.read() as session:
        place = zone.of(session)
        today = spans.midnight(now.astimezone(place).date(), place)
        return render_template(
            "review/my-time.html",
            since=attendance.since(session, name, now),
            resting=attendance.on_break(session, name, now),
            offered=attendance.offered(session, name, now),
            today=spans.length(attendance.spans_of(session, name, today, now)),
            week=hours.week(session, name, place, now),
            months=books.months(session, name, now),
            asked=corrections.of(session, name),
            place=place.key,
            day=now.astimezone(place).date().isoformat(),
            oldest=(now - corrections.OLDEST + timedelta(days=1)).date().isoformat(),
            error=error,
            typed=request.form if error else {},
            name=name,
        )
