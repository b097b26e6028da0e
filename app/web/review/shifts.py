"""The plan of a week: who means to work when, and who is there now."""

from __future__ import annotations

from datetime import date, timedelta

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import colleagues, frame
from app.workforce import crew, shift, zone
from moderation.errors import RefusedError
from moderation.workforce import attendance, shifts, spans

blueprint = frame.blueprint("shifts")
Answer = str | tuple[str, int] | Response


@blueprint.get("/shifts")
@sessions.at_least(Role.TRAINEE)
def week() -> str:
    """Seven days from a Monday on."""
    return _page(request.args.get("week", ""))


@blueprint.post("/shifts")
@sessions.at_least(Role.TRAINEE)
def plan() -> Answer:
    """Put a shift into the plan."""
    day, account = forms.line("day", 10), frame.account()
    who = colleagues.by_number(forms.line("who", 255)) or people.name_of(account)
    try:
        shift.plan(services(), account, who, day, forms.line("begins", 5), forms.line("ends", 5))
    except InvalidError as error:
        return _page(day, reasons.of(error)), error.status
    except RefusedError as error:
        return _page(day, _("That doesn’t fit: %(why)s.", why=reasons.of(error))), 422
    pages.tell("in", _("It stands in the plan."))
    return redirect(f"/review/shifts?week={day}")


@blueprint.post("/shifts/<int:number>/remove")
@sessions.at_least(Role.TRAINEE)
def unplan(number: int) -> Answer:
    """Take one out."""
    shift.unplan(services(), frame.account(), number)
    pages.tell("note", _("Taken out of the plan."))
    return redirect(sessions.referring_path("/review/shifts"))


def _page(asked: str, error: str = "") -> str:
    now, me = services().clock.now(), sessions.required()
    with services().db.read() as session:
        place = zone.of(session)
        day = _day(asked) or now.astimezone(place).date()
        monday = day - timedelta(days=day.weekday())
        days = [monday + timedelta(days=each) for each in range(7)]
        bounds = [spans.midnight(each, place) for each in (*days, monday + timedelta(days=7))]
        planned = shifts.between(session, bounds[0], bounds[-1])
        ranged = list(zip(days, bounds, bounds[1:], strict=False))
        accounts = crew.everybody(session, now)
        everybody = [people.name_of(each) for each in accounts]
        present = attendance.there(session, now)
        readable = everybody if frame.can(people.RULES) else [me.username]
        came = attendance.attended(session, readable, bounds[0], bounds[-1])
    return render_template(
        "review/shifts.html",
        days=[
            (
                at,
                [row for row in planned if since <= row.begins_at < until and row.name in everybody],
                [row for row in came if since <= row.began_at < until],
            )
            for at, since, until in ranged
        ],
        there=[(name, present[name]) for name in everybody if name in present],
        everybody=colleagues.listed(each for each in accounts if people.name_of(each) in readable),
        me=me.username,
        my_number=me.id,
        leads=frame.can(people.RULES),
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        today=now.astimezone(place).date(),
        place=place.key,
        error=error,
        typed=request.form if error else {},
    )


def _day(asked: str) -> date | None:
    """A day of the calendar; what is none means today."""
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
