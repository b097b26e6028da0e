"""Taking decisions back: an event too, with the inverse of everything that was done and still stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation import turns
from moderation.appeals import closing
from moderation.cases import carrying, clusters, opening, parts, plans, states, telling
from moderation.cases.in_force import ORIGINAL, STANDS, in_force, last_own
from moderation.cases.plans import Step, Target
from moderation.cases.reading import decision_of
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Decided
from moderation.domains import editing
from moderation.domains.tables import DomainRuleRow
from moderation.errors import AlreadyReversedError, NotFoundError, RefusedError
from moderation.holds import states as hold_states
from moderation.holds.tables import HoldRow, HoldState
from moderation.links import keeping as link_rules
from moderation.listed import bank
from moderation.log import chain as log
from moderation.recording import verdicts
from moderation.values import (
    PUBLISHABLE,
    CaseOrigin,
    CaseState,
    Effect,
    Outcome,
    RecordedVerdict,
    SubjectKind,
    Verb,
)
from moderation.verdicts.tables import VerdictRow

UNDO_WINDOW: Final = timedelta(minutes=10)
MORE_TIME: Final = timedelta(hours=4)
"""What is held again because a decision was taken back waits at least this long."""


def reverse(
    session: Session,
    decision_id: int,
    reason: str,
    by: str,
    now: datetime,
    *,
    reopen: bool = True,
    alone: bool = True,
) -> Decided:
    """Take a decision back, with what was done along with it. Its cases are open again, unless `reopen` is False, as
    for one whose term is over: then what was done along with it stays, too. A part may go `alone`: its author is told.

    Raises NotFoundError, AlreadyReversedError, RefusedError (for a reversal: decide anew instead).
    """
    turns.take(session)
    row = session.get(DecisionRow, decision_id)
    if row is None:
        raise NotFoundError("there is no such decision")
    if row.reverses_id is not None:
        raise RefusedError("this is a reversal: decide the case anew instead")
    reversal = _write(session, row, reason, by, now)
    said = {"decision": row.id, "action": row.action.value, "made_by": row.made_by}
    log.append(session, by, "reversed", row.uri, said, now)
    bank.take_back(session, row.id)
    effects = _parts_back(session, row, reason, by, now) if reopen else []
    effects += _carry_back(session, row, reversal.id, reversal.reason, now)
    effects += _rules(session, row, reversal, by, now)
    if reopen:  # what its term ends is itself: the rules have their own
        link_rules.end_with(session, row.id, now)
    for record in row.effects:
        if "cluster" in record:
            clusters.take_back(session, record, now)
    if row.part_of_id is None or alone:
        effects += _tell(session, row, reversal)
    if reopen:
        effects += _reopen(session, row, by, now)
        closing.taken_back(session, row.id, by, now)
    return Decided(decision_of(reversal), tuple(effects))


def take_back_for(session: Session, row: DecisionRow, author: str, now: datetime) -> list[Effect]:
    """Of a decision about several people, take back what it did to one. The decision stands for the others."""
    rows = [*parts.in_force(session, row.id), row]
    return [effect for each in rows for effect in _carry_back(session, each, each.id, "", now, author)]


def _parts_back(session: Session, row: DecisionRow, reason: str, by: str, now: datetime) -> list[Effect]:
    """What was done along with a decision, undone first."""
    found = parts.in_force(session, row.id)
    return [effect for each in found for effect in reverse(session, each.id, reason, by, now, alone=False).effects]


def undo_last(session: Session, by: str, now: datetime) -> Decided:
    """Take back one's own last decision of the last ten minutes. Raises NotFoundError where there is none."""
    last = last_own(session, by, now - UNDO_WINDOW)
    if last is None:
        raise NotFoundError("nothing of yours can be undone any more; a decision can still be reversed")
    return (
        reverse(session, last.id, "undone", by, now)
        if last.batch_id is None
        else _undo_batch(session, last.batch_id, by, now)
    )


def _undo_batch(session: Session, batch_id: int, by: str, now: datetime) -> Decided:
    """All of a batch that still stands, the last first."""
    own = select(DecisionRow.id).where(DecisionRow.batch_id == batch_id, ORIGINAL)
    standing = own.where(STANDS)
    numbers = session.scalars(standing.order_by(DecisionRow.id.desc())).all()
    undone = [reverse(session, each, "undone", by, now) for each in numbers]
    return Decided(undone[-1].decision, tuple(effect for each in undone for effect in each.effects))


def expire_due(session: Session, now: datetime, limit: int = 100) -> list[Effect]:
    """Take back the decisions whose term is over, at most `limit`; their cases stay decided."""
    turns.take(session)
    statement = (
        select(DecisionRow.id)
        .where(DecisionRow.ends_at <= now, ORIGINAL)
        .where(STANDS)
        .order_by(DecisionRow.ends_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    effects: list[Effect] = []
    for number in list(session.scalars(statement)):
        effects += reverse(session, number, "its term is over", "policy", now, reopen=False).effects
    return effects


def _write(session: Session, row: DecisionRow, reason: str, by: str, now: datetime) -> DecisionRow:
    reversal = DecisionRow(
        case_id=row.case_id,
        uri=row.uri,
        author_uri=row.author_uri,
        domain=row.domain,
        action=row.action,
        scope=row.scope,
        rule_id=row.rule_id,
        reason=reason[:5000],
        note="",
        made_by=by,
        made_at=now,
        strike=False,
        effects=[],
        reverses_id=row.id,
        part_of_id=row.part_of_id,
    )
    try:
        with session.begin_nested():
            session.add(reversal)
    except IntegrityError as error:
        raise AlreadyReversedError("this decision has been taken back already") from error
    return reversal


def _carry_back(
    session: Session, row: DecisionRow, decision_id: int, reason: str, now: datetime, author: str | None = None
) -> list[Effect]:
    steps, holds = _inverse(session, row, author)
    warned = {each["uri"]: each["warned"] for each in row.effects if each.get("warned")}
    numbers = carrying.write_verdicts(session, steps, decision_id, now, ["reversed"], warned)
    _hold_again(session, holds, now)
    carrying.count(session, _original(row, steps), -1)
    return [
        _effect(row, decision_id, reason, step, number, warned) for step, number in zip(steps, numbers, strict=True)
    ]


def _inverse(session: Session, row: DecisionRow, author: str | None) -> tuple[list[Step], dict[int, str]]:
    """The steps back of what still stands, and the holds that are open again. Later words on a subject win, but for
    its author's: an edit leaves what a person said of it standing, so that can be taken back still.
    """
    records = [each for each in row.effects if "verb" in each and author in (None, each["author"])]
    uris = [each["uri"] for each in records if each["verdict"]]
    latest, words = verdicts.latest(session, uris), verdicts.latest_words(session, uris)
    gone = _deleted(session, records)
    steps: list[Step] = []
    holds: dict[int, str] = {}
    for each in reversed(records):
        verb = Verb(each["verb"])
        if each["verdict"] is None:
            steps += [Step(plans.INVERSE[verb], each["uri"])] if _is_only(session, row, verb, each["uri"]) else []
        elif _stands(each, latest, words) and each["hold"] not in gone:
            steps.append(_step_back(each, verb, latest[each["uri"]]))
            if each["hold"] is not None:
                holds[each["hold"]] = each["uri"]
    return steps, holds


def _stands(record: Mapping[str, Any], latest: Mapping[str, VerdictRow], words: Mapping[str, VerdictRow]) -> bool:
    newest, word = latest.get(record["uri"]), words.get(record["uri"])
    if newest is None or word is None or word.id != record["verdict"]:
        return False
    return newest.id == word.id or newest.kind is SubjectKind.EDIT


def _step_back(record: Mapping[str, Any], verb: Verb, newest: VerdictRow) -> Step:
    before = Outcome(record["before"]) if record["before"] else Outcome.APPROVE
    if newest.id != record["verdict"] and before in PUBLISHABLE and newest.outcome in PUBLISHABLE:
        before = newest.outcome  # edited since: what was said of it as it is now
    if record["hold"] is not None:
        after = Outcome.HOLD
    elif verb in (Verb.REMOVE, Verb.WITHDRAW) and before not in PUBLISHABLE:
        after = Outcome.APPROVE
    else:
        after = before
    target = Target(record["uri"], SubjectKind(record["kind"]), record["author"], None, record["hold"])
    return Step(plans.INVERSE[verb], record["uri"], after, target)


def _deleted(session: Session, records: Sequence[Mapping[str, Any]]) -> set[int]:
    """Holds whose subject its author has deleted since, or that are open again already."""
    ids = [each["hold"] for each in records if each["hold"] is not None]
    open_uris = select(HoldRow.uri).where(HoldRow.state == HoldState.HELD)
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        dead = HoldRow.state.in_((HoldState.DELETED, HoldState.HELD)) | HoldRow.uri.in_(open_uris)
        found.update(session.scalars(select(HoldRow.id).where(HoldRow.id.in_(part), dead)))
    return found


def _is_only(session: Session, row: DecisionRow, verb: Verb, author: str) -> bool:
    """Whether no other decision in force asks for the same state of an account."""
    if verb is Verb.WARN:
        return False
    if verb not in plans.STATES:
        return True
    return set(in_force(session, author, verb)) <= {row.id}


def _hold_again(session: Session, holds: Mapping[int, str], now: datetime) -> None:
    hold_states.change(session, holds, HoldState.HELD, now, decision_id=None)
    for start in range(0, len(holds), 500):
        part = list(holds)[start : start + 500]
        statement = select(HoldRow).where(HoldRow.id.in_(part)).execution_options(populate_existing=True)
        for hold in session.scalars(statement):
            if hold.due_at is not None:
                hold.due_at = max(hold.due_at, now + MORE_TIME)
    session.flush()


def _original(row: DecisionRow, steps: Sequence[Step]) -> list[Step]:
    """The steps that these take back."""
    back = {inverse: verb for verb, inverse in plans.INVERSE.items() if verb in (Verb.PUBLISH, Verb.REMOVE)}
    return [Step(back[step.verb], step.uri, step.after, step.target) for step in steps if step.verb in back]


def _effect(
    row: DecisionRow, decision_id: int, reason: str, step: Step, number: int | None, warned: Mapping[str, str]
) -> Effect:
    verdict = None
    if number is not None and step.after is not None:
        verdict = RecordedVerdict(number, step.uri, step.after, row.case_id)
    params: dict[str, Any] = {"action": row.action.value, "reverses": row.id, "reason": reason}
    if step.target is not None:
        params |= {"kind": step.target.kind.value, "author_uri": step.target.author_uri}
        params["was_held"] = step.target.hold_id is not None
    if step.after is Outcome.LABEL:
        params["warning"] = warned.get(step.uri)
    return Effect(step.verb, step.uri, decision_id, verdict, params)


def _rules(session: Session, row: DecisionRow, reversal: DecisionRow, by: str, now: datetime) -> list[Effect]:
    """Domain rules as they were, unless somebody changed them since."""
    effects: list[Effect] = []
    for record in row.effects:
        if "rule" not in record:
            continue
        domain, before = record["rule"], record["before"]
        rule = session.get(DomainRuleRow, domain, populate_existing=True)
        if rule is None or rule.decision_id != row.id:
            continue
        if before is None:
            effects += editing.lift_rule(session, domain, by, now, decision_id=reversal.id).effects
        else:
            draft = editing.from_json(domain, before, now)
            effects += editing.set_draft(session, draft, by, now, reversal.id).effects
    return effects


def _tell(session: Session, row: DecisionRow, reversal: DecisionRow) -> list[Effect]:
    case = session.get(CaseRow, row.case_id) if row.case_id is not None else None
    if case is None:
        return []
    reached = {each["author"]: each["uri"] for each in reversed(row.effects) if each.get("author")}
    return telling.authors(case, reversal, telling.of_members(session, case, reached), reverses=row.id)


def _reopen(session: Session, row: DecisionRow, by: str, now: datetime) -> list[Effect]:
    effects: list[Effect] = []
    ids = list(session.scalars(select(DecisionCaseRow.case_id).where(DecisionCaseRow.decision_id == row.id)))
    telling.reopen_reports(session, ids, row.made_at)
    for case_id in ids:
        case = session.get_one(CaseRow, case_id, populate_existing=True)
        if case.state is not CaseState.DECIDED:
            continue
        values = {"decided_at": None, "decided_by": None, "changed_by": by, "changed_what": "reversed"}
        states.change(session, case_id, CaseState.OPEN, now, version=CaseRow.version + 1, **values)
        opening.note(session, case_id, "reversed", by, now, {"decision": row.id})
        if case.origin in (CaseOrigin.HOLD, CaseOrigin.RETRY, CaseOrigin.WAVE) and _is_over(session, case_id):
            states.change(session, case_id, CaseState.CLOSED, now, changed_by=by)
        if case.origin is CaseOrigin.APPEAL:
            effects += closing.reopened(session, case_id)
    return effects


def _is_over(session: Session, case_id: int) -> bool:
    """Whether everything that a case held was deleted by its authors meanwhile."""
    held = select(HoldRow.state).where(HoldRow.case_id == case_id).distinct()
    found = set(session.scalars(held))
    return bool(found) and found == {HoldState.DELETED}
