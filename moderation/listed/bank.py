"""The bank of listed hashes: lists are made and changed, hashes put on them and taken off; by a name, and logged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.grave.tables import GraveKind
from moderation.listed.tables import HashKind, HashListRow, ListedHashRow, ListSeverity
from moderation.log import chain as log
from moderation.policy.parsing import LABEL_NAMES
from moderation.rows import slices, table_of, upsert

CHILD_SAFETY: Final = GraveKind.CHILD_SAFETY.value
"""The name of the list that sealed cases write on; it is made with the first of them."""
LENGTHS: Final[Mapping[HashKind, int]] = {
    HashKind.MD5: 32,
    HashKind.SHA1: 40,
    HashKind.SHA256: 64,
    HashKind.PDQ: 64,
}
LONGEST_NAME: Final = 80
LONGEST_WORDS: Final = 500
_HEX: Final = re.compile(r"[0-9a-f]+")
_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A hash to be listed."""

    kind: HashKind
    digest: str
    reason: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list, with how many hashes stand on it, by kind; those whose time is over aren't counted."""

    row: HashListRow
    counts: Mapping[HashKind, int]

    @property
    def total(self) -> int:
        """Of every kind."""
        return sum(self.counts.values())


def entry(kind: HashKind, digest: str, reason: str = "", expires_at: datetime | None = None) -> Entry:
    """An entry that can be listed. Raises RefusedError for what is no hash of this kind."""
    plain = digest.strip().lower()
    if len(plain) != LENGTHS[kind] or not _HEX.fullmatch(plain):
        raise RefusedError(f"a {kind.value} hash has {LENGTHS[kind]} hexadecimal digits")
    if kind is HashKind.PDQ and len(set(plain)) == 1:
        raise RefusedError("this hash is of a plain surface, and near to many pictures")
    return Entry(kind, plain, reason.strip()[:LONGEST_WORDS], expires_at)


def lists(session: Session, now: datetime) -> list[ListSummary]:
    """Every list by name, those that are off last."""
    rows = session.scalars(select(HashListRow).order_by(HashListRow.off_at.is_not(None), HashListRow.name)).all()
    counted: dict[int, dict[HashKind, int]] = {}
    query = select(ListedHashRow.list_id, ListedHashRow.kind, func.count()).where(is_in_time(now))
    for list_id, kind, count in session.execute(query.group_by(ListedHashRow.list_id, ListedHashRow.kind)):
        counted.setdefault(list_id, {})[kind] = count
    return [ListSummary(row, counted.get(row.id, {})) for row in rows]


def is_in_time(now: datetime) -> Any:
    """A condition: it hasn't expired."""
    return or_(ListedHashRow.expires_at.is_(None), ListedHashRow.expires_at > now)


def find(session: Session, list_id: int) -> HashListRow:
    """A list. Raises NotFoundError."""
    row = session.get(HashListRow, list_id)
    if row is None:
        raise NotFoundError("there is no such list")
    return row


def named(session: Session, name: str) -> HashListRow:
    """The list of a name. Raises NotFoundError."""
    row = session.scalar(select(HashListRow).where(HashListRow.name == name.strip()))
    if row is None:
        raise NotFoundError("there is no list of this name")
    return row


def make(
    session: Session, name: str, severity: ListSeverity, label: str, origin: str, by: str, now: datetime
) -> HashListRow:
    """Another list. Raises RefusedError for a name that is empty, too long or taken, and for an unknown label."""
    plain = _checked_name(name)
    _require_label(label)
    if session.scalar(select(HashListRow.id).where(HashListRow.name == plain)) is not None:
        raise RefusedError("there is a list of this name already")
    row = HashListRow(
        name=plain,
        origin=origin.strip()[:LONGEST_WORDS],
        severity=severity,
        label=label,
        version=1,
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    log.append(session, by, "hash_list_made", f"hash_list:{row.id}", {"name": plain, "severity": severity.value}, now)
    return row


def change(
    session: Session, row: HashListRow, severity: ListSeverity, label: str, origin: str, by: str, now: datetime
) -> None:
    """Change what a list does and says. Raises RefusedError; what sealed cases write on stays a quarantine."""
    _require_label(label)
    if row.name == CHILD_SAFETY and severity is not ListSeverity.QUARANTINE:
        raise RefusedError("what comes from sealed cases is sealed")
    row.severity, row.label, row.origin = severity, label, origin.strip()[:LONGEST_WORDS]
    _changed(session, row.id)
    said = {"name": row.name, "severity": severity.value, "label": label}
    log.append(session, by, "hash_list_changed", f"hash_list:{row.id}", said, now)


def switch(session: Session, row: HashListRow, by: str, now: datetime, *, on: bool) -> None:
    """Compare with a list again, or no more. Raises RefusedError for the one that sealed cases write on."""
    if row.name == CHILD_SAFETY and not on:
        raise RefusedError("what comes from sealed cases is sealed")
    row.off_at = None if on else now
    _changed(session, row.id)
    verb = "hash_list_switched_on" if on else "hash_list_switched_off"
    log.append(session, by, verb, f"hash_list:{row.id}", {"name": row.name}, now)


def add(
    session: Session,
    row: HashListRow,
    entries: Sequence[Entry],
    by: str,
    now: datetime,
    *,
    case_id: int | None = None,
    decision_id: int | None = None,
) -> int:
    """Put hashes on a list; how many are new. What stands there already takes the new reason and expiry."""
    before = _count(session, row.id)
    wanted = {(each.kind, each.digest): each for each in entries}
    values = [
        {
            "list_id": row.id,
            "kind": each.kind,
            "digest": each.digest,
            "reason": each.reason,
            "expires_at": each.expires_at,
            "case_id": case_id,
            "decision_id": decision_id,
            "listed_by": by,
            "listed_at": now,
        }
        for each in wanted.values()
    ]
    put = () if decision_id is not None or case_id is not None else ("reason", "expires_at")
    for at in range(0, len(values), _AT_ONCE):
        upsert(session, ListedHashRow, values[at : at + _AT_ONCE], put=put, key=("list_id", "kind", "digest"))
    if values:
        _changed(session, row.id)
    added = _count(session, row.id) - before
    if added and case_id is None:  # a sealed case's own log says it
        log.append(session, by, "hashes_listed", f"hash_list:{row.id}", {"name": row.name, "count": added}, now)
    return added


def remove(session: Session, row: HashListRow, ids: Sequence[int], by: str, now: datetime) -> int:
    """Take hashes off a list; how many were there. What a sealed case listed goes with the case only."""
    gone = 0
    for part in slices(ids):
        which = (ListedHashRow.list_id == row.id, ListedHashRow.id.in_(part), ListedHashRow.case_id.is_(None))
        gone += session.connection().execute(delete(table_of(ListedHashRow)).where(*which)).rowcount
    if gone:
        _changed(session, row.id)
        log.append(session, by, "hashes_unlisted", f"hash_list:{row.id}", {"name": row.name, "count": gone}, now)
    return gone


def of_decision(session: Session, decision_id: int) -> list[ListedHashRow]:
    """What a decision put on lists."""
    return list(session.scalars(select(ListedHashRow).where(ListedHashRow.decision_id == decision_id)))


def take_back(session: Session, decision_id: int) -> int:
    """A decision was taken back: what it listed is listed no more; how many."""
    rows = of_decision(session, decision_id)
    for list_id in {row.list_id for row in rows}:
        _changed(session, list_id)
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def list_sealed(session: Session, entries: Sequence[Entry], case_id: int, by: str, now: datetime) -> None:
    """What was sealed is never let in again."""
    row = session.scalar(select(HashListRow).where(HashListRow.name == CHILD_SAFETY))
    if row is None:
        row = make(session, CHILD_SAFETY, ListSeverity.QUARANTINE, "sexual", "", by, now)
    add(session, row, entries, by, now, case_id=case_id)


def drop_sealed(session: Session, case_id: int) -> None:
    """It was a mistake."""
    for list_id in session.scalars(select(ListedHashRow.list_id).where(ListedHashRow.case_id == case_id).distinct()):
        _changed(session, list_id)
    session.execute(delete(ListedHashRow).where(ListedHashRow.case_id == case_id))


def page(session: Session, row: HashListRow, after: int | None, limit: int) -> list[ListedHashRow]:
    """What stands on a list, the newest first; `after` is the id of the last that was seen."""
    query = select(ListedHashRow).where(ListedHashRow.list_id == row.id)
    if after is not None:
        query = query.where(ListedHashRow.id < after)
    return list(session.scalars(query.order_by(ListedHashRow.id.desc()).limit(limit)))


def whole(session: Session, row: HashListRow) -> list[ListedHashRow]:
    """Everything on a list, in the order in which it was put there."""
    query = select(ListedHashRow).where(ListedHashRow.list_id == row.id).order_by(ListedHashRow.id)
    return list(session.scalars(query))


def _count(session: Session, list_id: int) -> int:
    return session.scalar(select(func.count()).select_from(ListedHashRow).where(ListedHashRow.list_id == list_id)) or 0


def _changed(session: Session, list_id: int) -> None:
    session.execute(update(HashListRow).where(HashListRow.id == list_id).values(version=HashListRow.version + 1))
    session.flush()


def _checked_name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise RefusedError(f"a list has a name of at most {LONGEST_NAME} characters")
    return plain


def _require_label(label: str) -> None:
    if label not in LABEL_NAMES:
        raise RefusedError(f"what it is about is one of {', '.join(LABEL_NAMES)}")
