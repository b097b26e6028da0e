"""From the desk: a case is sealed as suspected sexual abuse of a child, or the leads hear that a life is in danger."""

from __future__ import annotations

from functools import partial

from flask import redirect, render_template
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.grave import sealing, threats
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import acting, frame
from app.web.review.acting import Answer
from moderation.errors import ConflictError, RefusedError

blueprint = frame.blueprint("graving")


@blueprint.post("/case/<int:number>/child-safety")
@sessions.at_least(people.WORK)
def child_safety(number: int) -> Answer:
    """Seal it: nobody needs to look again."""
    try:
        sealing.seal(services(), frame.account(), number, forms.text("note_escalate", 2000))
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    return redirect("/review/sealed")


@blueprint.post("/case/<int:number>/threat")
@sessions.at_least(people.WORK)
def threat(number: int) -> Answer:
    """The leads are told at once."""
    raising = partial(threats.raise_, services(), frame.account(), number, forms.text("note_escalate", 2000))
    try:
        raising()
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    pages.tell("in", _("The leads were told that a life may be in danger. The author isn’t told."))
    return redirect("/review")


@blueprint.get("/sealed")
@sessions.at_least(Role.TRAINEE)
def sealed() -> str:
    """What is said after such a case, before anything else is shown."""
    return render_template("review/sealed.html", works=frame.can(people.WORK))
