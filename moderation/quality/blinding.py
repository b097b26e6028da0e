"""What somebody sees of a case before they have answered it, where others' opinions would colour theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import show, states
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.cases.values import AuthorShown, CaseDetail, CaseSummary
from moderation.errors import ExcludedError
from moderation.quality.tables import (
    ProposalKind,
    ProposalRow,
    ProposalState,
    ReviewRow,
    StagedKind,
    StagedRow,
)
from moderation.rows import slices
from moderation.values import CaseOrigin, CaseState

FACTS: Final = frozenset(("opened_report", "reported", "author_waits"))
"""Why it is here, as far as that says nothing of what anybody thinks of it."""
UNREAD: Final = "unread"
"""Why somebody is kept out of a decided case until they have given their own answer."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as one reader may see it, and whether they read it blind."""

    detail: CaseDetail
    blind: bool
    staged: bool


def see(session: Session, case_id: int, reader: str, now: datetime) -> Seen:
    """A case for a reader: blind while they owe a second opinion or an answer to a sample. Raises NotFoundError, and
    ExcludedError for a decided one whose subject they are to answer about blind.
    """
    detail = show.case(session, case_id, now)
    if gives_away(session, [detail.case], reader):
        raise ExcludedError(UNREAD)
    staged = session.get(StagedRow, case_id)
    if staged is not None:
        detail = _real(session, detail, staged, now)
    if detail.case.state not in states.UNDECIDED or not is_blind(session, detail.case, reader):
        return Seen(detail, False, staged is not None)
    return Seen(_blinded(detail, reader), True, staged is not None)


def is_blind(session: Session, case: CaseSummary, reader: str) -> bool:
    """Whether this reader sees the undecided case blind: every sample is; a case with a second opinion open, for all
    but who asked for it."""
    if case.origin is CaseOrigin.AUDIT:
        return True
    return bool(_asked(session, [case.id], reader))


def summaries(session: Session, cases: Sequence[CaseSummary], reader: str) -> tuple[CaseSummary, ...]:
    """Cases as a list shows them to a reader: no label where they are to be read blind, no name where one is staged,
    and none that would give away what was decided of what they are to answer about blind."""
    asked, told = _asked(session, [each.id for each in cases], reader), gives_away(session, cases, reader)
    return tuple(
        _plain(each) if each.id in asked or each.origin is CaseOrigin.AUDIT else each
        for each in cases
        if each.id not in told
    )


def gives_away(session: Session, cases: Sequence[CaseSummary], reader: str) -> set[int]:
    """The numbers of the decided ones among these whose subject the reader is to answer about blind."""
    decided = [each for each in cases if each.state not in states.UNDECIDED]
    hidden = unread(session, [each.uri for each in decided], reader) if decided else set()
    return {each.id for each in decided if each.uri in hidden}


def hides_history(session: Session, uri: str, reader: str) -> bool:
    """Whether a subject's history would tell a reader what they are to say blind."""
    return uri in unread(session, [uri], reader)


def unread(session: Session, uris: Iterable[str], reader: str) -> set[str]:
    """Those of these subjects that the reader is to answer about blind: what was decided of them isn't for them yet."""
    found: set[str] = set()
    for part in slices(set(uris)):
        staged = (
            select(StagedRow.subject_uri)
            .join(CaseRow, CaseRow.id == StagedRow.case_id)
            .where(StagedRow.subject_uri.in_(part))
            .where(CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_by == reader)
        )
        sample = select(CaseRow.uri).where(
            CaseRow.uri.in_(part), CaseRow.origin == CaseOrigin.AUDIT, CaseRow.state.in_(states.UNDECIDED)
        )
        cases = select(CaseSubjectRow.case_id, CaseSubjectRow.uri).where(CaseSubjectRow.uri.in_(part))
        of_case = [(case_id, uri) for case_id, uri in session.execute(cases)]
        asked = _asked(session, [case_id for case_id, _ in of_case], reader)
        found |= {uri for case_id, uri in of_case if case_id in asked}
        found |= {*session.scalars(staged), *session.scalars(sample)}
    return found


def _asked(session: Session, case_ids: Sequence[int], reader: str) -> set[int]:
    found: set[int] = set()
    for part in slices(case_ids):
        statement = select(ProposalRow.case_id).where(
            ProposalRow.case_id.in_(part),
            ProposalRow.kind == ProposalKind.SECOND,
            ProposalRow.state == ProposalState.WAITING,
            (ProposalRow.by != reader) | ProposalRow.own_from.is_not(None),
        )
        found.update(session.scalars(statement))
    return found


def _plain(case: CaseSummary) -> CaseSummary:
    mine = case.assigned_to if case.origin is not CaseOrigin.AUDIT else None
    return replace(case, label=None, reasons=(), priority_parts={}, priority="low", assigned_to=mine)


def _blinded(detail: CaseDetail, reader: str) -> CaseDetail:
    """Nothing that a machine or a person thought of it: findings, verdict, events, decisions, others' notes."""
    return replace(
        detail,
        case=replace(_plain(detail.case), escalated_by=None),
        why=tuple(code for code in detail.why if code in FACTS),
        verdict=None,
        findings=(),
        read_again=None,
        history=(),
        decisions=(),
        reports=tuple(replace(each, reporter_accuracy=None) for each in detail.reports),
        escalation_note="",
        author_decision=None,
        notes=tuple(each for each in detail.notes if each.by == reader),
    )


def _real(session: Session, detail: CaseDetail, staged: StagedRow, now: datetime) -> CaseDetail:
    """A staged case under its subject's own name, its author's record as it was without the decision."""
    case = replace(detail.case, uri=staged.subject_uri, author_uri=staged.author_uri)
    author = show.author(session, staged.author_uri, now)
    decision = _decision(session, staged)
    return replace(
        detail,
        case=case,
        members=(),
        similar=(),
        author=_without(author, decision) if decision is not None else author,
    )


def _decision(session: Session, staged: StagedRow) -> DecisionRow | None:
    if staged.kind is not StagedKind.REVIEW:
        return None
    statement = (
        select(DecisionRow)
        .join(ReviewRow, ReviewRow.decision_id == DecisionRow.id)
        .where(ReviewRow.id == staged.source_id)
    )
    return session.scalars(statement).first()


def _without(author: AuthorShown, decision: DecisionRow) -> AuthorShown:
    removed = any(each.get("verb") in ("remove", "withdraw") for each in decision.effects)
    return replace(
        author,
        removed=max(0, author.removed - removed),
        strikes=max(0, author.strikes - decision.strike),
    )
