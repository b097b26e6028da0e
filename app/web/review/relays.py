"""Relays: who passes public posts on to us, and what came of it. Admins add and remove them."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app.accounts.tables import Role
from app.current import services
from app.errors import AppError
from app.federation import relays
from app.federation.tables import RelayState
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import frame

blueprint = frame.blueprint("relays")
Answer = str | tuple[str, int] | Redirect


@blueprint.get("/relays")
@sessions.at_least(Role.ADMIN)
def listed() -> str:
    """Every relay, with what it brought, and the form for another."""
    return _list()


@blueprint.post("/relays/add")
@sessions.at_least(Role.ADMIN)
def add() -> Answer:
    """Ask one."""
    address = forms.line("address", relays.LONGEST_ADDRESS)
    try:
        relay = relays.add(services(), address, people.name_of(frame.account()))
    except AppError as error:
        return _list(error=_wrong(error), typed=address), error.status
    pages.tell("in", _("%(host)s was asked. It passes posts on as soon as it agrees.", host=relay.host))
    return redirect("/review/relays")


@blueprint.post("/relays/<int:number>/remove")
@sessions.at_least(Role.ADMIN)
def remove(number: int) -> Answer:
    """Part from one."""
    relay = relays.remove(services(), number, people.name_of(frame.account()))
    pages.tell("in", _("%(host)s passes nothing on any more. What came by it stays.", host=relay.host))
    return redirect("/review/relays")


def _list(error: str = "", typed: str = "") -> str:
    with services().db.read() as session:
        found = relays.listed(session)
    return render_template("review/relays.html", relays=found, states=_states(), error=error, typed=typed)


def _states() -> dict[RelayState, tuple[str, str]]:
    """A chip's colour and its word."""
    return {
        RelayState.WAITING: ("hold", _("waits for its answer")),
        RelayState.ACCEPTED: ("in", _("passes posts on")),
        RelayState.REFUSED: ("out", _("doesn’t want us")),
        RelayState.REMOVED: ("", _("removed")),
    }


def _wrong(error: AppError) -> str:
    if error.code == "trial":
        return _("a trial talks to no other server")
    if error.code == "domain_suspended":
        return _("a rule suspends its server")
    if error.status == 503:
        return _("its server doesn’t answer now")
    return _("there is no relay at this address")
