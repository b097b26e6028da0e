"""Webhooks: programs elsewhere that are told what happens here, and what came of telling them. For admins."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.web import forms, pages, reasons, sessions
from app.web.review import frame
from app.webhooks import keeping
from app.webhooks.keeping import Made
from app.webhooks.tables import WebhookEvent, WebhookState

blueprint = frame.blueprint("webhooks")
Answer = str | tuple[str, int] | Redirect
HOME = "/review/webhooks"


@blueprint.get("/webhooks")
@sessions.at_least(Role.ADMIN)
def listed() -> str:
    """Every webhook with what was sent last, and the form for another."""
    return _page()


@blueprint.post("/webhooks/add")
@sessions.at_least(Role.ADMIN)
def add() -> Answer:
    """Another one; its secret is on the page that answers, and nowhere afterwards."""
    url, names = forms.line("url", keeping.LONGEST_URL + 1), request.form.getlist("event")[:20]
    chosen = [event for event in WebhookEvent if event.value in names]
    try:
        made = keeping.add(services(), frame.account(), url, chosen, with_contacts=forms.ticked("with_contacts"))
    except AppError as error:
        return _page(error=reasons.of(error), typed=url, chosen=chosen), error.status
    return _page(made=made)


@blueprint.post("/webhooks/<int:number>/secret")
@sessions.at_least(Role.ADMIN)
def another_secret(number: int) -> Answer:
    """Another secret; as above."""
    return _page(made=keeping.rotate(services(), frame.account(), number))


@blueprint.post("/webhooks/<int:number>/off")
@sessions.at_least(Role.ADMIN)
def off(number: int) -> Answer:
    """Send it nothing for now."""
    keeping.switch_off(services(), frame.account(), number)
    pages.tell("in", _("It is told nothing any more."))
    return redirect(HOME)


@blueprint.post("/webhooks/<int:number>/on")
@sessions.at_least(Role.ADMIN)
def on(number: int) -> Answer:
    """Tell it again."""
    keeping.switch_on(services(), frame.account(), number)
    pages.tell("in", _("It is told what happens from now on."))
    return redirect(HOME)


@blueprint.post("/webhooks/<int:number>/remove")
@sessions.at_least(Role.ADMIN)
def remove(number: int) -> Answer:
    """Take it away."""
    keeping.remove(services(), frame.account(), number)
    pages.tell("in", _("The webhook is gone."))
    return redirect(HOME)


@blueprint.post("/webhooks/deliveries/<int:number>/again")
@sessions.at_least(Role.ADMIN)
def again(number: int) -> Answer:
    """Try once more what was given up."""
    keeping.again(services(), frame.account(), number)
    pages.tell("in", _("It is sent once more."))
    return redirect(HOME)


def _page(*, made: Made | None = None, error: str = "", typed: str = "", chosen: Sequence[WebhookEvent] = ()) -> str:
    with services().db.read() as session:
        found = keeping.listed(session)
    return render_template(
        "review/webhooks.html",
        webhooks=found,
        events=_events(),
        made=made,
        error=error,
        typed=typed,
        chosen=chosen,
        states=_states(),
        why_off=_why_off(),
    )


def _events() -> list[tuple[WebhookEvent, str]]:
    words = {
        WebhookEvent.REPORT_CREATED: _("a report comes in"),
        WebhookEvent.REPORT_UPDATED: _("a report is settled, or said anew"),
        WebhookEvent.CASE_OPENED: _("a case is opened"),
        WebhookEvent.CASE_DECIDED: _("a case is decided"),
        WebhookEvent.ACCOUNT_CREATED: _("somebody signs up"),
        WebhookEvent.ACCOUNT_APPROVED: _("somebody is let in"),
        WebhookEvent.STATUS_CREATED: _("a member posts something for everybody"),
    }
    return list(words.items())


def _states() -> dict[WebhookState, tuple[str, str]]:
    """A chip's colour and its word."""
    return {
        WebhookState.WAITING: ("hold", _("waits")),
        WebhookState.DELIVERED: ("in", _("arrived")),
        WebhookState.GIVEN_UP: ("out", _("given up")),
    }


def _why_off() -> dict[str, str]:
    return {
        keeping.BY_HAND: _("off"),
        keeping.GONE: _("off: it says that it is gone"),
        keeping.FAILED: _("off: it took nothing for long"),
    }
