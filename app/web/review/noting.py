"""A note put on a case by itself."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.reviewing import noting
from app.web import forms, pages, sessions
from app.web.review import frame, typed
from app.web.review.acting import Answer

blueprint = frame.blueprint("noting")


@blueprint.post("/case/<int:number>/note")
@sessions.at_least(Role.TRAINEE)
def put(number: int) -> Answer:
    """Put it there, and back to the case with whatever else was typed."""
    words = forms.text("note", 5001).strip()
    with typed.kept_if_refused(number):
        if not words:
            raise InvalidError(_("Write the note first."), code="note_missing")
        noting.put(services(), frame.account(), number, words)
    typed.keep(number, without=("note",))
    pages.tell("in", _("The note is on the case. Nothing was decided."))
    return redirect(f"/review/case/{number}#notes")
