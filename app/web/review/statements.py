"""Statements of reasons for the DSA's transparency database, for admins: looked at in figures, then saved as a file."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

from flask import Response, render_template, request
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.instance import statements
from app.reviewing import people
from app.web import forms, reasons, sessions
from app.web.review import frame
from moderation.dsa import exporting
from moderation.dsa.schema import AT_ONCE

blueprint = frame.blueprint("statements")
LONGEST_DAYS = 370


@blueprint.get("/statements")
@sessions.at_least(Role.ADMIN)
def look() -> str | tuple[str, int]:
    """What a span has; last month, if none is said."""
    today = services().clock.now().date()
    end_of_last = today.replace(day=1) - timedelta(days=1)
    first = request.args.get("from", "") or end_of_last.replace(day=1).isoformat()
    last = request.args.get("to", "") or end_of_last.isoformat()
    try:
        since, until = _span(first, last)
    except InvalidError as error:
        return _page(first, last, None, reasons.of(error)), 422
    with services().db.read() as session:
        found = exporting.export(session, since, until, services().settings.url(statements.TERMS))
    return _page(first, last, found)


@blueprint.post("/statements")
@sessions.at_least(Role.ADMIN)
def save() -> Response | tuple[str, int]:
    """The file; that it was taken out stands in the log."""
    first, last = forms.line("from", 10), forms.line("to", 10)
    try:
        since, until = _span(first, last)
    except InvalidError as error:
        return _page(first, last, None, reasons.of(error)), 422
    found = statements.export(services(), since, until, people.name_of(frame.account()))
    text = json.dumps(found.document(services().settings.domain), indent=1, ensure_ascii=False)
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="statements-{first}-{last}.json"'
    return response


def _span(first: str, last: str) -> tuple[datetime, datetime]:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise InvalidError(_("Give two days, like 2026-03-01"), code="bad_date") from None
    if not begin <= end <= begin + timedelta(days=LONGEST_DAYS):
        raise InvalidError(_("The last day comes after the first, by a year at most"), code="bad_span")
    midnight = time(tzinfo=UTC)
    return datetime.combine(begin, midnight), datetime.combine(end, midnight) + timedelta(days=1)


def _page(first: str, last: str, found: exporting.Export | None, error: str = "") -> str:
    return render_template("review/statements.html", first=first, last=last, found=found, error=error, at_once=AT_ONCE)
