"""Lists that were taken by hand: which, what undoing one would bring back, and undoing it."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.reviewing import list_imports, people
from app.web import labels, pages, sessions
from app.web.review import domain_words, frame, log_words
from moderation.domains import imports
from moderation.errors import ConflictError

blueprint = frame.blueprint("list_imports")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/domains/imports"


@blueprint.get("/domains/imports")
@sessions.at_least(people.RULES)
def listed() -> str:
    """All that were taken, the latest first."""
    with services().db.read() as session:
        rows = imports.taken(session, list_imports.MOST)
    return render_template("review/domain-imports.html", rows=rows)


@blueprint.get("/domains/imports/<int:import_id>")
@sessions.at_least(people.RULES)
def one(import_id: int) -> str:
    """One of them, and what undoing it would do now."""
    return _one(import_id)


@blueprint.post("/domains/imports/<int:import_id>/undo")
@sessions.at_least(people.RULES)
def undo(import_id: int) -> Answer:
    """Undo it."""
    try:
        done = list_imports.undo(services(), frame.account(), import_id)
    except ConflictError:
        return _one(import_id, _("Nothing is left to be undone: look again.")), 409
    pages.tell("in", ngettext("%(num)d rule is as it was.", "%(num)d rules are as they were.", done.count))
    return redirect(f"{HOME}/{import_id}")


def _one(import_id: int, error: str = "") -> str:
    with services().db.read() as session:
        found = list_imports.foresee(services(), session, import_id)
    return render_template(
        "review/domain-import-undo.html",
        found=found,
        error=error,
        said=lambda kept: log_words.said(f"domain_{kept.what}"),
        severity_of=labels.severity,
        filters=domain_words.filters(),
    )
