"""One case with everything that its screen needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation import history
from moderation.authors import records, strikes
from moderation.authors.tables import AuthorRow
from moderation.cases import meanwhile, noting, outliers, targets
from moderation.cases.outliers import Mark, Outliers
from moderation.cases.reading import decisions_of, summary_of
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import AuthorShown, CaseDetail, Decision, Member, ReadAgain, ReportShown, VerdictShown
from moderation.errors import NotFoundError
from moderation.evidence import changes, snapshots
from moderation.holds.tables import HoldRow, HoldState
from moderation.learning import rescoring
from moderation.policy import store
from moderation.recording import verdicts
from moderation.reports import standing
from moderation.reports.tables import ReportRow
from moderation.rows import slices
from moderation.values import PUBLIC_KINDS, CaseState, Finding
from moderation.verdicts.tables import FindingRow, VerdictRow

MEMBERS: Final = 100
STANDING_OUT: Final = 40
"""Of the members that are shown, how many stand out at most: room is left for the least alike."""
SIMILAR: Final = 40


def case(session: Session, case_id: int, now: datetime) -> CaseDetail:
    """A case in full. Raises NotFoundError. The thread around it is the app's to add."""
    row = session.get(CaseRow, case_id, populate_existing=True)
    if row is None or row.state is CaseState.SEALED:
        raise NotFoundError("there is no such case")
    taken = snapshots.of(session, row.uri)
    verdict = verdicts.latest(session, [row.uri]).get(row.uri)
    hold = _hold(session, row)
    odd = outliers.of(session, row, now)
    members = _members(session, row, odd)
    findings, read_again = _findings(session, row.uri)
    private = bool(taken) and taken[-1].visibility not in PUBLIC_KINDS
    alike = [] if private else _outside(session, row.id, [uri for uri, _ in targets.similar(session, row)])
    return CaseDetail(
        case=summary_of(row, taken[-1] if taken else None, now),
        snapshots=tuple(taken),
        changes=changes.of(session, row.uri),
        why=_why(row, hold),
        verdict=_verdict(verdict),
        findings=findings,
        read_again=read_again,
        reports=_reports(session, row.id),
        author=author(session, row.author_uri, now),
        history=tuple(history.of(session, row.uri)),
        decisions=_decisions(session, row.id),
        members=members,
        standing_out=len(odd.marks),
        language=odd.language,
        similar=tuple(alike[:SIMILAR]),
        hold_ends_at=hold.due_at if hold else None,
        held=hold is not None,
        private=private,
        escalation_note=row.escalation_note,
        author_decision=meanwhile.newest(session, row.author_uri),
        notes=noting.of(session, row.id),
    )


def author(session: Session, uri: str, now: datetime) -> AuthorShown:
    """An author's record here."""
    row = session.scalars(select(AuthorRow).where(AuthorRow.uri == uri)).first()
    record = records.load(session, [uri]).get(uri)
    proven = record is not None and record.is_proven(store.current(session).proven, now)
    return AuthorShown(
        uri=uri,
        first_seen_at=row.first_seen_at if row else None,
        made_at=row.made_at if row else None,
        followers_here=row.followers_here if row else 0,
        approved=row.approved if row else 0,
        held=row.held if row else 0,
        released=row.released if row else 0,
        removed=row.removed if row else 0,
        strikes=len(strikes.active(strikes.of(session, uri, now))),
        cases=_count(session, CaseRow.id, CaseRow.author_uri == uri),
        reports=_count(session, ReportRow.id, ReportRow.target_uri == uri),
        proven=proven,
    )


def _count(session: Session, column: InstrumentedAttribute[int], condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(condition)) or 0


def _why(row: CaseRow, hold: HoldRow | None) -> tuple[str, ...]:
    """Codes: how it came here, what speaks for it, what waits on it."""
    found = [f"opened_{row.origin.value}", *row.reasons]
    if row.reports:
        found.append("reported")
    if hold is not None and row.local:
        found.append("author_waits")
    if hold is not None and hold.was_published:
        found.append("was_shown")
    return tuple(dict.fromkeys(found))


def _hold(session: Session, row: CaseRow) -> HoldRow | None:
    statement = select(HoldRow).where(HoldRow.uri == row.uri, HoldRow.state == HoldState.HELD)
    return session.scalars(statement.limit(1)).first()


def _verdict(row: VerdictRow | None) -> VerdictShown | None:
    if row is None:
        return None
    return VerdictShown(
        row.id,
        row.outcome,
        row.label,
        tuple(row.reasons),
        row.policy_version,
        row.models,
        row.by_person,
        row.made_at,
    )


def _findings(session: Session, uri: str) -> tuple[tuple[Finding, ...], ReadAgain | None]:
    """Of the newest verdict that a machine gave, with what another text model read since; heaviest first."""
    statement = (
        select(func.max(VerdictRow.id))
        .join(FindingRow, FindingRow.verdict_id == VerdictRow.id)
        .where(VerdictRow.uri == uri, ~VerdictRow.by_person)
    )
    verdict_id = session.scalar(statement)
    if verdict_id is None:
        return (), None
    given, reading = rescoring.stored(session, verdict_id), rescoring.latest(session, verdict_id)
    if reading is None:
        return _heaviest_first(given), None
    then = _heaviest_first(each for each in given if each.check in rescoring.CHECKS)
    again = ReadAgain(reading.version, reading.read_at, then)
    return _heaviest_first(rescoring.with_reading(given, reading)), again


def _heaviest_first(given: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(given, key=lambda each: -(each.score if each.score is not None else 1.0)))


def _reports(session: Session, case_id: int) -> tuple[ReportShown, ...]:
    rows = list(session.scalars(select(ReportRow).where(ReportRow.case_id == case_id).order_by(ReportRow.id)))
    known = standing.of(session, [row.reporter_uri for row in rows if row.reporter_uri])
    return tuple(_report(row, known.get(row.reporter_uri or "")) for row in rows)


def _report(row: ReportRow, known: standing.Standing | None) -> ReportShown:
    return ReportShown(
        id=row.id,
        reporter_uri=row.reporter_uri,
        reporter_domain=row.reporter_domain,
        origin=row.origin.value,
        category=row.category,
        rule_ids=tuple(row.rule_ids),
        comment=row.comment,
        subject_uris=tuple(row.subject_uris),
        forward=row.forward,
        outcome=row.outcome.value,
        filed_at=row.filed_at,
        reporter_filed=known.filed if known else 1,
        reporter_accuracy=known.accuracy if known else None,
    )


def _decisions(session: Session, case_id: int) -> tuple[Decision, ...]:
    mine = select(DecisionCaseRow.decision_id).where(DecisionCaseRow.case_id == case_id)
    # a union, each part of which has an index: with "or", databases read every decision there is
    these = mine.union_all(select(DecisionRow.id).where(DecisionRow.reverses_id.in_(mine)))
    statement = select(DecisionRow).where(DecisionRow.id.in_(these)).order_by(DecisionRow.id)
    return tuple(decisions_of(session, session.scalars(statement)))


def _members(session: Session, row: CaseRow, odd: Outliers) -> tuple[Member, ...]:
    """Its own subject, some of those that stand out, then the least alike. The texts of these alone are read."""
    shown = [row.uri, *islice(odd.marks, STANDING_OUT)]
    uris = [*shown, *_least_alike(session, row, odd, MEMBERS - len(shown))]
    statement = (
        select(CaseSubjectRow, AuthorRow)
        .outerjoin(AuthorRow, AuthorRow.uri == CaseSubjectRow.author_uri)
        .where(CaseSubjectRow.case_id == row.id, CaseSubjectRow.uri.in_(uris))
    )
    found = {each.uri: (each, by) for each, by in session.execute(statement)}
    texts = snapshots.latest(session, uris)
    held = set(session.scalars(select(HoldRow.uri).where(HoldRow.uri.in_(uris), HoldRow.state == HoldState.HELD)))
    return tuple(
        _member(*found[uri], uri in held, texts[uri].text if uri in texts else None, odd.marks.get(uri, ()))
        for uri in uris
        if uri in found
    )


def _outside(session: Session, case_id: int, uris: Sequence[str]) -> list[str]:
    """Those that aren't members, shown or not."""
    inside: set[str] = set()
    for part in slices(uris):
        members = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id, CaseSubjectRow.uri.in_(part))
        inside |= set(session.scalars(members))
    return [uri for uri in uris if uri not in inside]


def _least_alike(session: Session, row: CaseRow, odd: Outliers, wanted: int) -> list[str]:
    """Those that differ most from the wave first; what was compared with none, as it came."""
    statement = (
        select(CaseSubjectRow.uri)
        .where(CaseSubjectRow.case_id == row.id, CaseSubjectRow.uri != row.uri)
        .order_by(func.coalesce(CaseSubjectRow.distance, -1).desc(), CaseSubjectRow.added_at, CaseSubjectRow.uri)
        .limit(wanted + len(odd.marks))
    )
    return [uri for uri in session.scalars(statement) if uri not in odd.marks][:wanted]


def _member(row: CaseSubjectRow, by: AuthorRow | None, held: bool, text: str | None, marks: tuple[Mark, ...]) -> Member:
    return Member(
        row.uri,
        row.author_uri,
        row.kind,
        held,
        text,
        row.added_at,
        marks,
        by.made_at if by is not None else None,
        by.followers_here if by is not None else 0,
        row.language,
        row.distance,
    )
