"""Policies in the database: the one in force, publishing another, and "hold less now"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from moderation.alarms.tables import AlarmRow
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import DecisionRow
from moderation.log import chain as log
from moderation.policy.document import DEFAULT, merged, whole
from moderation.policy.parsing import parse
from moderation.policy.tables import LooseningRow, PolicyRow
from moderation.policy.values import Adapted, Policy
from moderation.rows import upsert

LOOSENED_FOR = timedelta(days=1)
COUNTED = 1000
NOT_YET = datetime.max.replace(tzinfo=UTC)
ADAPTED: Final = "lines_moved"
"""The alarm that is up while lines for holding have gone up by themselves; its details say how far, and until when."""
_READ = "policy_in_force"
"""Under this name a session's `info` keeps the policy that it read, with its stamp."""


@dataclass(frozen=True, slots=True)
class Loosening:
    """ "Hold less now", as it was pressed."""

    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one policy in force from another: cheap to ask for, and equal only where nothing changed."""

    version: int | None
    """None before `begin` was ever called."""
    started_at: datetime | None
    newest_decision: int | None
    """Decisions are only ever added, a reversal too: while this stays, so does how many of them stand."""
    loosened_until: datetime | None
    adapted: dict[str, Any] | None
    """What the alarm says that is up while lines have moved by themselves."""


def current(session: Session) -> Policy:
    """The policy in force. Before `begin` was ever called that is the default, version 1, just started."""
    found = stamp(session)
    read: tuple[Stamp, Policy] | None = session.info.get(_READ)
    if read is None or read[0] != found:
        read = session.info[_READ] = found, of_stamp(session, found)
    return read[1]


def stamp(session: Session) -> Stamp:
    """The stamp of the policy in force."""
    return Stamp(*session.execute(_STAMP).one())


def of_stamp(session: Session, of: Stamp) -> Policy:
    """The policy that a stamp, just read, stands for."""
    document = DEFAULT
    if of.version is not None:
        document = whole(session.scalars(select(PolicyRow.document).where(PolicyRow.version == of.version)).one())
    return assemble(
        document,
        version=of.version or 1,
        started_at=of.started_at or NOT_YET,
        human_decisions=human_decisions(session),
        loosened_until=of.loosened_until,
        adapted=_adapted(of),
    )


def _adapted(of: Stamp) -> Adapted | None:
    return adapted_of(of.adapted) if of.adapted is not None else None


def adapted_of(details: Mapping[str, Any]) -> Adapted:
    """What an alarm named ADAPTED says."""
    return Adapted(datetime.fromisoformat(details["until"]), float(details["logits"]))


class PolicyCache:
    """The policy of one process: read again where its stamp isn't the same any more."""

    def __init__(self) -> None:
        self._known: tuple[Stamp, Policy] | None = None

    def get(self, session: Session, stamp: Stamp) -> Policy:
        """The policy in force; `stamp` was just read in this session."""
        known = self._known
        if known is None or known[0] != stamp:
            known = self._known = stamp, self._read(session, stamp, known)
        return known[1]

    @staticmethod
    def _read(session: Session, stamp: Stamp, known: tuple[Stamp, Policy] | None) -> Policy:
        """A version is never rewritten: what people decided since changes a number, and not what it says."""
        if known is None or (known[0].version, known[0].started_at) != (stamp.version, stamp.started_at):
            return of_stamp(session, stamp)
        return replace(
            known[1],
            human_decisions=human_decisions(session),
            loosened_until=stamp.loosened_until,
            adapted=_adapted(stamp),
        )


def assemble(
    document: Mapping[str, Any],
    *,
    version: int,
    started_at: datetime,
    human_decisions: int,
    loosened_until: datetime | None,
    adapted: Adapted | None = None,
) -> Policy:
    """A policy of a document. Raises BadPolicyError."""
    return Policy(
        version=version,
        document=document,
        started_at=started_at,
        human_decisions=human_decisions,
        loosened_until=loosened_until,
        adapted=adapted,
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
    _take_turn(session, now)
    plain = json.loads(json.dumps(document))
    newest = session.scalars(select(PolicyRow).order_by(PolicyRow.version.desc()).limit(1)).one()
    if newest.document != plain:
        row = PolicyRow(version=newest.version + 1, document=plain, published_by=by, published_at=now)
        session.add(row)
        session.flush()
        log.append(session, by, "policy_published", f"policy:{row.version}", {}, now)
    return current(session)


def change(session: Session, changes: Mapping[str, Any], by: str, now: datetime) -> Policy:
    """Put a policy in force that differs from the one in force by these values alone. Raises BadPolicyError."""
    _take_turn(session, now)
    return publish(session, merged(current(session).document, changes), by, now)


def _take_turn(session: Session, now: datetime) -> None:
    """Who writes a policy goes after whoever does so now: the first version is always there, the newest isn't."""
    begin(session, now)
    session.execute(select(PolicyRow.version).order_by(PolicyRow.version).limit(1).with_for_update())


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
        log.append(session, by, "held_less", "policy", {"until": running.ends_at.isoformat()}, now)
    return Loosening(running.pressed_by, running.pressed_at, running.ends_at)


def loosened_until(session: Session) -> datetime | None:
    """Until when "hold less now" is or was in force; None if it was never pressed."""
    return session.scalar(select(LooseningRow.ends_at).order_by(LooseningRow.ends_at.desc()).limit(1))


def human_decisions(session: Session) -> int:
    """How many decisions people made and did not take back; counted up to 1,000, beyond which nobody asks."""
    return session.scalar(_STANDING) or 0


def _standing() -> Select[int]:
    standing = select(DecisionRow.id).where(ORIGINAL).where(STANDS).limit(COUNTED).subquery()
    return select(func.count()).select_from(standing)


_STANDING = _standing()
"""Made once: it is asked for whenever somebody decided."""


def _stamp() -> tuple[ColumnElement[Any], ...]:
    return (
        select(func.max(PolicyRow.version)).scalar_subquery(),
        select(PolicyRow.published_at).order_by(PolicyRow.version).limit(1).scalar_subquery(),
        select(func.max(DecisionRow.id)).scalar_subquery(),
        select(LooseningRow.ends_at).order_by(LooseningRow.ends_at.desc()).limit(1).scalar_subquery(),
        select(AlarmRow.details).where(AlarmRow.name == ADAPTED, AlarmRow.cleared_at.is_(None)).scalar_subquery(),
    )


STAMP = _stamp()
"""The columns of a `Stamp`, for whoever asks for more along with them."""
_STAMP = select(*STAMP)


@lru_cache(maxsize=16)
def _parts(document: str) -> dict[str, Any]:
    return parse(json.loads(document))
