"""Several cases on one page, each with its whole text: one decision for the ticked ones, one preview, one undo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flask import redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.current import services
from app.instance import rules as instance_rules
from app.reviewing import batch, people
from app.reviewing.batch import Chosen
from app.web import filters, forms, house, pages, sessions
from app.web.review import choices, conflicts, foretelling, frame, keymap, showing, suggesting
from app.web.review.acting import Answer
from moderation.cases import batches, foreseeing, show
from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseSummary, DecisionRequest
from moderation.errors import AuthorDecidedError, BatchError
from moderation.quality import blinding
from moderation.values import Action

blueprint = frame.blueprint("batch")
_ACTIONS = {"keep": Action.NO_ACTION, "label": Action.LABEL, "limit": Action.LIMIT, "remove": Action.REMOVE}
_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Row:
    """A case of the page, and whether it is ticked; `why_not` says what kept it from being decided, `decision` is what
    a colleague decided about its author meanwhile."""

    view: showing.CaseView
    ticked: bool
    why_not: str = ""
    decision: int | None = None


@blueprint.get("/batch")
@sessions.at_least(people.WORK)
def page() -> str:
    """Those that were asked for, ticked; else one author's, or the first of the queue, none of them ticked."""
    asked = _numbers(request.args.getlist("case"))
    author = request.args.get("author", "")[:2048]
    with services().db.read() as session:
        now, me = services().clock.now(), sessions.required().username
        cases = batches.candidates(session, me, now, author_uri=author or None, among=asked)
        return _page(session, cases, [each.id for each in cases] if author else asked)


@blueprint.post("/batch/preview")
@sessions.at_least(people.WORK)
def preview() -> Answer:
    """What it would do, named line by line; nothing changes yet."""
    wanted, chosen = _wanted(), _chosen()
    if wanted is None or not chosen:
        return _again(chosen, _("Tick at least one case, and choose what happens."), status=422)
    try:
        with services().db.read() as session:
            return _preview(session, wanted, chosen)
    except BatchError as error:
        return _again(chosen, failed=error)


@blueprint.post("/batch")
@sessions.at_least(people.WORK)
def do() -> Answer:
    """All of it, in one write that one undo takes back."""
    wanted, chosen = _wanted(), _chosen()
    if wanted is None or not chosen:
        return _again(chosen, _("Tick at least one case, and choose what happens."), status=422)
    try:
        count = len(batch.decide_all(services(), frame.account(), chosen, wanted, _fitted))
    except BatchError as error:
        return _again(chosen, failed=error)
    said = ngettext("%(count)s case decided.", "%(count)s cases decided.", count, count=filters.number(count))
    pages.tell("in", " ".join((said, keymap.undo(), _("All of them come back."))))
    return redirect("/review")


def _preview(session: Session, wanted: DecisionRequest, chosen: Sequence[Chosen]) -> str:
    me, now = sessions.required(), services().clock.now()
    seen = batch.foresee(services(), session, frame.account(), chosen, wanted, _fitted)
    details = [blinding.see(session, each.case_id, me.username, now).detail for each in chosen]
    cases, harmless = [each.case for each in details], wanted.action in HARMLESS
    merged = foreseeing.together(session, seen, cases, harmless)
    local, held = any(each.local for each in cases), all(each.held for each in details)
    return render_template(
        "review/batch-preview.html",
        told=foretelling.foretell_several(merged, wanted, local=local, held=held),
        rule=next((one for one in house.rules(session) if str(one.id) == wanted.rule_id), None),
        cases=cases,
        chosen=chosen,
        typed=request.form,
        asks_text=not harmless,
    )


def _page(session: Session, cases: Sequence[CaseSummary], ticked: Collection[int], **more: object) -> str:
    me, failed = sessions.required(), more.pop("failed", None)
    rows = []
    for case in cases:
        view = showing.load(session, services(), case.id, me.username, me.role)
        if not view.blind:
            rows.append(_row(view, failed if isinstance(failed, BatchError) else None, ticked=case.id in ticked))
    return render_template(
        "review/batch.html",
        rows=rows,
        rules=house.rules(session),
        warnings=choices.warnings(),
        error=more.get("error", ""),
        failed=failed,
        about_author=isinstance(failed, BatchError) and isinstance(failed.cause, AuthorDecidedError),
        typed=more.get("typed", {}),
        most=batches.MOST,
    )


def _row(view: showing.CaseView, failed: BatchError | None, *, ticked: bool) -> Row:
    """News about its author leave it ticked: whoever has read them may mean it still."""
    if failed is None or failed.case_id != view.detail.case.id:
        return Row(view, ticked)
    why_not = conflicts.words(failed.cause)
    if isinstance(failed.cause, AuthorDecidedError):
        return Row(view, ticked, why_not, failed.cause.decision)
    return Row(view, ticked=False, why_not=why_not)


def _again(chosen: Sequence[Chosen], error: str = "", *, failed: BatchError | None = None, status: int = 409) -> Answer:
    """The page once more, with what was ticked and typed; what couldn't be decided is unticked, and says why."""
    numbers = [each.case_id for each in chosen]
    with services().db.read() as session:
        cases = batches.candidates(session, sessions.required().username, services().clock.now(), among=numbers)
        page = _page(session, cases, numbers, error=error, failed=failed, typed=request.form)
    return page, status


def _chosen() -> list[Chosen]:
    """The ticked ones, each with the version that was read."""
    found = []
    for number in _numbers(request.form.getlist("case")):
        found.append(Chosen(number, forms.number(f"version_{number}"), forms.number(f"author_{number}")))
    return found


def _numbers(given: Sequence[str]) -> list[int]:
    """At most so many as a page shows, each once."""
    found = (forms.as_number(each) for each in given)
    return list(dict.fromkeys(each for each in found if each is not None))[: batches.MOST]


def _wanted() -> DecisionRequest | None:
    """What the form asks for; None where nothing was chosen."""
    action = _ACTIONS.get(forms.line("action", 40))
    if action is None:
        return None
    return DecisionRequest(
        action=action,
        rule_id=(forms.line("rule", 18) or None) if action not in HARMLESS else None,
        reason=forms.text("reason", _LONGEST).strip(),
        note=forms.text("note", _LONGEST).strip(),
        author_note=forms.text("author_note", _LONGEST).strip() if action not in HARMLESS else "",
        warning=choices.warning() if action is Action.LABEL else None,
    )


def _fitted(session: Session, case: CaseRow, wanted: DecisionRequest) -> DecisionRequest:
    """For one case: keeping lets in what waits and leaves alone what is shown; authors read it in their language."""
    if wanted.action in HARMLESS:
        detail = show.case(session, case.id, services().clock.now())
        return replace(wanted, action=Action(suggesting.keep_action(detail)))
    if wanted.reason:
        return wanted
    language = showing.language_of(session, case.author_uri)
    return replace(wanted, reason=_reason(session, wanted.rule_id, language))


def _reason(session: Session, rule_id: str | None, language: str) -> str:
    for number, row in enumerate(instance_rules.rules(session), start=1):
        if str(row.id) == rule_id:
            return suggesting.reason(instance_rules.text_in(row, language), number, language)
    return suggesting.reason_without_rule(language)
