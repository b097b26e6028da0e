"""Sign-ups that wait for somebody's word."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import signup
from app.accounts.tables import AccountRow
from app.barring import breakers
from app.current import services
from app.doors import organisations
from app.doors import waiting as waiting_list
from app.errors import ConflictError, NotFoundError
from app.reviewing import people, signals
from app.reviewing.model import text_model
from app.web import forms, labels, pages, sessions
from app.web.review import frame, words

blueprint = frame.blueprint("signups")


@blueprint.get("/signups")
@sessions.at_least(people.PEOPLE)
def waiting() -> str:
    """Oldest first, with what they wrote, and what may help to see who they are."""
    now = services().clock.now()
    with services().db.read() as session:
        accounts = signup.waiting(session)
        return render_template(
            "review/signups.html",
            accounts=accounts,
            signals=signals.of(session, accounts, text_model(services()), now),
            breakers=[(each, words.breaker(each.name)) for each in breakers.tripped(session)],
            label=labels.name,
            listed=waiting_list.counts(session, now),
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


@blueprint.post("/signups/turn-down-chosen")
@sessions.at_least(people.PEOPLE)
def turn_down_chosen() -> Response:
    """Delete several applications at once; who was let in meanwhile stays."""
    by, gone = sessions.required().username, 0
    chosen = [forms.as_number(each) for each in request.form.getlist("chosen")[:500]]
    for number in (each for each in chosen if each is not None):
        try:
            signup.turn_down(services(), number, by)
        except (ConflictError, NoResultFound):
            continue
        gone += 1
    pages.tell(
        "note", ngettext("%(num)d was turned down, and is told.", "%(num)d were turned down, and are told.", gone)
    )
    return redirect("/review/signups")


@blueprint.post("/signups/breakers/<name>/over")
@sessions.at_least(people.PEOPLE)
def over(name: str) -> Response:
    """It is over: who signs up comes in as before."""
    if breakers.put_back(services(), frame.account(), name):
        pages.tell("in", _("Sign-ups are as they were again."))
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
