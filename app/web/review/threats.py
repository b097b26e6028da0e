"""Threats to somebody's life: for leads, due within minutes."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.grave import packs, settling
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import frame
from app.web.review.grave_views import line
from moderation.grave import cases, jurisdictions
from moderation.grave.tables import GraveKind

blueprint = frame.blueprint("threats")
KIND = GraveKind.THREAT_TO_LIFE
HOME = "/review/threats"


@blueprint.get("/threats")
@sessions.at_least(people.RULES)
def listed() -> str:
    """What waits, the most urgent first."""
    now = services().clock.now()
    with services().db.read() as session:
        lines = [line(session, row, now) for row in cases.of_kind(session, KIND)]
    return render_template("review/grave-list.html", lines=lines, kind=KIND.value, home=HOME)


@blueprint.get("/threats/<int:number>")
@sessions.at_least(people.RULES)
def one(number: int) -> str:
    """What the police need, and whom to call; reading it stands in the log."""
    pack = packs.look(services(), frame.account(), number, KIND)
    with services().db.read() as session:
        shown = line(session, cases.find(session, number, KIND), services().clock.now())
    return render_template(
        "review/threat.html",
        pack=pack,
        line=shown,
        countries=[jurisdictions.of(code) for code, _land in jurisdictions.countries()],
        everywhere=jurisdictions.everywhere(),
        noted_on=jurisdictions.noted_on(),
        home=HOME,
    )


@blueprint.post("/threats/<int:number>/pack.json")
@sessions.at_least(people.RULES)
def saved(number: int) -> Response:
    """The same as JSON."""
    answer = make_response(packs.save(services(), frame.account(), number, KIND))
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="case-{number}.json"'
    return answer


@blueprint.post("/threats/<int:number>/sent")
@sessions.at_least(people.RULES)
def sent(number: int) -> Redirect:
    """The police know."""
    settling.report(services(), frame.account(), number, KIND, forms.line("to", 500), forms.line("reference", 255))
    pages.tell("in", _("Noted. The case itself is still to be decided."))
    return redirect(f"{HOME}/{number}")
