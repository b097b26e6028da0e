"""What was decided lately, each to be taken back; and everything that ever happened to a subject."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.current import services
from app.errors import ForbiddenError
from app.reviewing import people, withholding
from app.web import labels, sessions
from app.web.review import frame, words
from moderation import history
from moderation.cases import exclusions
from moderation.cases.reading import decisions_of
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import Event
from moderation.quality import blinding
from moderation.values import Action, Outcome

blueprint = frame.blueprint("past")
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a sentence, with where to read on."""

    event: Event
    said: str
    case_id: int | None


@blueprint.get("/decided")
@sessions.at_least(Role.TRAINEE)
def decided() -> str:
    """The latest decisions, the newest first."""
    before = request.args.get("before", "")
    query = select(DecisionRow).order_by(DecisionRow.id.desc()).limit(SHOWN + 1)
    if before.isdecimal() and len(before) < 19:
        query = query.where(DecisionRow.id < int(before))
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
    """Every event on a post or an author, oldest first."""
    uri = request.args.get("uri", "").strip()[:2048]
    events: Sequence[Event] = ()
    hidden, behind_glass = False, None
    if uri:
        with services().db.read() as session:
            me = sessions.required().username
            if exclusions.hides(session, uri, me, services().clock.now()):
                raise ForbiddenError(_("You have to do with this: others look at it"))
            hidden = blinding.hides_history(session, uri, me)
            events = withholding.from_events(history.of(session, uri), sessions.required().role) if not hidden else ()
            behind_glass = _member_of(session, uri) if frame.can(people.RULES) else None
    shown = [_happened(each) for each in events]
    return render_template("review/history.html", uri=uri, events=shown, hidden=hidden, behind_glass=behind_glass)


def _member_of(session: Session, uri: str) -> str | None:
    """The user name of a member here, for the way to what is private of them."""
    mine = select(ActorRow.username).join(AccountRow, AccountRow.id == ActorRow.id).where(ActorRow.uri == uri)
    return session.scalar(mine)


def _happened(event: Event) -> Happened:
    number = event.details.get("case")
    return Happened(event, _said(event), int(number) if number is not None else None)


def _said(event: Event) -> str:
    details = event.details
    if event.what == "verdict":
        return _verdict(event)
    if event.what == "decided":
        return _decided(Action(details["action"]), str(details["reason"]))
    if event.what == "reported":
        return _("Reported: %(category)s.", category=words.category(str(details["category"])))
    if event.what == "case_assigned":
        return _("The case was given to @%(name)s.", name=details.get("to") or "–")
    return _sentences().get(event.what) or event.what.replace("_", " ")


def _sentences() -> dict[str, str]:
    return {
        "snapshot": _("Evidence was taken."),
        "reversed": _("The decision was taken back."),
        "held": _("It began to wait at the door."),
        "hold_ended": _("Its time was over: let in behind a warning."),
        "hold_deleted": _("Its author deleted it while it waited."),
        "case_opened": _("A case was opened."),
        "case_looked": _("Somebody looked at its pictures."),
        "case_claimed": _("Somebody took the case."),
        "case_released": _("The case was given back."),
        "case_escalated": _("The case was escalated."),
        "case_second_opinion": _("Somebody asked for a second opinion."),
        "case_proposed": _("Somebody who is learning proposed a decision."),
        "case_edited": _("It was edited while the case was open."),
        "case_reported": _("Another report joined the case."),
        "case_joined": _("Another post joined the case."),
        "case_let_in": _("Its time was over: let in behind a warning."),
        "case_mended": _("Its author mended it, and the case is open again."),
        "case_message": _("Somebody wrote about the appeal."),
        "case_deleted": _("Its author deleted it; the case is closed."),
        "case_closed": _("The case was closed."),
    }


def _verdict(event: Event) -> str:
    said = words.outcome(Outcome(event.details["outcome"]))[1]
    label = event.details.get("label")
    if event.by == "person":
        return _("A person’s word at the door: %(outcome)s.", outcome=said)
    if label:
        return _("The door: %(outcome)s, for %(label)s.", outcome=said, label=labels.name(str(label)))
    return _("The door: %(outcome)s.", outcome=said)


def _decided(action: Action, reason: str) -> str:
    if reason:
        return _("Decided: %(action)s. “%(reason)s”", action=words.action(action), reason=reason)
    return _("Decided: %(action)s.", action=words.action(action))
