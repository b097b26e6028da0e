"""What a handler says of an activity: done, refused for a reason, or again later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts.tables import ActorRow
from app.federation.tables import IntakeState
from app.federation.wire.values import Activity

FETCH = "fetch"
"""The reason of an activity that needs something from elsewhere first; the fetching pass looks for it."""
LOOKS_EVERY, LOOKS_FOR = timedelta(minutes=2), timedelta(days=3)
_DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))


@dataclass(frozen=True, slots=True)
class Item:
    """An activity that its actor certainly sent, ready for its handler.

    `elsewhere`: its object can't be believed from this sender and must come from there. `fetched`: what it needed
    from elsewhere was fetched; what isn't known now won't be.
    """

    row_id: int
    activity: Activity
    actor: ActorRow
    received_at: datetime
    attempts: int = 1
    elsewhere: str | None = None
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `after`: how long to wait before it is tried again."""

    state: IntakeState
    reason: str | None = None
    after: timedelta | None = None


DONE = Outcome(IntakeState.DONE)


def refused(reason: str) -> Outcome:
    """It will never be taken; `reason` is a word of ours, fit for a metric."""
    return Outcome(IntakeState.REFUSED, reason)


def retry(reason: str, attempts: int) -> Outcome:
    """Again later, and later each time; after some four days, never."""
    if attempts > len(_DELAYS):
        return refused(f"gave_up:{reason}")
    return Outcome(IntakeState.RETRY, reason, _DELAYS[attempts - 1])


def look_again(item: Item, reason: str, now: datetime) -> Outcome:
    """It depends on something here that a person or a clock will decide, within days at most."""
    if now - item.received_at > LOOKS_FOR:
        return refused(f"gave_up:{reason}")
    return Outcome(IntakeState.RETRY, reason, LOOKS_EVERY)


def fetch_first(item: Item, otherwise: str) -> Outcome:
    """Something must come from elsewhere first; if it came and isn't there, it is refused for `otherwise`."""
    if item.fetched:
        return refused(otherwise)
    return Outcome(IntakeState.RETRY, FETCH, timedelta(0))
