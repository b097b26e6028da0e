"""Sign-ups that wait for somebody's word."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import signup
from app.accounts.tables import AccountRow
from app.current import services
from app.doors import organisations
from app.doors import waiting as waiting_list
from app.errors import NotFoundError
from app.reviewing import people
from app.web import pages, sessions
from app.web.review import frame

blueprint = frame.blueprint("signups")


@blueprint.get("/signups")
@sessions.at_least(people.PEOPLE)
def waiting() -> str:
    """Oldest first, with what they wrote."""
    with services().db.read() as session:
        return render_template(
            "review/signups.html",
            accounts=signup.waiting(session),
            listed=waiting_list.counts(session, services().clock.now()),
            organisations=organisations.waiting(session),
            opens=frame.can(people.RULES),
        )


@blueprint.post("/signups/<int:number>/approve")
@sessions.at_least(people.PEOPLE)
def approve(number: int) -> Response:
    """Let somebody in."""
    name = _name(number)
    signup.approve(services(), number, sessions.required().username)
    pages.tell("in", _("@%(name)s may come in, and is told by mail.", name=name))
    return redirect("/review/signups")


@blueprint.post("/signups/<int:number>/turn-down")
@sessions.at_least(people.PEOPLE)
def turn_down(number: int) -> Response:
    """Delete the application."""
    name = _name(number)
    signup.turn_down(services(), number, sessions.required().username)
    pages.tell("note", _("@%(name)s was turned down, and is told by mail.", name=name))
    return redirect("/review/signups")


def _name(number: int) -> str:
    """Whose application it is; raises NotFoundError where it isn't there any more."""
    with services().db.read() as session:
        account = _account(session, number)
        return account.actor.username


def _account(session: Session, number: int) -> AccountRow:
    account = session.scalar(select(AccountRow).where(AccountRow.id == number)) if number < 1 << 63 else None
    if account is None:
        raise NotFoundError
    return account
