"""Who edited or deleted what a case is about, and when: kept as long as the case, as it says nothing of the content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseSubjectRow
from moderation.evidence.tables import ChangedBy, ChangeKind, EvidenceChangeRow
from moderation.rows import insert_many, slices


@dataclass(frozen=True, slots=True)
class Doer:
    """Who changed something; `who` names staff and nobody else."""

    by: ChangedBy
    who: str | None = None


AUTHOR = Doer(ChangedBy.AUTHOR)
SERVER = Doer(ChangedBy.SERVER)
PURGE = Doer(ChangedBy.PURGE)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a subject, by whom, when."""

    what: ChangeKind
    by: ChangedBy
    who: str | None
    at: datetime


def is_known(session: Session, uri: str) -> bool:
    """Whether a case is, or was, about this subject."""
    return bool(session.scalar(select(exists().where(CaseSubjectRow.uri == uri))))


def note(session: Session, uri: str, what: ChangeKind, doer: Doer, now: datetime) -> bool:
    """Write a change down, if a case knows the subject; whether one does."""
    if not is_known(session, uri):
        return False
    session.add(EvidenceChangeRow(uri=uri, what=what, by=doer.by, who=doer.who, at=now))
    return True


def note_purged(session: Session, uris: Iterable[str], now: datetime) -> None:
    """The evidence of these is gone, for those that cases know."""
    for part in slices(uris):
        known = session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.uri.in_(part)).distinct())
        rows = [{"uri": uri, "what": ChangeKind.PURGED, "by": PURGE.by, "who": None, "at": now} for uri in known]
        insert_many(session, EvidenceChangeRow, rows)


def of(session: Session, uri: str) -> tuple[Change, ...]:
    """Everything that became of a subject, oldest first."""
    query = select(EvidenceChangeRow).where(EvidenceChangeRow.uri == uri).order_by(EvidenceChangeRow.id)
    return tuple(Change(row.what, row.by, row.who, row.at) for row in session.scalars(query))
