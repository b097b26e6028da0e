"""The desk of an appeal: uphold, overturn, vary, and a message to who contests."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _

from app.appealing import answer as answering
from app.appealing import contest
from app.current import services
from app.errors import InvalidError
from app.reviewing import claiming, people
from app.web import forms, pages, sessions
from app.web.appeals import refusal
from app.web.review import acting, choices, frame, typed
from moderation.appeals import reading
from moderation.appeals.answering import REPLY_LONGEST
from moderation.appeals.tables import AppealOutcome
from moderation.appeals.values import Answer
from moderation.cases.values import DecisionRequest
from moderation.errors import AppealRefusedError, ConflictError, NotFoundError, RefusedError
from moderation.values import Action, Scope

blueprint = frame.blueprint("appeals")
INSTEAD: dict[str, tuple[Action, Scope]] = {
    "label": (Action.LABEL, Scope.SUBJECT),
    "limit": (Action.LIMIT, Scope.SUBJECT),
    "remove": (Action.REMOVE, Scope.SUBJECT),
    **{code: (action, Scope.ACCOUNT) for code, action in choices.MEASURES.items()},
}
"""What can be decided in place of the first decision; mildest first for posts, then for accounts."""


@blueprint.post("/case/<int:number>/answer")
@sessions.at_least(people.WORK)
def answered(number: int) -> acting.Answer:
    """The answer, what follows from it, and on to the next case."""
    with typed.kept_if_refused(number):
        given = _given()
    try:
        answering.answer(services(), frame.account(), number, given)
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    typed.forget(number)
    pages.tell("in", _("The appeal is answered, and who filed it is told."))
    claim = claiming.take_next(services(), frame.account())
    return redirect(f"/review/case/{claim.case_id}" if claim else "/review")


@blueprint.post("/case/<int:number>/message")
@sessions.at_least(people.WORK)
def message(number: int) -> acting.Answer:
    """A line to who contests, from "the moderators"."""
    with services().db.read() as session:
        row = reading.find_by_case(session, number)
    if row is None:
        raise NotFoundError("there is no such appeal")
    try:
        contest.reply(services(), frame.account(), row.id, forms.text("message", 2001))
    except AppealRefusedError as error:
        raise InvalidError(refusal(error.why), code=error.why) from error
    pages.tell("in", _("Sent. They read it as from the moderators; your name isn’t there."))
    return redirect(f"/review/case/{number}")


def _given() -> Answer:
    outcome = {one.value: one for one in AppealOutcome}.get(forms.line("outcome", 20))
    if outcome is None:
        raise InvalidError(_("Choose what happens"), code="outcome_missing")
    reply = forms.text("reply", REPLY_LONGEST + 1)
    return Answer(outcome, reply, _instead() if forms.line("instead", 20) else None, forms.number("version"))


def _instead() -> DecisionRequest:
    chosen = INSTEAD.get(forms.line("instead", 20))
    if chosen is None:
        raise InvalidError(_("Choose what happens"), code="action_missing")
    action, scope = chosen
    return DecisionRequest(
        action,
        scope,
        rule_id=forms.line("rule_instead", 18) or None,
        reason=forms.text("reason_instead", 5000).strip(),
        expires_in=choices.TERMS.get(forms.line("term", 4)) if scope is Scope.ACCOUNT else None,
    )
