"""Second opinions, trainees' proposals and thumbs: what their forms do."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.reviewing import claiming, opinions, people
from app.web import filters, forms, pages, sessions
from app.web.review import acting, choices, frame, keymap, typed
from app.web.review.acting import Answer
from moderation.cases.plans import HARMLESS
from moderation.cases.values import DecisionRequest
from moderation.errors import ConflictError, RefusedError
from moderation.values import Action, Scope

blueprint = frame.blueprint("opinions")
PROPOSABLE = {
    "approve": (Action.APPROVE, Scope.SUBJECT),
    "no_action": (Action.NO_ACTION, Scope.SUBJECT),
    "label": (Action.LABEL, Scope.SUBJECT),
    "limit": (Action.LIMIT, Scope.SUBJECT),
    "remove": (Action.REMOVE, Scope.SUBJECT),
    "spam": (Action.SPAM, Scope.CLUSTER),
    **{code: (action, Scope.ACCOUNT) for code, action in choices.MEASURES.items()},
}
_KEPT = 5000


@blueprint.post("/case/<int:number>/second-opinion")
@sessions.at_least(people.WORK)
def ask(number: int) -> Answer:
    """The case leaves one's hands with what one would do, and goes to somebody else."""
    with typed.kept_if_refused(number):
        wanted = _wanted()
    try:
        asked = opinions.ask(services(), frame.account(), number, wanted)
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    typed.forget(number)
    if asked.own_from is not None:
        left = filters.duration(asked.own_from - services().clock.now())
        pages.tell("note", _("You are the only one here: it rests, and you read it afresh in %(time)s.", time=left))
    else:
        pages.tell("in", _("Somebody else reads it now, without knowing what you would do."))
    claim = claiming.take_next(services(), frame.account())
    return redirect(f"/review/case/{claim.case_id}" if claim else "/review")


@blueprint.post("/case/<int:number>/propose")
@sessions.at_least(Role.TRAINEE)
def propose(number: int) -> Answer:
    """Somebody who is learning says what they would do; a reviewer or above decides."""
    with typed.kept_if_refused(number):
        wanted = _wanted()
    try:
        opinions.propose(services(), frame.account(), number, wanted)
    except (ConflictError, RefusedError) as error:
        return acting.conflict(number, error)
    typed.forget(number)
    pages.tell("in", _("Proposed. Whoever decides sees it, and you see what came of it."))
    return redirect(f"/review/case/{number}")


@blueprint.post("/proposals/<int:number>/accept")
@sessions.at_least(people.WORK)
def accept(number: int) -> Answer:
    """Decide as somebody who is learning proposed."""
    done = opinions.accept(services(), frame.account(), number).decision
    pages.tell("in", keymap.undoable(_("Decided as proposed.")))
    return redirect(f"/review/case/{done.case_id}")


@blueprint.post("/proposals/<int:number>/thumb")
@sessions.at_least(people.WORK)
def thumb(number: int) -> Answer:
    """A colleague's word."""
    up = forms.line("thumb", 4)
    if up not in ("up", "down"):
        raise InvalidError(_("Say whether you agree"), code="thumb_missing")
    words = forms.line("words", 500)
    case_id = opinions.thumb(services(), frame.account(), number, up=up == "up", words=words)
    return redirect(f"/review/case/{case_id}#opinions")


def _wanted() -> DecisionRequest:
    chosen = PROPOSABLE.get(forms.line("proposed", 40))
    if chosen is None:
        raise InvalidError(_("Choose what you would do"), code="action_missing")
    action, scope = chosen
    return DecisionRequest(
        action,
        scope,
        rule_id=forms.line("rule_second", 18) or None,
        reason=forms.text("reason_second", _KEPT).strip() if action not in HARMLESS else "",
        note=forms.text("note_second", _KEPT).strip(),
        author_note=forms.text("author_note_second", _KEPT).strip() if action not in HARMLESS else "",
        expires_in=choices.TERMS.get(forms.line("term_second", 4)) if scope is Scope.ACCOUNT else None,
        version=forms.number("version"),
        warning=choices.warning("_second") if action is Action.LABEL else None,
    )
