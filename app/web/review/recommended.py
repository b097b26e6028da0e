"""Whom the house recommends to its members."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import lookup
from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.suggestions import picking
from app.web import forms, pages, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("recommended")
Answer = str | tuple[str, int] | Response


@blueprint.get("/recommended")
@sessions.at_least(Role.ADMIN)
def people() -> str:
    """Who it is now."""
    with services().db.read() as session:
        chosen = picking.picked(session)
    return _page("\n".join(f"@{lookup.acct_of(row)}" for row, _may in chosen))


@blueprint.post("/recommended")
@sessions.at_least(Role.ADMIN)
def choose() -> Answer:
    """These, and nobody else."""
    typed = forms.text("people", 20_000)
    try:
        picking.pick(services(), frame.account(), typed.split())
    except InvalidError as error:
        return _page(typed, reasons.of(error)), 422
    pages.tell("in", _("Saved."))
    return redirect("/review/recommended")


def _page(typed: str, error: str = "") -> str:
    with services().db.read() as session:
        unseen = [lookup.acct_of(row) for row, may in picking.picked(session) if not may]
    return render_template("review/recommended.html", typed=typed, error=error, unseen=unseen)
