"""What a check could not judge: it waits, and is an alarm where everything fails, a case where it alone does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from moderation import alarms
from moderation.alarms.tables import AlarmRow, RetryRow
from moderation.rows import slices, upsert
from moderation.values import Judgement, Outcome

ATTEMPTS: Final = 5
PATIENCE: Final = timedelta(minutes=10)
PREFIX: Final = "check_failing:"
UNDER_WAY: Final = or_(
    select(RetryRow.uri).exists(),
    select(AlarmRow.name).where(AlarmRow.cleared_at.is_(None), AlarmRow.name.startswith(PREFIX)).exists(),
)
"""Whether anything is tried again, or an alarm of that is up: else a batch in which nothing fails is settled."""


def settle(session: Session, judgements: Sequence[Judgement], now: datetime) -> list[Judgement]:
    """The judgements, with those turned into holds that keep failing alone; counts the others, minds the alarms."""
    up = {alarm.name for alarm in alarms.current(session) if alarm.name.startswith(PREFIX)}
    failing = [each for each in judgements if each.failed_checks]
    waited = _waited(session, [each.submission.uri for each in judgements]) if failing or _any(session) else {}
    found = [_give_up(each, waited, up, now) for each in judgements]
    _alarm(session, judgements, found, up, now)
    _count(session, found, waited, now)
    return found


def _any(session: Session) -> bool:
    return session.scalar(select(RetryRow.uri).limit(1)) is not None


def _waited(session: Session, uris: Sequence[str]) -> dict[str, RetryRow]:
    found: dict[str, RetryRow] = {}
    for part in slices(uris):
        found |= {row.uri: row for row in session.scalars(select(RetryRow).where(RetryRow.uri.in_(part)))}
    return found


def _give_up(judgement: Judgement, waited: Mapping[str, RetryRow], up: set[str], now: datetime) -> Judgement:
    row = waited.get(judgement.submission.uri)
    if not judgement.failed_checks or row is None or any(PREFIX + name in up for name in judgement.failed_checks):
        return judgement
    if row.attempts + 1 < ATTEMPTS or now - row.first_at < PATIENCE:
        return judgement
    # Private posts are read by nobody: one that can't be judged is let in behind a warning, as a hold would be.
    outcome = Outcome.HOLD if judgement.as_public else Outcome.LABEL
    warning = None if judgement.as_public else "unjudged"
    return replace(judgement, outcome=outcome, warning=warning, reasons=("check_failing_alone",))


def _alarm(
    session: Session,
    judgements: Sequence[Judgement],
    found: Sequence[Judgement],
    up: set[str],
    now: datetime,
) -> None:
    waiting = [each for each in found if each.outcome is None]
    for check in sorted({name for each in waiting for name in each.failed_checks}):
        if all(check in each.failed_checks for each in judgements):
            count = sum(check in each.failed_checks for each in waiting)
            alarms.raise_(session, PREFIX + check, now, {"check": check}, count)
    for name in sorted(up):
        if any(name.removeprefix(PREFIX) not in each.failed_checks for each in judgements):
            alarms.clear(session, name, now)


def _count(session: Session, found: Sequence[Judgement], waited: Mapping[str, RetryRow], now: datetime) -> None:
    rows = [
        {
            "uri": each.submission.uri,
            "attempts": 1,
            "first_at": now,
            "last_at": now,
            "checks": list(each.failed_checks),
        }
        for each in found
        if each.outcome is None
    ]
    upsert(session, RetryRow, rows, add=("attempts",), put=("last_at", "checks"))
    done = [each.submission.uri for each in found if each.outcome is not None and each.submission.uri in waited]
    for part in slices(done):
        session.execute(delete(RetryRow).where(RetryRow.uri.in_(part)))
