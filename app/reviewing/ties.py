"""Who here and who on another server follow each other, by name: a small map of what a rule about it would cut."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import impact
from moderation.rows import slices

READ: Final = 5000
"""Follows that are looked at: beyond them the map is of a part."""
SIDE: Final = 12
"""Names on each side."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Two people, by their places in the map's two columns; `out` is a follow from here, `back` one from there."""

    here: int
    there: int
    out: bool
    back: bool


@dataclass(frozen=True, slots=True)
class Map:
    """Those with most ties, each side by how many they have."""

    here: tuple[str, ...]
    """Names of members."""
    there: tuple[str, ...]
    """Handles: name@domain."""
    ties: tuple[Tie, ...]
    left_out: int
    """Pairs that aren't drawn."""


def between(session: Session, domain: str) -> Map:
    """The map for a domain and what lies under it."""
    pairs = _pairs(session, impact.reached(session, [domain]))
    here = _most(Counter(mine for mine, _theirs in pairs))
    there = _most(Counter(theirs for _mine, theirs in pairs))
    drawn = [
        Tie(here.index(mine), there.index(theirs), "out" in ways, "back" in ways)
        for (mine, theirs), ways in sorted(pairs.items())
        if mine in here and theirs in there
    ]
    return Map(tuple(here), tuple(there), tuple(drawn), len(pairs) - len(drawn))


def _pairs(session: Session, domains: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    """Each way by itself, from the people there, whom an index finds."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    here, there = aliased(ActorRow), aliased(ActorRow)
    ways = {"out": (FollowRow.follower_id, FollowRow.target_id), "back": (FollowRow.target_id, FollowRow.follower_id)}
    for part in slices(domains):
        for way, (mine, theirs) in ways.items():
            rows = session.execute(
                select(here.username, there.username, there.domain)
                .select_from(FollowRow)
                .join(there, there.id == theirs)
                .join(here, here.id == mine)
                .where(FollowRow.state == FollowState.ACCEPTED, here.local, there.local.is_(False))
                .where(there.domain.in_(part))
                .limit(READ)
            )
            for name, other, host in rows:
                found[name, f"{other}@{host}"].add(way)
    return found


def _most(counted: Counter[str]) -> list[str]:
    return [name for name, _count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))[:SIDE]]
