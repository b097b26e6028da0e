"""For admins: who has which role, until when; given and taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import lookup, roles
from app.accounts.tables import Role
from app.current import services
from app.errors import ConflictError, InvalidError, NotFoundError
from app.web import forms, pages, sessions
from app.web.review import frame

blueprint = frame.blueprint("roles")


@blueprint.get("/roles")
@sessions.at_least(Role.ADMIN)
def page() -> str:
    """Everybody with a role, and a form."""
    return _page()


@blueprint.post("/roles")
@sessions.at_least(Role.ADMIN)
def give() -> Response | tuple[str, int]:
    """Give, change or take a role; who has it is signed out everywhere."""
    name = forms.line("name", 320).removeprefix("@")
    try:
        role, until = _role(forms.line("role", 24)), _until(forms.line("until", 10))
        with services().db.read() as session:
            actor = lookup.by_handle(session, services().settings, name)
        roles.give(services(), frame.account(), actor.id, role, until)
    except NotFoundError:
        return _page(_("Nobody of this name has an account here"), name), 404
    except (ConflictError, InvalidError) as error:
        return _page(error.text, name), error.status
    said = _("@%(name)s is now: %(role)s. They are signed out everywhere.", name=actor.username, role=word(role))
    pages.tell("in", said)
    return redirect("/review/roles")


def word(role: Role) -> str:
    """A role as people say it."""
    return {
        Role.MEMBER: _("member"),
        Role.TRAINEE: _("trainee"),
        Role.REVIEWER: _("reviewer"),
        Role.MODERATOR: _("moderator"),
        Role.LEAD: _("lead"),
        Role.ADMIN: _("admin"),
        Role.CHILD_SAFETY: _("child safety"),
    }[role]


def _page(error: str = "", name: str = "") -> str:
    now = services().clock.now()
    with services().db.read() as session:
        crew = [each for each in roles.staff(session) if lookup.is_staff(each.role_at(now))]
    choices = [(each, word(each)) for each in Role]
    return render_template(
        "review/roles.html",
        crew=crew,
        choices=choices,
        word=word,
        last_day=lambda until: until - timedelta(seconds=1),
        error=error,
        name=name,
        tomorrow=(now + timedelta(days=1)).date().isoformat(),
    )


def _role(given: str) -> Role:
    try:
        return Role(given)
    except ValueError as error:
        raise InvalidError(_("There is no such role"), code="role") from error


def _until(given: str) -> datetime | None:
    """The end of the day that was given, in UTC; None for an empty field."""
    if not given:
        return None
    try:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidError(_("A day is written as 2026-12-31"), code="role_until") from error
