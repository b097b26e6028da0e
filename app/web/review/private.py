"""Private data behind glass: who looked at whose, and why; and looking, for a quarter of an hour."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import ActorRow
from app.current import services
from app.errors import AppError, ForbiddenError, InvalidError, NotFoundError, RateLimitedError
from app.reviewing import people, private
from app.web import forms, reasons, sessions
from app.web.review import frame

blueprint = frame.blueprint("private")
Answer = str | tuple[str, int] | Response
_PAGE = "/review/private"


@blueprint.get("/private")
@sessions.at_least(people.RULES)
def looks() -> str:
    """Every look of the last months, for all who could look themselves."""
    with services().db.read() as session:
        return _list(session)


@blueprint.post("/private")
@sessions.at_least(people.RULES)
def break_glass() -> Answer:
    """Open one account's."""
    name = forms.line("name", 300)
    try:
        with services().db.read() as session:
            account = private.member(session, name)
        private.break_glass(services(), frame.account(), account.id, forms.text("reason", 2000))
    except NotFoundError as error:
        return _refused(error, _("Nobody here is called %(name)s.", name=name))
    except (ForbiddenError, InvalidError, RateLimitedError) as error:
        return _refused(error, reasons.of(error))
    return redirect(f"{_PAGE}/{account.actor.username}")


@blueprint.get("/private/<name>")
@sessions.at_least(people.RULES)
def see(name: str) -> Answer:
    """What is behind the glass while it is open; afterwards, the form again."""
    by, now = frame.account(), services().clock.now()
    with services().db.read() as session:
        about = private.member(session, name)
        until = private.until(session, by, about.actor.uri, now)
        if until is None:
            return _list(session, name=about.actor.username)
        seen = private.see(session, by, about, now)
        return render_template("review/private-data.html", seen=seen, until=until)


def _refused(error: AppError, text: str) -> tuple[str, int]:
    with services().db.read() as session:
        return _list(session, error=text), error.status


def _list(session: Session, error: str = "", name: str = "") -> str:
    now = services().clock.now()
    found = private.lately(session, now)
    known = select(ActorRow.uri, ActorRow.username).where(ActorRow.uri.in_({look.uri for look in found}))
    return render_template(
        "review/private.html",
        looks=found,
        names={uri: username for uri, username in session.execute(known)},
        now=now,
        minutes=int(private.OPEN_FOR.total_seconds()) // 60,
        error=error,
        name=name or request.form.get("name", "") or request.args.get("name", "")[:300],
        reason=request.form.get("reason", ""),
    )
