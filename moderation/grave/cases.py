"""Grave cases: raised from the desk, reported to an authority, released where it was a mistake, or destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import claims, exclusions, opening, states
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.errors import ClaimedError, ForbiddenArrowError, NotFoundError, RefusedError
from moderation.grave import jurisdictions
from moderation.grave.states import change
from moderation.grave.tables import GraveCaseRow, GraveKind, GraveState, SealedItemRow
from moderation.listed import bank
from moderation.log import chain as log
from moderation.preservation import reach
from moderation.quality import golden, staging
from moderation.quality.tables import StagedRow
from moderation.rows import slices
from moderation.values import CaseOrigin, CaseState, SubjectKind

DUE: Final = {GraveKind.CHILD_SAFETY: timedelta(hours=24), GraveKind.THREAT_TO_LIFE: timedelta(minutes=30)}
"""How soon an authority should know."""
NOTE_LONGEST: Final = 2000
MACHINE: Final = "ostiary"
"""By whom a case is sealed that nobody had looked at."""
_WAYS: Final = {
    GraveState.REPORTED: "grave_reported",
    GraveState.RELEASED: "grave_released",
    GraveState.DESTROYED: "grave_destroyed",
}


def seal_case(session: Session, case_id: int, by: str, note: str, country: str, now: datetime) -> list[str]:
    """Take a case off the desk: suspected sexual abuse of a child. The URIs of what it is about and of every copy of
    that, to be sealed by the app.

    Raises ClaimedError, StaleError (decided meanwhile), ExcludedError, NotFoundError.
    """
    exclusions.require(session, case_id, by, now)
    found = claims.find(session, case_id)
    free = claims.free_for(by, now)
    try:
        went = states.change(session, case_id, CaseState.SEALED, now, free, claimed_by=None, claimed_until=None)
    except ForbiddenArrowError as error:
        raise claims.stale(found) from error
    if not went:
        raise ClaimedError(found.claimed_by or "", found.claimed_until or now)
    _raise(session, case_id, GraveKind.CHILD_SAFETY, by, note, country, now)
    _join_real(session, case_id, now)
    subjects = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id)
    return _with_copies(session, list(session.scalars(subjects)), by, now)


def threat(session: Session, case_id: int, by: str, note: str, country: str, now: datetime) -> None:
    """Somebody's life may be in danger: the case goes to the leads, and stays on the desk for them.

    Raises ClaimedError, StaleError, ExcludedError, NotFoundError, RefusedError where it was said already.
    """
    before = session.get(GraveCaseRow, case_id, populate_existing=True)
    if before is not None and before.state is not GraveState.RELEASED:
        raise RefusedError("the leads were told of this case already")
    claims.escalate(session, case_id, by, now, note)
    _raise(session, case_id, GraveKind.THREAT_TO_LIFE, by, note, country, now)


def seal_found(session: Session, case_id: int, uri: str, country: str, now: datetime) -> list[str]:
    """A machine found what stands on a list whose hits are sealed: whoever had the case has it no more. The URIs of
    what it found and of every copy of that; none where it is sealed, or settled, already.
    """
    found = session.get_one(CaseRow, case_id, populate_existing=True)
    if found.state not in states.UNDECIDED:
        return []
    states.change(session, case_id, CaseState.SEALED, now, claimed_by=None, claimed_until=None)
    _raise(session, case_id, GraveKind.CHILD_SAFETY, MACHINE, "", country, now)
    return _with_copies(session, [uri], MACHINE, now)


def _join_real(session: Session, case_id: int, now: datetime) -> None:
    """A staged case hides the real subject: from now on it is one of the sealed case's own, as in any other."""
    staged = session.get(StagedRow, case_id)
    if staged is not None:
        member = {"uri": staged.subject_uri, "author_uri": staged.author_uri, "kind": SubjectKind.POST}
        opening.join_many(session, case_id, [{**member, "verdict_id": None}], now)
        _close_about(session, staged.subject_uri, now)


def _close_about(session: Session, uri: str, now: datetime) -> None:
    """A decision that was taken back left the real case open, or it was reported anew: that has lost its subject."""
    statement = select(CaseRow.id).where(
        CaseRow.uri == uri,
        CaseRow.members == 1,
        CaseRow.state.in_(states.UNDECIDED),
        CaseRow.origin != CaseOrigin.APPEAL,
    )
    for number in session.scalars(statement).all():
        states.change(session, number, CaseState.CLOSED, now, claimed_by=None, claimed_until=None)


def _with_copies(session: Session, uris: list[str], by: str, now: datetime) -> list[str]:
    """These and their copies in staged cases, which nobody is given any more."""
    copies = staging.copies(session, uris)
    golden.retire_about(session, uris, by, now)
    for number in copies:
        staging.close(session, number, now)
    return sorted({*uris, *copies.values()})


def of_subjects(session: Session, uris: Iterable[str]) -> list[int]:
    """Every case that shows one of these, whatever became of it."""
    found: set[int] = set()
    for part in slices(set(uris)):
        found.update(session.scalars(select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri.in_(part))))
    return sorted(found)


def _raise(
    session: Session, case_id: int, kind: GraveKind, by: str, note: str, country: str, now: datetime
) -> GraveCaseRow:
    row = GraveCaseRow(
        case_id=case_id,
        kind=kind,
        state=GraveState.RAISED,
        raised_by=by,
        raised_at=now,
        note=note[:NOTE_LONGEST],
        due_at=now + DUE[kind],
        country=country,
        settled_by=None,
        settled_at=None,
        settled_why="",
        reported_by=None,
        reported_at=None,
        keep_until=None,
    )
    # a case that was released may be raised again
    session.merge(row)
    session.flush()
    opening.note(session, case_id, "raised", by, now, {"kind": kind.value})
    log.append(session, by, f"{kind.value}_raised", f"case:{case_id}", {}, now)
    return row


def find(session: Session, case_id: int, kind: GraveKind) -> GraveCaseRow:
    """A grave case. Raises NotFoundError, also for one of another kind."""
    row = session.get(GraveCaseRow, case_id, populate_existing=True)
    if row is None or row.kind is not kind:
        raise NotFoundError("there is no such grave case")
    return row


def of_kind(session: Session, kind: GraveKind, limit: int = 200) -> list[GraveCaseRow]:
    """What waits first, oldest first; then what is reported; then what is over."""
    statement = select(GraveCaseRow).where(GraveCaseRow.kind == kind).order_by(GraveCaseRow.case_id.desc()).limit(limit)
    order = list(GraveState)
    return sorted(session.scalars(statement), key=lambda row: (order.index(row.state), row.raised_at))


def reported(session: Session, row: GraveCaseRow, by: str, to: str, reference: str, now: datetime) -> None:
    """An authority was told: from here on the time runs for which the law wants evidence kept.

    Raises RefusedError without a recipient, ForbiddenArrowError.
    """
    if not to.strip():
        raise RefusedError("say to whom it was reported")
    keep_until = now + jurisdictions.of(row.country).kept if row.kind is GraveKind.CHILD_SAFETY else None
    values = {"reported_to": to[:500], "reference": reference[:255], "reported_by": by, "reported_at": now}
    change(session, row, GraveState.REPORTED, keep_until=row.keep_until or keep_until, **values)
    _log(session, row, by, {"to": to[:500], "reference": reference[:255]}, now)


def released(session: Session, row: GraveCaseRow, by: str, why: str, now: datetime) -> None:
    """It was a mistake. Raises RefusedError without a reason, ForbiddenArrowError."""
    if not why.strip():
        raise RefusedError("say why it was a mistake")
    change(session, row, GraveState.RELEASED, settled_by=by, settled_at=now, settled_why=why[:NOTE_LONGEST])
    _log(session, row, by, {"why": why[:NOTE_LONGEST]}, now)
    bank.drop_sealed(session, row.case_id)
    if row.kind is GraveKind.CHILD_SAFETY:
        states.change(session, row.case_id, CaseState.OPEN, now, version=CaseRow.version + 1, changed_what="released")
        if session.get(StagedRow, row.case_id) is not None:  # a copy has nothing to wait for: the real case goes on
            staging.close(session, row.case_id, now)


def destroyed(session: Session, row: GraveCaseRow, by: str, now: datetime) -> None:
    """Its time is over. Raises RefusedError before that, and while an order wants it kept; ForbiddenArrowError for what
    wasn't reported."""
    if row.state is GraveState.REPORTED and (row.keep_until is None or row.keep_until > now):
        raise RefusedError("the law wants it kept until its time is over")
    if reach.is_case_reached(session, now, row.case_id):
        raise RefusedError("an order wants it kept until that is over or lifted")
    change(session, row, GraveState.DESTROYED, settled_by=by, settled_at=now)
    _log(session, row, by, {}, now)


def over(session: Session, now: datetime, limit: int = 20) -> list[GraveCaseRow]:
    """What was reported, and whose time is over."""
    statement = select(GraveCaseRow).where(
        GraveCaseRow.kind == GraveKind.CHILD_SAFETY,
        GraveCaseRow.state == GraveState.REPORTED,
        GraveCaseRow.keep_until <= now,
        ~reach.reaches_case(now, GraveCaseRow.case_id),
    )
    return list(session.scalars(statement.order_by(GraveCaseRow.keep_until).limit(limit)))


def sealed(session: Session, case_id: int) -> list[SealedItemRow]:
    """What lies sealed of a case, in order."""
    statement = select(SealedItemRow).where(SealedItemRow.case_id == case_id).order_by(SealedItemRow.id)
    return list(session.scalars(statement))


def every_sealed(
    session: Session, kind: GraveKind, now: datetime, limit: int, before: int | None = None
) -> list[tuple[SealedItemRow, GraveCaseRow, bool]]:
    """What lies sealed of all cases of this kind, the newest first, each with its case and whether an order to preserve
    keeps it. `before` is the number of an item.
    """
    kept = reach.reaches_case(now, GraveCaseRow.case_id)
    statement = (
        select(SealedItemRow, GraveCaseRow, kept)
        .join(GraveCaseRow, GraveCaseRow.case_id == SealedItemRow.case_id)
        .where(GraveCaseRow.kind == kind)
        .order_by(SealedItemRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(SealedItemRow.id < before)
    return [(item, row, bool(ordered)) for item, row, ordered in session.execute(statement)]


def looked(session: Session, row: GraveCaseRow, by: str, what: str, why: str, now: datetime) -> None:
    """Somebody opened what is sealed, or took a copy for an authority: every look stands in the log."""
    log.append(session, by, "sealed_opened", f"case:{row.case_id}", {"what": what, "why": why}, now)


def _log(session: Session, row: GraveCaseRow, by: str, said: dict[str, str | int | bool | None], now: datetime) -> None:
    opening.note(session, row.case_id, row.state.value, by, now)
    log.append(session, by, _WAYS[row.state], f"case:{row.case_id}", {"kind": row.kind.value, **said}, now)
