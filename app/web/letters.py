"""Letters from the house: each for one member, who may answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.care import helplines, letters, quiet, quiet_days
from app.care.tables import LetterKind
from app.current import services
from app.errors import NotFoundError
from app.paging import LARGEST
from app.web import filters, forms, pages, sessions
from moderation.policy import store

blueprint = sessions.guard(Blueprint("letters", __name__))
blueprint.after_request(sessions.keep_nowhere)


@blueprint.get("/letters/<int:number>")
@sessions.signed_in
def letter(number: int) -> str:
    """What the house wrote; opening it marks it read."""
    me = sessions.required()
    with services().db.read() as session:
        row = letters.of(session, _known(number), me.id)
        hours = store.current(session).pile_on.limited_hours
        ends = quiet_days.until(session, me.id, services().clock.now())
    if row.read_at is None:
        letters.mark_read(services(), number, me.id)
    return render_template(
        "letter.html",
        letter=row,
        care=row.kind is LetterKind.CARE,
        lines=helplines.of(str(row.payload.get("country", ""))),
        everywhere=helplines.everywhere(),
        hours=round(hours),
        ends=ends,
    )


@blueprint.post("/letters/<int:number>")
@sessions.signed_in
def answer(number: int) -> Response:
    """Yes or no to a quiet day."""
    yes = forms.line("answer", 3) == "yes"
    ends = quiet.answer(services(), _known(number), sessions.required().id, yes=yes)
    if ends is not None:
        left = filters.duration(ends - services().clock.now())
        pages.tell("in", _("People whom you don’t know are kept from you for %(time)s.", time=left))
    else:
        pages.tell("note", _("Everything stays as it is."))
    return redirect(f"/letters/{number}")


@blueprint.post("/letters/quiet/end")
@sessions.signed_in
def end() -> Response:
    """Enough quiet."""
    quiet.end(services(), sessions.required().id)
    pages.tell("note", _("The quiet is over: anybody’s replies reach you again."))
    return redirect("/notifications")


def _known(number: int) -> int:
    if number > LARGEST:
        raise NotFoundError
    return number
