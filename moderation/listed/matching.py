"""Which media of a batch stand on a list: exactly, by their bytes, or nearly, by what is to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.listed.bank import is_in_time
from moderation.listed.near import Near, NearIndex
from moderation.listed.tables import HashKind, HashListRow, ListedHashRow, ListSeverity
from moderation.policy.values import Pictures
from moderation.rows import slices
from moderation.values import Media

EXACT = (HashKind.MD5, HashKind.SHA1, HashKind.SHA256)


@dataclass(frozen=True, slots=True)
class Match:
    """A listed hash that a file has, or nearly has."""

    hash_id: int
    list_name: str
    severity: ListSeverity
    label: str
    kind: HashKind
    distance: int = 0
    """Bits of 256, for pictures."""
    turned: bool = False
    """Whether it is nearly that picture mirrored or turned."""


class BankCache:
    """The index of one process: built again when a list has changed, and only where a picture asks."""

    def __init__(self) -> None:
        self._version = -1
        self._index = NearIndex((), ())

    def index(self, session: Session) -> NearIndex:
        """Every picture hash that is listed; what of it is in force is asked of the rows that it finds."""
        version = session.scalar(select(func.coalesce(func.sum(HashListRow.version), 0))) or 0
        if version != self._version:
            query = select(ListedHashRow.id, ListedHashRow.digest).where(ListedHashRow.kind == HashKind.PDQ)
            rows = session.execute(query).all()
            self._index, self._version = NearIndex([row[0] for row in rows], [row[1] for row in rows]), version
        return self._index


def find(
    session: Session, media: Sequence[Media], cache: BankCache, rule: Pictures, now: datetime
) -> dict[Media, tuple[Match, ...]]:
    """By file, what it matches; the gravest first. Files that nobody has looked at yet match nothing."""
    seen = list(dict.fromkeys(each for each in media if each.digests or each.pictures))
    if not seen:
        return {}
    exact = _exact(session, seen, now)
    near = {each: _near(each, cache.index(session), rule) for each in seen if each.pictures}
    listed = _listed(session, [one.id for found in near.values() for one in found], now)
    matches = {
        each: [*exact.get(each, ()), *(_of(one, *listed[one.id]) for one in near.get(each, ()) if one.id in listed)]
        for each in seen
    }
    return {each: tuple(sorted(found, key=_gravity)) for each, found in matches.items() if found}


def _gravity(match: Match) -> tuple[int, int]:
    return -list(ListSeverity).index(match.severity), match.distance


def _exact(session: Session, media: Sequence[Media], now: datetime) -> dict[Media, list[Match]]:
    wanted = {digest for each in media for digest in each.digests}
    listed: dict[str, list[tuple[ListedHashRow, HashListRow]]] = {}
    for part in slices(wanted):
        which = (ListedHashRow.kind.in_(EXACT), ListedHashRow.digest.in_(part))
        for row, of in _in_force(session, now, *which):
            listed.setdefault(row.digest, []).append((row, of))
    return {
        each: [
            Match(row.id, of.name, of.severity, of.label, row.kind)
            for digest in each.digests
            for row, of in listed.get(digest, ())
        ]
        for each in media
    }


def _near(each: Media, index: NearIndex, rule: Pictures) -> list[Near]:
    """Each listed hash once, as near as any of its pictures comes."""
    found: dict[int, Near] = {}
    for picture in each.pictures:
        if picture.quality < rule.quality:
            continue
        asked = picture.bits if rule.turned else picture.bits[:1]
        for one in index.find(asked, rule.distance):
            if one.id not in found or one.distance < found[one.id].distance:
                found[one.id] = one
    return list(found.values())


def _listed(session: Session, ids: Sequence[int], now: datetime) -> dict[int, tuple[ListedHashRow, HashListRow]]:
    found: dict[int, tuple[ListedHashRow, HashListRow]] = {}
    for part in slices(ids):
        found |= {row.id: (row, of) for row, of in _in_force(session, now, ListedHashRow.id.in_(part))}
    return found


def _in_force(session: Session, now: datetime, *which: object) -> list[tuple[ListedHashRow, HashListRow]]:
    query = select(ListedHashRow, HashListRow).join(HashListRow, HashListRow.id == ListedHashRow.list_id)
    rows = session.execute(query.where(*which, HashListRow.off_at.is_(None), is_in_time(now)))  # type: ignore[arg-type]
    return [(row, of) for row, of in rows]


def _of(one: Near, row: ListedHashRow, of: HashListRow) -> Match:
    return Match(row.id, of.name, of.severity, of.label, row.kind, one.distance, turned=one.turn > 0)
