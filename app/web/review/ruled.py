"""A decision on its own page, for who is asked about it: who decided, on what text, how it can be contested."""

from __future__ import annotations

from datetime import datetime

from flask import redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.instance import rules
from app.reviewing import listing, people, ruled, watches
from app.reviewing.ruled import Ruled
from app.web import forms, labels, pages, sessions
from app.web.review import frame, happenings
from moderation.appeals import contesting
from moderation.cases.tables import DecisionRow
from moderation.cases.values import Decision
from moderation.values import Action, Verb

blueprint = frame.blueprint("ruled")
_LASTING = frozenset((Action.FREEZE, Action.SILENCE, Action.DISABLE, Action.SUSPEND))
"""What holds until somebody lifts it, where it has no end."""


@blueprint.get("/decisions/<int:number>")
@sessions.at_least(Role.TRAINEE)
def decision(number: int) -> str:
    """Everything that is asked of a decision afterwards."""
    with services().db.read() as session:
        found = ruled.one(session, number, sessions.required().username, services().clock.now())
        return render_template(
            "review/decision.html",
            found=found,
            rule=rules.text_of(session, found.decision.rule_id, pages.language()),
            automatic=_automatic(found),
            until=_until(session, found),
            ended=[(appeal, happenings.appeal(appeal.outcome)) for appeal in found.appeals],
            did=[(_did(each.verb), each) for each in found.done],
            works=frame.can(people.WORK),
            listable=listing.preview(services(), session, number) if frame.can(people.PEOPLE) else None,
            lifts=frame.can(people.PEOPLE),
            in_place=[one for one in (found.decision, *found.further) if _lasts(one, services().clock.now())],
        )


@blueprint.post("/decisions/<int:number>/watch")
@sessions.at_least(people.PEOPLE)
def watch(number: int) -> Response:
    """End early what it said of everything alike, or put that in force again."""
    link, restores = forms.number("link"), forms.line("what", 10) == "restore"
    if link is not None:
        change = watches.restore_link if restores else watches.lift_link
        change(services(), frame.account(), number, link)
        pages.tell("note", _("In force again, for what is left of its time.") if restores else _("Lifted."))
    elif restores:
        watches.restore(services(), frame.account(), number)
        pages.tell("note", _("In force again, for what is left of its time."))
    else:
        watches.lift(services(), frame.account(), number)
        pages.tell("note", _("Lifted: what comes from now on is looked at afresh."))
    return redirect(f"/review/decisions/{number}#in-place")


@blueprint.post("/decisions/<int:number>/list")
@sessions.at_least(people.PEOPLE)
def put_on_list(number: int) -> Response:
    """The pictures and files of what it restricted go on a list; who takes the decision back takes them off again."""
    added = listing.put(services(), frame.account(), number, forms.number("list") or 0)
    pages.tell("in", ngettext("%(num)d hash is new on the list.", "%(num)d hashes are new on the list.", added))
    return redirect(f"/review/decisions/{number}")


def _automatic(found: Ruled) -> str:
    """How far machines had part in it."""
    if found.found_by is None:
        return _("A person decided. No machine had looked at it before.")
    if found.found_by.label is None:
        return _("A person decided. The door had looked at it and found nothing.")
    what = labels.name(found.found_by.label)
    return _("A person decided. A machine had noticed it: %(label)s.", label=what)


def _until(session: Session, found: Ruled) -> datetime | None:
    """Until when it can be contested; None for what can't be."""
    row = session.get(DecisionRow, found.decision.id)
    return contesting.deadline(row) if row is not None and row.reverses_id is None else None


def _lasts(one: Decision, now: datetime) -> bool:
    """Whether it holds an account or a server until its end, or until somebody lifts it."""
    if one.reverses_id is not None or one.reversed_by is not None or (one.ends_at is not None and one.ends_at <= now):
        return False
    return one.ends_at is not None or one.action in _LASTING


def _did(verb: Verb) -> str:
    return {
        Verb.PUBLISH: _("let in"),
        Verb.REMOVE: _("refused, or taken away"),
        Verb.WITHDRAW: _("hidden until mended"),
        Verb.RESTORE: _("shown again"),
        Verb.LABEL: _("put behind a warning"),
        Verb.UNLABEL: _("without the warning again"),
        Verb.LIMIT: _("taken off the public timelines"),
        Verb.UNLIMIT: _("on the public timelines again"),
        Verb.FREEZE: _("frozen until fixed"),
        Verb.UNFREEZE: _("no longer frozen"),
        Verb.WARN: _("warned"),
        Verb.SILENCE: _("silenced"),
        Verb.UNSILENCE: _("no longer silenced"),
        Verb.DISABLE: _("signed out, and kept from signing in"),
        Verb.ENABLE: _("may sign in again"),
        Verb.SUSPEND: _("suspended"),
        Verb.UNSUSPEND: _("no longer suspended"),
        Verb.SEAL: _("sealed"),
        Verb.BLOCK_DOMAIN: _("a rule for the server"),
        Verb.UNBLOCK_DOMAIN: _("the rule for the server lifted"),
        Verb.NOTIFY_AUTHOR: _("its author told"),
        Verb.NOTIFY_REPORTER: _("who reported told"),
        Verb.NOTIFY_APPELLANT: _("who contested told"),
    }[verb]
