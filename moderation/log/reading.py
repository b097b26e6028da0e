"""The log as it is read: the newest first, by who, what and about what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from moderation.log import chain
from moderation.log.tables import LogRow


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which events: empty fields ask for all; `before` is a place in the chain to read on from."""

    actor: str = ""
    verb: str = ""
    object: str = ""
    before: int | None = None


def page(session: Session, wanted: LogQuery, limit: int) -> list[LogRow]:
    """The newest of these, at most `limit`."""
    return list(session.scalars(_matching(wanted).order_by(LogRow.seq.desc()).limit(limit)))


def verbs(session: Session) -> list[str]:
    """Every word that was ever used, in order."""
    return list(session.scalars(select(LogRow.verb).distinct().order_by(LogRow.verb)))


def payload_of(row: LogRow) -> Mapping[str, Any]:
    """What an event says besides; nothing where it was redacted."""
    found: Mapping[str, Any] = json.loads(row.payload) if row.payload is not None else {}
    return found


def lines(session: Session, wanted: LogQuery) -> Iterator[str]:
    """These events as JSON, a line each, oldest first, with all that it takes to check the chain elsewhere."""
    for row in chain.in_order(session, _matching(wanted)):
        yield json.dumps(_as_json(row), ensure_ascii=False, sort_keys=True) + "\n"


def _as_json(row: LogRow) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": _written(row.at),
        "actor": row.actor,
        "verb": row.verb,
        "object": row.object,
        "payload": row.payload,
        "salt": row.salt,
        "payload_hash": row.payload_hash,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _matching(wanted: LogQuery) -> Select[LogRow]:
    query = select(LogRow)
    if wanted.actor:
        query = query.where(LogRow.actor == wanted.actor)
    if wanted.verb:
        query = query.where(LogRow.verb == wanted.verb)
    if wanted.object:
        query = query.where(LogRow.object == wanted.object)
    if wanted.before is not None:
        query = query.where(LogRow.seq < wanted.before)
    return query
