"""What waits is read again when another text model is put in use: what people are shown of it, and the queue's order.

Nothing is let in, held or refused by it, and no verdict changes: a reading stands beside the verdict whose findings it
takes the place of on a case's page, and those stay where they are. Only what carries scores is read: nothing private.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from moderation import second_model
from moderation.cases import priority
from moderation.cases.tables import CaseRow
from moderation.checks import in_context, text
from moderation.learning.tables import ReadingRow, RescoringRow
from moderation.log import chain as log
from moderation.recording.verdicts import WORTH_A_ROW, finding_row
from moderation.recording.work import UNSCORED
from moderation.values import PUBLIC_KINDS, CaseOrigin, CaseState, Finding, Judgement, Span, SubjectKind
from moderation.verdicts.tables import FindingRow, VerdictRow

OPEN: Final = (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)
KINDS: Final = (SubjectKind.POST, SubjectKind.EDIT)
CHECKS: Final = (text.NAME, second_model.NAME, in_context.NAME)
"""Whose findings come from what a post says, and are read anew."""
RANKED: Final = (CaseOrigin.HOLD, CaseOrigin.RETRY)
"""Cases whose place in the queue is a machine's certainty; what people asked for keeps its own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that waits, and the machine's verdict whose findings are shown."""

    case_id: int
    uri: str
    verdict_id: int


def ask(session: Session, by: str, now: datetime) -> RescoringRow | None:
    """Have what waits read again; what was under way is over. None where nothing waits that carries scores."""
    session.execute(update(RescoringRow).where(RescoringRow.finished_at.is_(None)).values(finished_at=now))
    total, newest = session.execute(select(func.count(CaseRow.id), func.max(CaseRow.id)).where(*_waits())).one()
    if not total:
        return None
    row = RescoringRow(version="", asked_by=by, asked_at=now, total=total, until_id=newest)
    session.add(row)
    session.flush()
    return row


def ask_by_itself(session: Session, by: str, now: datetime) -> RescoringRow | None:
    """The same where nobody put another version in use; it stands in the log."""
    row = ask(session, by, now)
    if row is not None:
        log.append(session, by, "text_model_rescoring_asked", f"rescoring:{row.id}", {"cases": row.total}, now)
    return row


def open_one(session: Session) -> RescoringRow | None:
    """The one that is under way."""
    return session.scalars(
        select(RescoringRow).where(RescoringRow.finished_at.is_(None)).order_by(RescoringRow.id.desc()).limit(1)
    ).first()


def newest(session: Session) -> RescoringRow | None:
    """The last that was asked for."""
    return session.scalars(select(RescoringRow).order_by(RescoringRow.id.desc()).limit(1)).first()


def due(session: Session, row: RescoringRow, limit: int) -> list[Waiting]:
    """Cases that it hasn't read, oldest first."""
    query = select(CaseRow.id, CaseRow.uri, _verdict()).where(
        *_waits(), CaseRow.id > row.last_id, CaseRow.id <= row.until_id
    )
    return [Waiting(*each) for each in session.execute(query.order_by(CaseRow.id).limit(limit))]


def _waits() -> tuple[ColumnElement[bool], ...]:
    scored = (
        select(FindingRow.id)
        .join(VerdictRow, VerdictRow.id == FindingRow.verdict_id)
        .where(VerdictRow.uri == CaseRow.uri, ~VerdictRow.by_person, FindingRow.check.in_(CHECKS))
    )
    return CaseRow.state.in_(OPEN), CaseRow.kind.in_(KINDS), scored.exists()


def _verdict() -> Any:
    return (
        select(func.max(VerdictRow.id))
        .join(FindingRow, FindingRow.verdict_id == VerdictRow.id)
        .where(VerdictRow.uri == CaseRow.uri, ~VerdictRow.by_person)
        .scalar_subquery()
    )


def note(
    session: Session,
    number: int,
    cases: Sequence[Waiting],
    judged: Mapping[str, Judgement],
    version: str,
    now: datetime,
) -> None:
    """Keep what was read of a batch, and put the cases where it places them; `judged` is by URI.

    What was decided meanwhile, or couldn't be judged, is left as it was. Without any cases it is finished.
    """
    row = session.get(RescoringRow, number, populate_existing=True, with_for_update=True)
    if row is None or row.finished_at is not None:
        return
    if not cases:
        row.finished_at = now
        return
    if cases[0].case_id <= row.last_id:  # somebody else read them meanwhile
        return
    numbers = [each.case_id for each in cases]
    still = select(CaseRow).where(CaseRow.id.in_(numbers), CaseRow.state.in_(OPEN)).with_for_update()
    rows = {each.id: each for each in session.scalars(still.order_by(CaseRow.id))}
    for each in cases:
        case, judgement = rows.get(each.case_id), judged.get(each.uri)
        if case is not None and judgement is not None and _is_whole(judgement):
            _read(session, case, each, judgement, version, now)
            row.read += 1
    row.version, row.done, row.last_id = version, row.done + len(cases), numbers[-1]
    session.flush()


def _is_whole(judgement: Judgement) -> bool:
    public = judgement.submission.visibility in PUBLIC_KINDS and judgement.as_public
    return public and not judgement.failed_checks


def _read(session: Session, case: CaseRow, each: Waiting, judgement: Judgement, version: str, now: datetime) -> None:
    said = [one for one in judgement.findings if one.check in CHECKS]
    kept = [one for one in said if one.score is None or one.score >= WORTH_A_ROW]
    found = [finding_row(each.verdict_id, one) for one in kept]
    session.add(ReadingRow(case_id=case.id, verdict_id=each.verdict_id, version=version, findings=found, read_at=now))
    if case.origin in RANKED and "certainty" in case.rank_parts:
        others = [one for one in stored(session, each.verdict_id) if one.check not in CHECKS]
        scores = [one.score for one in (*others, *said) if one.label == case.label and one.score is not None]
        place = priority.as_certain(case.rank, case.rank_parts, max(scores, default=UNSCORED))
        case.rank, case.rank_parts = place.value, place.parts


def stored(session: Session, verdict_id: int) -> list[Finding]:
    """What a verdict's findings said, as it was given."""
    rows = session.scalars(select(FindingRow).where(FindingRow.verdict_id == verdict_id).order_by(FindingRow.id))
    return [
        _finding(
            {
                "check": row.check,
                "label": row.label,
                "version": row.version,
                "why": row.why,
                "score": row.score,
                "spans": row.spans,
                "details": row.details,
            }
        )
        for row in rows
    ]


def latest(session: Session, verdict_id: int) -> ReadingRow | None:
    """The last reading in the place of a verdict's findings."""
    query = select(ReadingRow).where(ReadingRow.verdict_id == verdict_id)
    return session.scalars(query.order_by(ReadingRow.id.desc()).limit(1)).first()


def with_reading(given: Iterable[Finding], row: ReadingRow) -> list[Finding]:
    """A verdict's findings with what was read since in the place of what the text model said then."""
    return [*(each for each in given if each.check not in CHECKS), *map(_finding, row.findings)]


def _finding(kept: Mapping[str, Any]) -> Finding:
    return Finding(
        kept["check"],
        kept["label"],
        kept["version"],
        kept["why"],
        kept["score"],
        tuple(Span(int(start), int(end), weight) for start, end, weight in kept["spans"]),
        kept["details"],
    )
