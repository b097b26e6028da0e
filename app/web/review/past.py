"""What was decided lately, each to be taken back; and everything that ever happened to a subject."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.current import services
from app.errors import ForbiddenError
from app.reviewing import people, sight
from app.web import forms, sessions
from app.web.review import frame, happenings, standing
from moderation.cases import exclusions
from moderation.cases.reading import decisions_of
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.quality import blinding
from moderation.timeline.values import About

blueprint = frame.blueprint("past")
SHOWN = 30


@blueprint.get("/decided")
@sessions.at_least(Role.TRAINEE)
def decided() -> str:
    """The latest decisions, the newest first."""
    before = forms.asked_number("before")
    query = select(DecisionRow).order_by(DecisionRow.id.desc()).limit(SHOWN + 1)
    if before is not None:
        query = query.where(DecisionRow.id < before)
    with services().db.read() as session:
        rows = list(session.scalars(query.where(_for_reader(session))))
        unread = blinding.unread(session, [row.uri for row in rows], sessions.required().username)
        found = decisions_of(session, (row for row in rows[:SHOWN] if row.uri not in unread))
    older = rows[SHOWN - 1].id if len(rows) > SHOWN else None
    return render_template("review/decided.html", decisions=found, older=older, works=frame.can(people.WORK))


def _for_reader(session: Session) -> ColumnElement[bool]:
    """Decisions of their own, and those on cases that are for them to see."""
    me, now = sessions.required().username, services().clock.now()
    theirs = select(CaseRow.id).where(CaseRow.id == DecisionRow.case_id, exclusions.is_for(session, me, now))
    return or_(DecisionRow.made_by == me, DecisionRow.case_id.is_(None), theirs.exists())


@blueprint.get("/history")
@sessions.at_least(Role.TRAINEE)
def subject() -> str:
    """Every event on a post or an author, the newest first."""
    uri = request.args.get("uri", "").strip()[:2048]
    view, hidden, behind_glass, stands = None, False, None, None
    if uri:
        with services().db.read() as session:
            me = sessions.required().username
            if exclusions.hides(session, uri, me, services().clock.now()):
                raise ForbiddenError(_("You have to do with this: others look at it"))
            if not sight.reads_history(session, me, sessions.required().role, uri, services().clock.now()):
                raise ForbiddenError(
                    _(
                        "Reviewers and trainees read the history of a case’s posts, and that of its author while they "
                        "have the case or have just decided it."
                    )
                )
            hidden = blinding.hides_history(session, uri, me)
            view = None if hidden else happenings.view(session, About(uri), {"uri": uri})
            stands = None if hidden else standing.of(session, uri, me, _for_reader(session))
            behind_glass = _member_of(session, uri) if frame.can(people.RULES) else None
    return render_template(
        "review/history.html",
        uri=uri,
        view=view,
        hidden=hidden,
        behind_glass=behind_glass,
        standing=stands,
        answers_why=frame.can(people.RULES),
    )


def _member_of(session: Session, uri: str) -> str | None:
    """The user name of a member here, for the way to what is private of them."""
    mine = select(ActorRow.username).join(AccountRow, AccountRow.id == ActorRow.id).where(ActorRow.uri == uri)
    return session.scalar(mine)
