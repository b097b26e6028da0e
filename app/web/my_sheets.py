"""One's own sheets of time and pay, for who works here and for who did: what was earned is theirs to read and print."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from app.current import services
from app.web import sessions
from app.web.review import timesheets
from app.workforce import books

blueprint = sessions.guard(Blueprint("my_sheets", __name__))
blueprint.after_request(sessions.keep_nowhere)
_PAGE = "/settings/sheets"


@blueprint.get(_PAGE)
@sessions.signed_in
def months() -> str:
    """Each month with time in it, and whether it is approved."""
    name, now = sessions.required().username, services().clock.now()
    with services().db.read() as session:
        return render_template("my-sheets.html", months=books.months(session, name, now))


@blueprint.get(_PAGE + "/<month>")
@sessions.signed_in
def statement(month: str) -> str:
    """A month, as it is printed. Approving is done elsewhere."""
    return timesheets.page(sessions.required().username, month, layout="base.html", place=_PAGE)


@blueprint.get(_PAGE + "/<month>.csv")
@sessions.signed_in
def table(month: str) -> Response:
    """The same as CSV."""
    return timesheets.as_csv(sessions.required().username, month)
