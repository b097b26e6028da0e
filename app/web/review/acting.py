"""What a moderator's buttons and keys do: claim, decide, escalate, undo; each leads on to the next case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from flask import Response, jsonify, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from app.current import services
from app.errors import ForbiddenError, InvalidError
from app.reviewing import claiming, decide, members, opinions, people, trusting
from app.web import filters, forms, pages, sessions
from app.web.review import choices, chosen_queue, colleagues, conflicts, desk, frame, keymap, typed, words
from app.workforce import undertaking
from moderation.cases.values import Claim, DecisionRequest
from moderation.errors import ConflictError, HoursOverError, ModerationError, RefusedError, StaleError
from moderation.values import Action, Scope

blueprint = frame.blueprint("acting")
Answer = str | tuple[str, int] | Response | Redirect
_ALIKE = {"spam": Action.SPAM, "approve_all": Action.APPROVE, "suspend_all": Action.SUSPEND}
_PLAIN = {
    "approve": Action.APPROVE,
    "no_action": Action.NO_ACTION,
    "label": Action.LABEL,
    "limit": Action.LIMIT,
    "remove": Action.REMOVE,
}
_KEPT = 5000


@blueprint.post("/next")
@sessions.at_least(people.WORK)
def take_next() -> Answer:
    """Give back what one holds, and claim the first case that nobody works on."""
    account, left, chosen = frame.account(), forms.number("leave"), chosen_queue.number()
    if left is not None and "version" in request.form:  # with what stands in the case's form
        typed.keep(left)
    try:
        if left is not None:
            claim = claiming.take_after(services(), account, left, chosen)
        else:
            claim = claiming.take_next(services(), account, among=chosen)
    except HoursOverError:
        return redirect("/review/my-time")
    except ForbiddenError as error:
        if error.code != undertaking.OWED:
            raise
        return redirect("/review/undertaking")
    if claim is not None:
        return redirect(f"/review/case/{claim.case_id}")
    pages.tell("note", chosen_queue.nothing())
    return redirect("/review/start")


@blueprint.post("/case/<int:number>/claim")
@sessions.at_least(people.WORK)
def claim(number: int) -> Answer:
    """Take a case, or keep it for another five minutes; a script asks for JSON."""
    scripted = request.accept_mimetypes.best == "application/json"
    try:
        taken = claiming.take(services(), frame.account(), number)
    except ConflictError as error:
        return (jsonify(error=conflicts.words(error)), 409) if scripted else conflict(number, error)  # type: ignore[return-value]
    if not scripted:
        return redirect(f"/review/case/{number}")
    seconds = round((taken.until - services().clock.now()).total_seconds())
    return jsonify(seconds=seconds, words=_("Nobody but you has it"))


@blueprint.post("/case/<int:number>/release")
@sessions.at_least(people.WORK)
def release(number: int) -> Answer:
    """Give a case back."""
    if "version" in request.form:
        typed.keep(number)
    claiming.release(services(), frame.account(), number)
    pages.tell("note", _("Given back; it waits for anybody."))
    return redirect("/review/start")


@blueprint.post("/case/<int:number>/escalate")
@sessions.at_least(people.WORK)
def escalate(number: int) -> Answer:
    """Hand it to those who decide the hard ones."""
    name = "note_escalate" if forms.text("note_escalate", 2000) else "note"
    note = forms.text(name, 2000)
    typed.keep(number, without=(name,))
    return _try(number, partial(claiming.escalate, services(), frame.account(), number, note), _("Escalated."))


@blueprint.post("/case/<int:number>/assign")
@sessions.at_least(people.WORK)
def assign(number: int) -> Answer:
    """Give it to a colleague, or to everybody."""
    to = colleagues.by_number(forms.line("to_number", 20)) or forms.line("to", 255).removeprefix("@") or None
    claiming.assign(services(), frame.account(), number, to)
    pages.tell(
        "note",
        _("Assigned to %(name)s.", name=colleagues.shown(to)) if to else _("Assigned to nobody: it is everybody’s."),
    )
    return redirect(f"/review/case/{number}")


@blueprint.post("/case/<int:number>/decide")
@sessions.at_least(people.WORK)
def decided(number: int) -> Answer:
    """A decision, its effects, and on to the next case."""
    with typed.kept_if_refused(number):
        wanted = _wanted(number)
    try:
        given = opinions.answer(services(), frame.account(), number, wanted)
    except (ConflictError, RefusedError) as error:
        return conflict(number, error)
    typed.forget(number)
    if given.practice is not None:
        return redirect(f"/review/golden/{given.practice}")
    done = keymap.undoable(_("Done: %(what)s.", what=words.action(wanted.action)))
    return go_on(words.answered(given.what) or done, reached=len(wanted.members or ()))


@blueprint.post("/undo")
@sessions.at_least(people.WORK)
def undo() -> Answer:
    """Take back one's last decision of the last ten minutes."""
    done = decide.undo_last(services(), frame.account()).decision
    pages.tell("note", _("Undone. The case is open again."))
    return redirect(f"/review/case/{done.case_id}" if done.case_id else "/review")


@blueprint.post("/decisions/<int:number>/trust")
@sessions.at_least(people.PEOPLE)
def trust(number: int) -> Answer:
    """For thirty days the text model says nothing of this label about this author; back to where one was."""
    until = trusting.give(services(), frame.account(), number)
    pages.tell(
        "in", _("Trusted until %(day)s. It ends at once if something of theirs is taken away.", day=filters.day(until))
    )
    case = forms.number("case")
    return redirect("/review" if case is None else f"/review/case/{case}")


@blueprint.post("/trust/withdraw")
@sessions.at_least(people.PEOPLE)
def distrust() -> Answer:
    """Trust somebody no longer."""
    trusting.withdraw(services(), frame.account(), forms.line("author", 2048), forms.line("label", 40))
    pages.tell("note", _("Trusted no longer."))
    case = forms.number("case")
    return redirect("/review" if case is None else f"/review/case/{case}")


@blueprint.post("/decisions/<int:number>/reverse")
@sessions.at_least(people.WORK)
def reverse(number: int) -> Answer:
    """Take back any decision, with a reason."""
    reason = forms.line("reason", 2000)
    if not reason:
        raise InvalidError(_("Say why: it stands in the history, and the author may read it."), code="reason_missing")
    done = decide.reverse(services(), frame.account(), number, reason).decision
    pages.tell("note", _("Taken back. The case is open again."))
    return redirect(f"/review/case/{done.case_id}" if done.case_id else "/review/decided")


def _try(number: int, doing: Callable[[], object], said: str, *, reached: int = 0) -> Answer:
    try:
        doing()
    except (ConflictError, RefusedError) as error:
        return conflict(number, error)
    return go_on(said, reached=reached)


def go_on(said: str, *, reached: int = 0) -> Answer:
    """Say what was done, and go on with the next case."""
    pages.tell("in", Markup("{} {}.").format(said, words.posts(reached)) if reached > 1 else said)
    try:
        claim = _next() if not forms.ticked("stay") else None
    except HoursOverError:
        return redirect("/review/my-time")
    return redirect(f"/review/case/{claim.case_id}" if claim else "/review")


def _next() -> Claim | None:
    return claiming.take_next(services(), frame.account(), among=chosen_queue.number())


def conflict(number: int, error: ModerationError) -> tuple[str, int]:
    """The case as it is now, who was faster, and everything that was typed."""
    typed = {name: value[:_KEPT] for name, value in request.form.items() if name != "csrf_token"}
    with services().db.read() as session:
        what = error.what if isinstance(error, StaleError) else ""
        page = desk.show(session, number, conflict=conflicts.words(error), what=what, typed=typed)
    return page, error.status


def _wanted(number: int) -> DecisionRequest:
    """What the form asks for. Fields that belong to one panel end with its name."""
    asked = forms.line("action", 40)
    if asked in _ALIKE:
        action = Action.SUSPEND if asked == "spam" and forms.ticked("suspend_too") else _ALIKE[asked]
        return _request(action, asked, Scope.CLUSTER, chosen=ticked_members(number))
    if asked == "account":
        measure = choices.MEASURES.get(forms.line("measure", 40))
        if measure is None:
            raise InvalidError(_("Choose what happens to the account"), code="measure_missing")
        return _request(measure, asked, Scope.ACCOUNT)
    if asked == "ignore":
        left = Action.APPROVE if forms.line("keep", 20) == Action.APPROVE.value else Action.NO_ACTION
        wanted = _request(left, asked, Scope.SUBJECT, chosen=ticked_members(number))
        return replace(wanted, ignores_reports=True)
    if asked not in _PLAIN:
        raise InvalidError(_("Choose what happens"), code="action_missing")
    # one of a wave is decided by itself, the posts of one report together
    chosen = (forms.line("subject", 2048),) if forms.ticked("wave") else ticked_members(number)
    return _request(_PLAIN[asked], asked, Scope.SUBJECT, chosen=chosen)


def _request(action: Action, panel: str, scope: Scope, *, chosen: tuple[str, ...] | None = None) -> DecisionRequest:
    return DecisionRequest(
        action=action,
        scope=scope,
        rule_id=forms.line(f"rule_{panel}", 18) or None,
        reason=forms.text(f"reason_{panel}", _KEPT).strip(),
        note=forms.text("note", _KEPT).strip(),
        expires_in=choices.TERMS.get(forms.line("term", 4)) if scope is Scope.ACCOUNT else None,
        version=forms.number("version"),
        author_decision=author_decision(),
        warning=choices.warning() if action is Action.LABEL else None,
        members=chosen,
        answer=forms.text("answer", _KEPT).strip(),
        author_note=forms.text(f"author_note_{panel}", _KEPT).strip(),
    )


def author_decision() -> int | None:
    """The newest decision about the author that stood on the page."""
    return forms.number("author_decision")


def ticked_members(number: int) -> tuple[str, ...] | None:
    """All, but what was shown and unticked, or stands out and wasn't ticked; a wave may have more than a page shows."""
    shown, chosen = request.form.getlist("shown"), request.form.getlist("member")
    if not shown:
        return None
    with services().db.read() as session:
        return members.ticked(
            session,
            number,
            shown,
            chosen,
            services().clock.now(),
            all_that_stand_out=forms.ticked("all_that_stand_out"),
        )
