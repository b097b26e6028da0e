"""Writing, planning and ending what the house announces."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.announcements import reading, writing
from app.announcements.tables import AnnouncementRow
from app.current import services
from app.errors import InvalidError
from app.web import forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("announcing")
Answer = str | tuple[str, int] | Response


@dataclass(frozen=True, slots=True)
class Line:
    """One in the list: how it stands, and whether it can be ended."""

    row: AnnouncementRow
    state: str
    chip: str
    goes_on: bool


@blueprint.get("/announcements")
@sessions.at_least(writing.WRITES)
def listed() -> str:
    """All of them, and an empty form."""
    return _page()


@blueprint.post("/announcements")
@sessions.at_least(writing.WRITES)
def write() -> Answer:
    """Announce something, now or later."""
    typed = {name: forms.text(name, writing.LONGEST + 1) for name in ("text", "from", "until")}
    try:
        begins, ends = forms.moment("from"), forms.moment("until")
    except ValueError:
        return _page(typed, _("That is no date with a time")), 422
    try:
        writing.write(services(), frame.account(), typed["text"], begins, ends)
    except InvalidError as error:
        return _page(typed, reasons.of(error)), 422
    pages.tell("in", _("Saved."))
    return redirect("/review/announcements")


@blueprint.post("/announcements/<int:number>/end")
@sessions.at_least(writing.WRITES)
def end(number: int) -> Response:
    """Take it down."""
    writing.end(services(), frame.account(), number)
    pages.tell("note", _("Nobody sees it any more."))
    return redirect("/review/announcements")


def _page(typed: dict[str, str] | None = None, error: str = "") -> str:
    with services().db.read() as session:
        rows = reading.all_of(session)
    return render_template(
        "review/announcements.html", lines=[_line(row) for row in rows], typed=typed or {}, error=error
    )


def _line(row: AnnouncementRow) -> Line:
    now = services().clock.now()
    if row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now):
        return Line(row, _("over"), "out", goes_on=False)
    if row.shown_from > now:
        return Line(row, _("planned"), "hold", goes_on=True)
    return Line(row, _("shown"), "in", goes_on=True)
