"""Roles, for leads and admins: who has which, by whose word and why; and changing one."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import roles as account_roles
from app.accounts.tables import Role
from app.current import services
from app.errors import AppError, ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.oauth import bearer
from app.reviewing import people
from app.web import forms, pages, reasons, roles, sessions
from app.web.review import frame
from app.workforce import ranks

blueprint = frame.blueprint("ranks")
SOON = timedelta(days=14)
"""So long before an end it is pointed at."""
Answer = str | tuple[str, int] | Response


@blueprint.get("/roles")
@sessions.at_least(people.RULES)
def everybody() -> Answer:
    """A line for each; and the way to somebody who has none yet."""
    asked, error = " ".join(request.args.get("name", "")[:300].split()), ""
    with services().db.read() as session:
        now = services().clock.now()
        if asked:
            try:
                return redirect(f"/review/roles/{ranks.named(session, asked, now).account.actor.username}")
            except NotFoundError:
                error = _("Nobody here is called %(name)s.", name=asked)
        found = ranks.holders(session, now)
    page = render_template(
        "review/roles.html",
        holders=found,
        name_of=roles.name,
        last_day=_last_day,
        soon=now + SOON,
        error=error,
        asked=asked,
    )
    return (page, 404) if error else page


@blueprint.get("/roles/<name>")
@sessions.at_least(people.RULES)
def one(name: str) -> str:
    """One person's role, what became of it before, and what the reader may make of it."""
    with services().db.read() as session:
        return _page(session, name)


@blueprint.post("/roles/<name>")
@sessions.at_least(people.RULES)
def change(name: str) -> Answer:
    """Give it, or take it."""
    try:
        with services().db.read() as session:
            holder = ranks.named(session, name, services().clock.now())
        ranks.change(services(), frame.account(), holder.account.id, _role(), _until(), forms.text("reason", 2000))
    except (ConflictError, ForbiddenError, InvalidError) as error:
        return _again(name, error)
    bearer.forget()
    if holder.account.id == sessions.required().id:
        return redirect("/sign-in")  # who may do less is signed out everywhere
    pages.tell("in", _("Done. It holds from now on."))
    return redirect(f"/review/roles/{holder.account.actor.username}")


@blueprint.post("/roles/<name>/renew")
@sessions.at_least(people.RULES)
def renew(name: str) -> Answer:
    """A reviewer's access, for as long again."""
    try:
        with services().db.read() as session:
            holder = ranks.named(session, name, services().clock.now())
        ranks.renew(services(), frame.account(), holder.account.id, forms.text("reason", 2000))
    except (ConflictError, ForbiddenError, InvalidError) as error:
        return _again(name, error)
    pages.tell("in", _("Renewed. It stands in the log."))
    return redirect(f"/review/roles/{holder.account.actor.username}")


def _again(name: str, error: AppError) -> tuple[str, int]:
    with services().db.read() as session:
        return _page(session, name, reasons.of(error)), error.status


def _page(session: Session, name: str, error: str = "") -> str:
    me, now = sessions.required(), services().clock.now()
    holder = ranks.named(session, name, now)
    may = ranks.choices(me.role, holder.role, own=holder.account.id == me.id)
    return render_template(
        "review/role.html",
        holder=holder,
        own=holder.account.id == me.id,
        history=ranks.history(session, holder.account.actor.uri),
        choices=[(role.value, roles.name(role)) for role in may],
        reaches=[(roles.name(role), roles.reach(role)) for role in may if roles.reach(role)],
        name_of=roles.name,
        last_day=_last_day,
        latest=account_roles.longest(session, now),
        renews=holder.role is Role.REVIEWER and Role.REVIEWER in may,
        tomorrow=(now + timedelta(days=1)).date().isoformat(),
        error=error,
        typed=request.form,
    )


def _role() -> Role:
    asked = forms.line("role", 20)
    if asked not in {each.value for each in Role}:
        raise InvalidError(_("Choose a role"), code="role_missing")
    return Role(asked)


def _until() -> datetime | None:
    try:
        return forms.end_of_day("until")
    except ValueError as error:
        raise InvalidError(_("Days are as the calendar has them"), code="bad_end") from error


def _last_day(until: datetime) -> datetime:
    return until - timedelta(seconds=1)
