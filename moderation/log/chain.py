"""The chain itself: each event's SHA-256 covers what it says and the hash of the event before it.

`append` only notes an event; it is written as the very last thing before its write commits. So the lock that keeps the
chain from forking is never held while a write waits for anything else, and no two writes can wait for each other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import Select, event, select, text
from sqlalchemy.orm import Session, SessionTransaction

from moderation.errors import NotFoundError
from moderation.log.tables import LogRow
from moderation.rows import insert_many

Value = str | int | bool | None
Payload = Mapping[str, Value]
FIRST: Final = "0" * 64
"""What the first event follows."""
REDACTED: Final = "redacted"
_LOCK: Final = 0x0571A8
_NOTED: Final = "ostiary_log"
_VALUE_LONGEST: Final = 2000
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """An event put into words, with all that is reckoned of it before the one before it is known."""

    actor: str
    verb: str
    object: str
    payload: str
    at: datetime
    salt: str
    payload_hash: str


@dataclass(frozen=True, slots=True)
class _Noted:
    line: Line
    within: SessionTransaction | None


def append(session: Session, actor: str, verb: str, object: str, payload: Payload, now: datetime) -> None:
    """Note that `actor` (a name) did `verb` (a word) to `object` (a URI, or a kind and a number: `case:7`).

    It is part of this write: there once it commits, gone if it rolls back. Long texts in the payload are cut.
    """
    append_lines(session, (line(actor, verb, object, payload, now),))


def line(actor: str, verb: str, object: str, payload: Payload, now: datetime) -> Line:
    """The same, to be handed to `append_lines`: where there are thousands, they are put into words before the write."""
    said = json.dumps(_bounded(payload), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    salt = secrets.token_hex(16)
    return Line(actor[:255], verb[:64], object[:2048], said, now, salt, _payload_hash(salt, said))


def append_lines(session: Session, lines: Iterable[Line]) -> None:
    """Note events, in this order, as a part of this write."""
    if _NOTED not in session.info:
        session.info[_NOTED] = []
        event.listen(session, "before_commit", settle)
        event.listen(session, "after_soft_rollback", _forget)
    within = session.get_nested_transaction() or session.get_transaction()
    noted: list[_Noted] = session.info[_NOTED]
    noted.extend(_Noted(each, within) for each in lines)


def settle(session: Session) -> None:
    """Write what was noted; a commit does so by itself."""
    noted: list[_Noted] = session.info.get(_NOTED, [])
    if not noted:
        return
    session.info[_NOTED] = []
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.execute(select(LogRow.seq, LogRow.hash).order_by(LogRow.seq.desc()).limit(1)).one_or_none()
    seq, before = (last.seq, last.hash) if last else (0, FIRST)
    rows = []
    for each in noted:
        seq += 1
        rows.append(_row(seq, before, each.line))
        before = str(rows[-1]["hash"])
    insert_many(session, LogRow, rows)


def redact(session: Session, seq: int, by: str, now: datetime, reason: str) -> None:
    """Empty an event's payload, as where the law asks for it; its hash stays, and the redaction is an event too.

    Raises NotFoundError.
    """
    row = session.get(LogRow, seq)
    if row is None:
        raise NotFoundError("there is no such event")
    row.payload = row.salt = None
    append(session, by, REDACTED, f"log:{seq}", {"reason": reason}, now)


def verify(session: Session) -> int | None:
    """The first place where the chain doesn't hold, None when all of it does.

    What was cut off at its end can't be seen from inside: compare `head` with what was written down elsewhere.
    """
    expected, before = 1, FIRST
    for row in in_order(session, select(LogRow)):
        if row.seq != expected or row.prev_hash != before or not _holds(row):
            return expected
        expected, before = expected + 1, row.hash
    return None


def in_order(session: Session, query: Select[LogRow]) -> Iterator[LogRow]:
    """The events of a query, oldest first, some at a time: the log may be long."""
    after: int | None = None
    while True:
        part = query if after is None else query.where(LogRow.seq > after)
        rows = session.scalars(part.order_by(LogRow.seq).limit(_AT_ONCE)).all()
        yield from rows
        for row in rows:
            session.expunge(row)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].seq


def head(session: Session) -> tuple[int, str]:
    """Place and hash of the last event; (0, …) before the first."""
    last = session.execute(select(LogRow.seq, LogRow.hash).order_by(LogRow.seq.desc()).limit(1)).one_or_none()
    return (last.seq, last.hash) if last else (0, FIRST)


def _bounded(payload: Payload) -> Payload:
    return {key: value[:_VALUE_LONGEST] if isinstance(value, str) else value for key, value in payload.items()}


def _row(seq: int, before: str, said: Line) -> dict[str, object]:
    return {
        "seq": seq,
        "at": said.at,
        "actor": said.actor,
        "verb": said.verb,
        "object": said.object,
        "payload": said.payload,
        "salt": said.salt,
        "payload_hash": said.payload_hash,
        "prev_hash": before,
        "hash": _hash(seq, said.at, said.actor, said.verb, said.object, said.payload_hash, before),
    }


def _holds(row: LogRow) -> bool:
    if row.payload is not None and row.payload_hash != _payload_hash(row.salt or "", row.payload):
        return False
    return row.hash == _hash(row.seq, row.at, row.actor, row.verb, row.object, row.payload_hash, row.prev_hash)


def _payload_hash(salt: str, payload: str) -> str:
    return sha256(f"{salt}\n{payload}".encode()).hexdigest()


def _hash(seq: int, at: datetime, actor: str, verb: str, object: str, payload_hash: str, before: str) -> str:
    said = [seq, at.astimezone(UTC).isoformat(timespec="microseconds"), actor, verb, object, payload_hash, before]
    return sha256(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _forget(session: Session, previous: SessionTransaction) -> None:
    session.info[_NOTED] = [each for each in session.info[_NOTED] if each.within is not previous]
