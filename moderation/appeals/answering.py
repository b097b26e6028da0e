"""Answering appeals: uphold, overturn, vary. What was decided first is taken back by the same machinery as ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import turns
from moderation.appeals.contesting import authors_of
from moderation.appeals.reading import appeal_of, find_by_case
from moderation.appeals.tables import AppealOutcome, AppealRow, Party
from moderation.appeals.talking import told
from moderation.appeals.values import Answer, Answered
from moderation.cases import claims, decisions, exclusions, reversals, states, writing
from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ConflictError, NotFoundError, RefusedError, StaleError
from moderation.evidence.snapshots import clean
from moderation.holds.tables import HoldRow, HoldState
from moderation.rows import insert_many
from moderation.values import Action, Effect, Verb

REPLY_LONGEST: Final = 4000


def answer(session: Session, case_id: int, given: Answer, by: str, now: datetime) -> Answered:
    """Answer the appeal that a case is about. The caller enacts the effects in the same transaction.

    An overturned decision is taken back with all that it did (strike, record, reporters' and rules' figures follow),
    and its case is decided anew: left alone or let in, or as `instead` says. Raises NotFoundError, ExcludedError,
    ClaimedError, StaleError, RefusedError.
    """
    turns.take(session)
    row = find_by_case(session, case_id)
    if row is None:
        raise NotFoundError("there is no such appeal")
    exclusions.require(session, case_id, by, now)
    if row.outcome is not None:
        raise claims.stale(session.get_one(CaseRow, case_id))
    reply = _require(row, given)
    first = session.get_one(DecisionRow, row.decision_id)
    row.outcome, row.reply, row.closed_by, row.closed_at = given.outcome, reply, by, now
    session.flush()
    if given.outcome is AppealOutcome.UPHOLD:
        row.answer_id, effects = _uphold(session, row, given, by, now)
    elif row.by is Party.AUTHOR and (first.case_id is None or len(authors_of(first)) > 1):
        row.answer_id, effects = _for_one_of_many(session, row, first, given, by, now)
    else:
        row.answer_id, effects = _anew(session, row, first, given, by, now)
    session.flush()
    return Answered(appeal_of(row), (*_without_doubles(effects, row), told(row, "answered")))


def _require(row: AppealRow, given: Answer) -> str:
    reply = clean(given.reply.strip(), REPLY_LONGEST + 1)
    if not reply:
        raise RefusedError("an appeal is answered with reasons")
    if len(reply) > REPLY_LONGEST:
        raise RefusedError(f"a reply has at most {REPLY_LONGEST} characters")
    wants = given.outcome is AppealOutcome.VARY or (
        given.outcome is AppealOutcome.OVERTURN and row.by is Party.REPORTER
    )
    if given.outcome is AppealOutcome.TAKEN_BACK or (row.by is Party.REPORTER and given.outcome is AppealOutcome.VARY):
        raise RefusedError("an appeal is upheld, overturned or varied")
    if wants and (given.instead is None or given.instead.action in HARMLESS):
        raise RefusedError("say what is decided instead")
    return reply


def _uphold(session: Session, row: AppealRow, given: Answer, by: str, now: datetime) -> tuple[int, list[Effect]]:
    """What was decided first stays. The answer is an event, too, so that it can be undone."""
    request = DecisionRequest(Action.NO_ACTION, reason=row.reply, note="appeal", version=given.version)
    case = decisions.win(session, row.case_id, request, by, now)
    decision = writing.write(session, case, request, by, now)
    insert_many(session, DecisionCaseRow, [{"decision_id": decision.id, "case_id": case.id}])
    return decision.id, []


def _anew(
    session: Session, row: AppealRow, first: DecisionRow, given: Answer, by: str, now: datetime
) -> tuple[int | None, list[Effect]]:
    """Take the whole decision back, and decide its case anew."""
    decisions.win(session, row.case_id, DecisionRequest(Action.NO_ACTION, version=given.version), by, now)
    effects: list[Effect] = []
    if session.scalar(select(DecisionRow.id).where(DecisionRow.reverses_id == first.id)) is None:
        effects += reversals.reverse(session, first.id, row.reply, by, now).effects
    case = session.get(CaseRow, first.case_id, populate_existing=True) if first.case_id is not None else None
    if case is None or case.state not in states.UNDECIDED:
        if given.instead is not None:
            raise RefusedError("what it was about is gone: there is nothing to decide anew")
        return None, effects
    request = given.instead or _leave(session, case, row)
    try:
        done = decisions.decide(session, case.id, request, by, now)
    except StaleError as error:
        raise ConflictError(error.safe) from error
    return done.decision.id, [*effects, *done.effects]


def _for_one_of_many(
    session: Session, row: AppealRow, first: DecisionRow, given: Answer, by: str, now: datetime
) -> tuple[int, list[Effect]]:
    """Of a decision about several people only what concerns this one: the rest of a wave stays cleared. What a machine
    decided has no case but the appeal's, which is decided in its place."""
    case = session.get_one(CaseRow, row.case_id)
    request = given.instead or DecisionRequest(Action.APPROVE, reason=row.reply, note="appeal", version=given.version)
    back = reversals.take_back_for(session, first, row.uri, now)
    done = decisions.decide(session, case.id, request, by, now, answers=True)
    return done.decision.id, [*back, *done.effects]


def _leave(session: Session, case: CaseRow, row: AppealRow) -> DecisionRequest:
    """Let in what waits (again), leave alone what is shown (again)."""
    held = select(HoldRow.id).where(HoldRow.uri == case.uri, HoldRow.state == HoldState.HELD)
    action = Action.APPROVE if session.scalar(held) is not None else Action.NO_ACTION
    return DecisionRequest(action, reason=row.reply, note="appeal")


def _without_doubles(effects: Iterable[Effect], row: AppealRow) -> list[Effect]:
    """The answer to the appeal says it to who contests: without notices that would say parts of it again."""
    return [each for each in effects if not _says_it_again(each, row)]


def _says_it_again(effect: Effect, row: AppealRow) -> bool:
    if effect.verb is Verb.NOTIFY_REPORTER:
        return row.by is Party.REPORTER and effect.uri == row.uri
    taken_back = effect.verb is Verb.NOTIFY_AUTHOR and effect.params.get("reverses") is not None
    return taken_back and effect.params.get("author_uri") == row.uri
