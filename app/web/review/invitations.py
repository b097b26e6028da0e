"""Inviting to the crew: who was invited and hasn't come yet, and a form for the next."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import roles as account_roles
from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.reviewing import people
from app.web import forms, labels, pages, reasons, roles, sessions
from app.web.review import frame, record_form
from app.workforce import invitations, money, pay
from app.workforce.invitations import Wanted
from models.labels import LABELS
from moderation.errors import RefusedError

blueprint = frame.blueprint("invitations")
Answer = str | tuple[str, int] | Response


@blueprint.get("/invitations")
@sessions.at_least(people.RULES)
def waiting() -> str:
    """Who hasn't come yet."""
    return _page()


@blueprint.post("/invitations")
@sessions.at_least(people.RULES)
def invite() -> Answer:
    """Make a link; it is shown once."""
    try:
        token = invitations.make(services(), frame.account(), _wanted(), record_form.conflicts())
    except RefusedError as error:
        return _page(_("That doesn’t fit: %(why)s.", why=reasons.of(error))), 422
    except InvalidError as error:
        return _page(reasons.of(error)), error.status
    except ValueError:
        return _page(_("Hours and cases a day are whole numbers, and days are as the calendar has them.")), 422
    return _page(link=f"{services().settings.base_url}/join/{token}")


@blueprint.post("/invitations/<int:number>/withdraw")
@sessions.at_least(people.RULES)
def withdraw(number: int) -> Answer:
    """The link opens nothing any more."""
    invitations.withdraw(services(), frame.account(), number)
    pages.tell("note", _("Withdrawn: the link opens nothing any more."))
    return redirect("/review/invitations")


def _wanted() -> Wanted:
    asked = forms.line("role", 20)
    if asked not in {each.value for each in Role}:
        raise InvalidError(_("Choose a role"), code="role_missing")
    days = record_form.number("good_for") or invitations.GOOD_FOR.days
    return Wanted(
        called=forms.line("called", 100),
        role=Role(asked),
        record=record_form.record(invitations.NOBODY),
        terms=record_form.terms(by_decision=_by_decision()),
        role_until=forms.end_of_day("role_until"),
        good_for=timedelta(days=max(1, min(days, invitations.LONGEST.days))),
    )


def _by_decision() -> bool:
    with services().db.read() as session:
        return pay.by_decision(session)


def _page(error: str = "", link: str = "") -> str:
    typed = request.form if error else {}
    with services().db.read() as session:
        now = services().clock.now()
        return render_template(
            "review/invitations.html",
            waiting=[(row, invitations.record_of(row)) for row in invitations.waiting(session, now)],
            roles=[(each.value, roles.name(each), roles.reach(each)) for each in _roles()],
            role_name=roles.name,
            error=error,
            link=link,
            typed=typed,
            skills=request.form.getlist("skill") if typed else [],
            skips=request.form.getlist("skip") if typed else [],
            label_names=[(code, labels.name(code)) for code in LABELS],
            currencies=money.COMMON,
            by_decision=pay.by_decision(session),
            latest=account_roles.longest(session, now) - timedelta(days=1),
            tomorrow=(now + timedelta(days=1)).date().isoformat(),
            longest=invitations.LONGEST.days,
            usual=invitations.GOOD_FOR.days,
        )


def _roles() -> tuple[Role, ...]:
    return invitations.may_give(sessions.required().role)
