"""Carrying out steps: verdicts, holds and counters as rows, and the effects that the app enacts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from moderation import warnings
from moderation.authors import records, trust
from moderation.cases.plans import Step
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.holds import states as hold_states
from moderation.holds.tables import HoldState
from moderation.recording import verdicts
from moderation.rows import insert_ids
from moderation.values import Effect, Outcome, RecordedVerdict, SubjectKind, Verb
from moderation.verdicts.tables import VerdictRow


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: the effects, and for each what a reversal needs, as JSON."""

    effects: list[Effect]
    records: list[dict[str, Any]]


def carry_out(
    session: Session,
    steps: Sequence[Step],
    case: CaseRow,
    decision: DecisionRow,
    request: DecisionRequest,
    now: datetime,
) -> Done:
    """Do the steps of a decision."""
    labelled = labelled_before(session, steps)
    warned = dict.fromkeys((step.uri for step in steps), warning_of(case, request))
    numbers = write_verdicts(session, steps, decision.id, now, [request.action.value], warned)
    _move_holds(session, steps, decision.id, now)
    count(session, steps, 1)
    effects = [
        Effect(step.verb, step.uri, decision.id, _verdict(step, number, case.id), params_of(step, case, request))
        for step, number in zip(steps, numbers, strict=True)
    ]
    records = [_record(step, number, labelled) for step, number in zip(steps, numbers, strict=True)]
    return Done(effects, records)


def write_verdicts(
    session: Session,
    steps: Sequence[Step],
    decision_id: int,
    now: datetime,
    reasons: list[str],
    warned: Mapping[str, str],
) -> list[int | None]:
    """A person's superseding verdict for each step that has an outcome; its id, or None. `warned`: what a label puts
    before each subject."""
    judged = [step for step in steps if step.after is not None and step.target is not None]
    latest = verdicts.latest(session, [step.uri for step in judged])
    rows = [
        verdicts.superseding(
            latest.get(step.uri) or _none_before(step),
            step.after or Outcome.APPROVE,
            now,
            reasons=reasons,
            by_person=True,
            decision_id=decision_id,
            label=warnings.label_of(warned.get(step.uri)) if step.after is Outcome.LABEL else None,
            warning=warned.get(step.uri) if step.after is Outcome.LABEL else None,
        )
        for step in judged
    ]
    ids = dict(zip((id(step) for step in judged), insert_ids(session, VerdictRow, rows), strict=True))
    return [ids.get(id(step)) for step in steps]


def warning_of(case: CaseRow, request: DecisionRequest) -> str:
    """What a label puts before a post: what was asked for, else what the case is about."""
    return request.warning or case.label or warnings.GENERAL


def labelled_before(session: Session, steps: Sequence[Step]) -> dict[str, str]:
    """What stands before subjects that are labelled already, so that taking the steps back puts it there again."""
    uris = [step.uri for step in steps if step.target is not None and step.target.now is Outcome.LABEL]
    found = verdicts.latest(session, uris) if uris else {}
    return {uri: row.warning or row.label or warnings.GENERAL for uri, row in found.items()}


def params_of(step: Step, case: CaseRow, request: DecisionRequest) -> dict[str, Any]:
    """What the app needs to know besides the verb."""
    params: dict[str, Any] = {"action": request.action.value, "rule_id": request.rule_id, "reason": request.reason}
    if step.after is Outcome.LABEL:
        params["warning"] = warning_of(case, request)
    if step.target is not None:
        params["kind"] = step.target.kind.value
        params["was_held"] = step.target.hold_id is not None
        params["author_uri"] = step.target.author_uri
    return params


def count(session: Session, steps: Sequence[Step], sign: int) -> None:
    """Add (1) or take back (-1) what a decision means for authors' records."""
    changes: dict[str, Counter[str]] = defaultdict(Counter)
    doubted: set[str] = set()
    for step in steps:
        if step.target is None:
            continue
        author = step.target.author_uri
        if step.verb is Verb.PUBLISH:
            changes[author].update(released=sign, approved=sign)
            doubted |= {author} if sign < 0 else set()
        elif step.verb in (Verb.REMOVE, Verb.WITHDRAW):
            changes[author].update(removed=sign)
            doubted |= {author} if sign > 0 else set()
    found: Mapping[str, Mapping[str, int]] = changes
    records.adjust(session, found)
    trust.forget(session, sorted(doubted))


def _none_before(step: Step) -> VerdictRow:
    kind, author = (step.target.kind, step.target.author_uri) if step.target else (SubjectKind.POST, "")
    return verdicts.without_before(step.uri, kind, author)


def _move_holds(session: Session, steps: Sequence[Step], decision_id: int, now: datetime) -> None:
    held = [step for step in steps if step.target is not None and step.target.hold_id is not None]
    for verb, state in ((Verb.PUBLISH, HoldState.RELEASED), (Verb.REMOVE, HoldState.REFUSED)):
        ids = [step.target.hold_id for step in held if step.verb is verb and step.target and step.target.hold_id]
        hold_states.change(session, ids, state, now, decision_id=decision_id)


def _verdict(step: Step, number: int | None, case_id: int | None) -> RecordedVerdict | None:
    if number is None or step.after is None:
        return None
    return RecordedVerdict(number, step.uri, step.after, case_id)


def _record(step: Step, number: int | None, labelled: Mapping[str, str]) -> dict[str, Any]:
    target = step.target
    return {
        "verb": step.verb.value,
        "uri": step.uri,
        "verdict": number,
        "after": step.after.value if step.after else None,
        "before": target.now.value if target and target.now else None,
        "warned": labelled.get(step.uri),
        "hold": target.hold_id if target else None,
        "kind": target.kind.value if target else None,
        "author": target.author_uri if target else step.uri,
    }
