"""Staged cases: like any other to whoever reads them, about a copy of the evidence, so that nothing real is touched."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import opening, priority, states
from moderation.cases.tables import CaseRow
from moderation.errors import RefusedError
from moderation.evidence.tables import SnapshotRow
from moderation.quality.tables import StagedKind, StagedRow
from moderation.rows import insert_many, slices
from moderation.values import CaseOrigin, CaseState

PREFIX: Final = "urn:uuid:"
"""What the URIs of staged cases begin with, and those of nothing real."""
_COPIED: Final = (
    "kind",
    "author_uri",
    "author_handle",
    "visibility",
    "language",
    "text",
    "html",
    "warning",
    "context",
    "digest",
    "published_at",
    "purge_after",
    "cause",
)


def evidence(session: Session, uri: str) -> SnapshotRow | None:
    """The newest evidence of a subject."""
    return session.scalars(
        select(SnapshotRow).where(SnapshotRow.uri == uri).order_by(SnapshotRow.seq.desc()).limit(1)
    ).first()


def stage(
    session: Session,
    real: CaseRow,
    kind: StagedKind,
    source_id: int,
    now: datetime,
    *,
    reader: str | None = None,
) -> int:
    """Open a case that looks like a sample, about a copy of the newest evidence. Raises RefusedError without any.

    `reader` is the one to whom it is given, None for whoever comes.
    """
    newest = evidence(session, real.uri)
    if newest is None:
        raise RefusedError("no evidence of it is kept any more")
    uri = PREFIX + str(uuid.uuid4())
    insert_many(
        session, SnapshotRow, [{"uri": uri, "seq": 1, "taken_at": now, **{n: getattr(newest, n) for n in _COPIED}}]
    )
    made = opening.Opening(
        uri,
        real.kind,
        CaseOrigin.AUDIT,
        uri,
        real.author_domain,
        real.local,
        priority.rank(CaseOrigin.AUDIT, now),
        None,
        real.language,
        (CaseOrigin.AUDIT.value,),
    )
    case_id = opening.open_many(session, [made], now)[0]
    session.add(
        StagedRow(case_id=case_id, kind=kind, source_id=source_id, subject_uri=real.uri, author_uri=real.author_uri)
    )
    if reader is not None:
        session.get_one(CaseRow, case_id).assigned_to = reader
    session.flush()
    return case_id


def real_of(session: Session, case: CaseRow) -> tuple[str, str]:
    """The URIs of what a case is really about and of who wrote it: those that a staged case hides, else its own."""
    staged = session.get(StagedRow, case.id)
    return (staged.subject_uri, staged.author_uri) if staged is not None else (case.uri, case.author_uri)


def copies(session: Session, uris: Iterable[str]) -> dict[int, str]:
    """By its number, every staged case about one of these subjects, answered or not, with the URI of its copy."""
    found: dict[int, str] = {}
    for part in slices(set(uris)):
        statement = (
            select(CaseRow.id, CaseRow.uri)
            .join(StagedRow, StagedRow.case_id == CaseRow.id)
            .where(StagedRow.subject_uri.in_(part))
            .order_by(CaseRow.id)
        )
        found |= {number: uri for number, uri in session.execute(statement)}
    return found


def answered(session: Session, case_id: int, by: str, now: datetime) -> None:
    """Close a staged case with somebody's answer; nothing follows from it."""
    states.change(
        session,
        case_id,
        CaseState.DECIDED,
        now,
        version=CaseRow.version + 1,
        decided_by=by,
        decided_at=now,
        changed_by=by,
        changed_what="decided",
        claimed_by=None,
        claimed_until=None,
    )


def close(session: Session, case_id: int, now: datetime) -> None:
    """Take a staged case away that nobody has answered."""
    row = session.get(CaseRow, case_id, populate_existing=True)
    if row is not None and row.state in states.UNDECIDED:
        states.change(session, case_id, CaseState.CLOSED, now, claimed_by=None, claimed_until=None)
