"""What strikes weigh, when they expire, and the ladder that they lead up: a part of the policy, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderation.errors import BadPolicyError

DEFAULT: Final[dict[str, Any]] = {
    # After so many days a strike counts no more.
    "days": 90,
    # From which severity (1 to 10) on a strike weighs how many points.
    "points": [[1, 1], [6, 2], [9, 3]],
    # From how many points on, the new strike's among them, which step is recommended. A person decides.
    "ladder": [
        {"points": 1, "action": "warn", "days": None},
        {"points": 3, "action": "freeze", "days": None},
        {"points": 5, "action": "silence", "days": 7},
        {"points": 8, "action": "silence", "days": 30},
        {"points": 10, "action": "suspend", "days": None},
    ],
}
ACTIONS: Final = ("warn", "freeze", "silence", "disable", "suspend")
MOST_RUNGS: Final = 12


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder. `days` is None for until it is taken back."""

    points: int
    action: str
    days: int | None


@dataclass(frozen=True, slots=True)
class StrikePolicy:
    """How long strikes count, what they weigh by severity, and what they lead to."""

    days: int
    points: tuple[tuple[int, int], ...]
    ladder: tuple[Rung, ...]

    def points_of(self, severity: float) -> int:
        """What a strike for something of a severity weighs."""
        return next((weight for least, weight in reversed(self.points) if severity >= least), 1)

    def rung_of(self, points: int) -> Rung | None:
        """The highest step that so many points reach; None below the first."""
        return next((rung for rung in reversed(self.ladder) if points >= rung.points), None)


def parse(value: Any) -> StrikePolicy:
    """The part of a policy document. Raises BadPolicyError naming the field."""
    if not isinstance(value, Mapping) or set(value) != set(DEFAULT):
        raise BadPolicyError(f"strikes: an object with exactly {', '.join(sorted(DEFAULT))}")
    return StrikePolicy(
        days=_whole(value["days"], "strikes.days", 1, 3650),
        points=_points(value["points"]),
        ladder=_ladder(value["ladder"]),
    )


def _points(value: Any) -> tuple[tuple[int, int], ...]:
    where = "strikes.points"
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_RUNGS:
        raise BadPolicyError(f"{where}: a list of pairs, severity and points")
    found = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2:
            raise BadPolicyError(f"{where}: a list of pairs, severity and points")
        found.append((_whole(pair[0], where, 1, 10), _whole(pair[1], where, 1, 100)))
    if found != sorted(found) or len({least for least, _ in found}) != len(found) or found[0][0] != 1:
        raise BadPolicyError(f"{where}: from severity 1 on, rising")
    return tuple(found)


def _ladder(value: Any) -> tuple[Rung, ...]:
    where = "strikes.ladder"
    if not isinstance(value, list) or len(value) > MOST_RUNGS:
        raise BadPolicyError(f"{where}: a list of at most {MOST_RUNGS} steps")
    rungs = tuple(_rung(each) for each in value)
    if [rung.points for rung in rungs] != sorted({rung.points for rung in rungs}):
        raise BadPolicyError(f"{where}: each step takes more points than the one before")
    return rungs


def _rung(value: Any) -> Rung:
    where = "strikes.ladder"
    if not isinstance(value, Mapping) or set(value) != {"points", "action", "days"}:
        raise BadPolicyError(f"{where}: steps with exactly action, days, points")
    if value["action"] not in ACTIONS:
        raise BadPolicyError(f"{where}: an action of {', '.join(ACTIONS)}")
    days = None if value["days"] is None else _whole(value["days"], where, 1, 3650)
    return Rung(_whole(value["points"], where, 1, 1000), value["action"], days)


def _whole(value: Any, where: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadPolicyError(f"{where}: a whole number from {least} to {most}")
    return value
