"""Policies in the database: the one in force, publishing another, and "hold less now"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from moderation.cases.tables import DecisionRow
from moderation.policy.document import DEFAULT
from moderation.policy.parsing import parse
from moderation.policy.tables import LooseningRow, PolicyRow
from moderation.policy.values import Policy
from moderation.rows import upsert

LOOSENED_FOR = timedelta(days=1)
COUNTED = 1000
NOT_YET = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Loosening:
    """ "Hold less now", as it was pressed."""

    by: str
    at: datetime
    until: datetime


def current(session: Session) -> Policy:
    """The policy in force. Before `begin` was ever called that is the default, version 1, just started."""
    rows = list(session.scalars(select(PolicyRow).order_by(PolicyRow.version.desc()).limit(1)))
    first = session.scalar(select(PolicyRow.published_at).order_by(PolicyRow.version).limit(1))
    document = rows[0].document if rows else DEFAULT
    return assemble(
        document,
        version=rows[0].version if rows else 1,
        started_at=first or NOT_YET,
        human_decisions=human_decisions(session),
        loosened_until=loosened_until(session),
    )


def assemble(
    document: Mapping[str, Any],
    *,
    version: int,
    started_at: datetime,
    human_decisions: int,
    loosened_until: datetime | None,
) -> Policy:
    """A policy of a document. Raises BadPolicyError."""
    return Policy(
        version=version,
        document=document,
        started_at=started_at,
        human_decisions=human_decisions,
        loosened_until=loosened_until,
        **_parts(json.dumps(document)),
    )


def begin(session: Session, now: datetime) -> None:
    """Write the default as version 1, if there is none: the careful start counts from here."""
    if session.scalar(select(PolicyRow.version).limit(1)) is None:
        row = {"version": 1, "document": DEFAULT, "published_by": None, "published_at": now}
        upsert(session, PolicyRow, [row])


def publish(session: Session, document: Mapping[str, Any], by: str, now: datetime) -> Policy:
    """Put another policy in force. Raises BadPolicyError; the same document again makes no new version."""
    parse(document)
    begin(session, now)
    whole = json.loads(json.dumps(document))
    newest = session.scalars(select(PolicyRow).order_by(PolicyRow.version.desc()).limit(1).with_for_update()).one()
    if newest.document != whole:
        row = PolicyRow(version=newest.version + 1, document=whole, published_by=by, published_at=now)
        session.add(row)
        session.flush()
    return current(session)


def versions(session: Session, limit: int = 50) -> list[PolicyRow]:
    """The latest versions, newest first, with who published each."""
    return list(session.scalars(select(PolicyRow).order_by(PolicyRow.version.desc()).limit(limit)))


def hold_less(session: Session, by: str, now: datetime) -> Loosening:
    """Loosen every line for holding until tomorrow, logged. Pressed again while in force it changes nothing."""
    begin(session, now)
    running = session.scalars(select(LooseningRow).order_by(LooseningRow.ends_at.desc()).limit(1)).first()
    if running is None or running.ends_at <= now:
        running = LooseningRow(pressed_by=by, pressed_at=now, ends_at=now + LOOSENED_FOR)
        session.add(running)
        session.flush()
    return Loosening(running.pressed_by, running.pressed_at, running.ends_at)


def loosened_until(session: Session) -> datetime | None:
    """Until when "hold less now" is or was in force; None if it was never pressed."""
    return session.scalar(select(LooseningRow.ends_at).order_by(LooseningRow.ends_at.desc()).limit(1))


def human_decisions(session: Session) -> int:
    """How many decisions people made and did not take back; counted up to 1,000, beyond which nobody asks."""
    return session.scalar(_STANDING) or 0


def _standing() -> Select[int]:
    reversal = aliased(DecisionRow)
    standing = (
        select(DecisionRow.id)
        .where(DecisionRow.reverses_id.is_(None))
        .where(~select(reversal.id).where(reversal.reverses_id == DecisionRow.id).exists())
        .limit(COUNTED)
        .subquery()
    )
    return select(func.count()).select_from(standing)


_STANDING = _standing()
"""Made once: it is asked for every batch."""


@lru_cache(maxsize=16)
def _parts(document: str) -> dict[str, Any]:
    return parse(json.loads(document))
