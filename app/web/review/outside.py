"""Naming the reader outside, to whom appeals go that nobody of the crew may decide."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.appealing import outside, readers
from app.current import services
from app.errors import InvalidError
from app.reviewing import people
from app.web import forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("outside")
Answer = str | tuple[str, int] | Response


@blueprint.get("/outside")
@sessions.at_least(people.RULES)
def reader() -> str:
    """Who it is now."""
    with services().db.read() as session:
        known = readers.reader(session)
    return render_template("review/outside.html", reader=known, error="")


@blueprint.post("/outside")
@sessions.at_least(people.RULES)
def name() -> Answer:
    """Somebody else, or nobody."""
    wanted = readers.Reader(forms.line("name", 100), forms.line("email", 320), forms.line("language", 5) or "en")
    try:
        outside.name_reader(services(), frame.account(), wanted.name, wanted.email, wanted.language)
    except InvalidError as error:
        return render_template("review/outside.html", reader=wanted, error=reasons.of(error)), 422
    pages.tell("in", _("Saved."))
    return redirect("/review/outside")
