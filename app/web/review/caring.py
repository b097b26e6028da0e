"""Sending care and offering a quiet day: what the buttons do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import redirect
from flask_babel import gettext as _

from app.care import giving
from app.current import services
from app.reviewing import claiming, people
from app.web import forms, pages, sessions
from app.web.review import acting, frame
from app.web.review.acting import Answer
from moderation.errors import ConflictError, RefusedError

blueprint = frame.blueprint("caring")


@blueprint.post("/case/<int:number>/care")
@sessions.at_least(people.WORK)
def care(number: int) -> Answer:
    """A letter with helplines, from the house."""
    country = forms.line("country", 2).upper()
    doing = partial(giving.send_care, services(), frame.account(), number, country)
    return _done(
        number, doing, _("Sent, from the house. Nothing was done to the post, and nothing counts against them.")
    )


@blueprint.post("/case/<int:number>/quiet")
@sessions.at_least(people.WORK)
def quiet(number: int) -> Answer:
    """Ask the target of a pile-on."""
    doing = partial(giving.offer_quiet, services(), frame.account(), number)
    return _done(number, doing, _("Asked. Strangers are kept from them for a day if they say yes."))


def _done(number: int, doing: Callable[[], object], said: str) -> Answer:
    try:
        doing()
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    pages.tell("in", said)
    claim = claiming.take_next(services(), frame.account())
    return redirect(f"/review/case/{claim.case_id}" if claim else "/review")
