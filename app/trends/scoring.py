"""How much something is spoken of: each person counts once, and less the longer ago it was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(hours=48)
HALF_LIFE: Final = timedelta(hours=6)
LEAST_PEOPLE: Final = 3
"""Fewer are a conversation."""


def by_people(uses: Iterable[tuple[str, int, datetime]], now: datetime) -> dict[str, float]:
    """The score of each thing that at least LEAST_PEOPLE spoke of, from (thing, person, when)."""
    last: dict[str, dict[int, datetime]] = {}
    for thing, person, at in uses:
        people = last.setdefault(thing, {})
        people[person] = max(at, people.get(person, at))
    return {
        thing: sum(weight(now - at) for at in people.values())
        for thing, people in last.items()
        if len(people) >= LEAST_PEOPLE
    }


def weight(age: timedelta) -> float:
    """What somebody counts who spoke of it so long ago."""
    return float(0.5 ** (max(age, timedelta()) / HALF_LIFE))


def of_post(likes: int, boosts: int, age: timedelta) -> float:
    """A post's, by what others did with it; 0 where too few did anything."""
    return (likes + boosts) * weight(age) if likes + boosts >= LEAST_PEOPLE else 0.0


def most_written(names: Iterable[tuple[str, str, int]]) -> Mapping[str, str]:
    """The way in which each thing is written most, from (thing, name, how often)."""
    best: dict[str, tuple[int, str]] = {}
    for thing, name, count in names:
        best[thing] = max(best.get(thing, (0, "")), (count, name))
    return {thing: name for thing, (_count, name) in best.items()}
