"""Notifications in groups: many likes of one post within half a day are one thing to read.

What belongs together is decided when somebody is told (`keys`), and kept as the row's `group_key`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.notifications import reading
from app.notifications.keys import GROUPED
from app.notifications.reading import NotificationView, Which
from app.notifications.tables import NotificationKind, NotificationRow
from app.paging import Paging, by_id
from app.services import Services

SCANNED = 2000
"""How many notifications are read at most to fill one page: a page may come out short, and never slow."""
SAMPLES = 8
ALONE = "ungrouped-"


@dataclass(frozen=True, slots=True)
class Group:
    """Several that are told as one. `newest`: its latest on this page; `samples`: who it is from, the latest first,
    whatever of it is on this page.
    """

    key: str
    newest: NotificationView
    count: int
    lowest_id: int
    highest_id: int
    samples: tuple[ActorRow, ...]


def shown_key(row: NotificationRow, grouped: Collection[NotificationKind] = GROUPED) -> str:
    """Its group's key, or its own."""
    return row.group_key if row.group_key and row.kind in grouped else f"{ALONE}{row.id}"


def page(
    session: Session, account_id: int, paging: Paging, which: Which, grouped: Collection[NotificationKind] = GROUPED
) -> list[Group]:
    """A page of groups, the one with the newest notification first. Further back a group stands where its newest is:
    what of it lies deeper is on no other page.
    """
    scanned = Paging(SCANNED, paging.max_id, paging.since_id, paging.min_id)
    query = by_id(reading.visible(account_id, NotificationRow, which), NotificationRow.id, scanned)
    rows = session.scalars(query).all()
    before = _further_up(session, account_id, {row.group_key for row in rows if row.group_key}, paging, which)
    groups: dict[str, list[NotificationRow]] = {}
    for row in rows:
        key = shown_key(row, grouped)
        if key in before:
            continue
        if key not in groups and len(groups) == paging.limit:
            break
        groups.setdefault(key, []).append(row)
    found = _groups(session, account_id, groups, which)
    return sorted(found, key=lambda group: group.highest_id, reverse=True)


def one(session: Session, account_id: int, key: str) -> Group:
    """One group, whole. Raises NotFoundError."""
    query = reading.visible(account_id, NotificationRow, Which(filtered=True)).where(_has(key))
    rows = session.scalars(query.order_by(NotificationRow.id.desc()).limit(SCANNED)).all()
    if not rows:
        raise NotFoundError
    return _groups(session, account_id, {key: list(rows)}, Which(filtered=True))[0]


def people(session: Session, account_id: int, key: str, paging: Paging) -> list[tuple[int, ActorRow]]:
    """Whom a group is from, each with their notification's id, newest first. Raises NotFoundError."""
    query = reading.visible(account_id, NotificationRow, Which(filtered=True)).where(_has(key))
    rows = session.scalars(by_id(query, NotificationRow.id, paging)).all()
    if not rows and paging.max_id is None and paging.min_id is None:
        raise NotFoundError
    actors = _actors(session, {row.from_actor_id for row in rows})
    return [(row.id, actors[row.from_actor_id]) for row in sorted(rows, key=lambda row: row.id, reverse=True)]


def dismiss(services: Services, account_id: int, key: str) -> None:
    """Forget a whole group."""
    with services.db.write() as session:
        session.execute(delete(NotificationRow).where(NotificationRow.account_id == account_id, _has(key)))


def unread(
    session: Session, account_id: int, since_id: int, most: int, which: Which, grouped: Collection[NotificationKind]
) -> int:
    """How many groups have something newer than `since_id`, up to `most`."""
    query = reading.visible(account_id, NotificationRow, which).where(NotificationRow.id > since_id)
    keys: set[str] = set()
    for row in session.scalars(query.order_by(NotificationRow.id.desc()).limit(SCANNED)):
        keys.add(shown_key(row, grouped))
        if len(keys) == most:
            break
    return len(keys)


def _has(key: str) -> ColumnElement[bool]:
    if key.startswith(ALONE):
        number = key.removeprefix(ALONE)
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            raise NotFoundError
        return NotificationRow.id == int(number)
    if "\0" in key or len(key) > 120:
        raise NotFoundError
    return NotificationRow.group_key == key


def _further_up(
    session: Session, account_id: int, keys: Collection[str], paging: Paging, which: Which
) -> frozenset[str]:
    """Those of these groups that stand before this page already."""
    if paging.max_id is None or not keys:
        return frozenset()
    query = reading.visible(account_id, NotificationRow.group_key, which).distinct()
    seen = query.where(NotificationRow.group_key.in_(keys), NotificationRow.id >= paging.max_id)
    return frozenset(key for key in session.scalars(seen) if key)


def _groups(session: Session, account_id: int, groups: dict[str, list[NotificationRow]], which: Which) -> list[Group]:
    newest = {key: max(rows, key=lambda row: row.id) for key, rows in groups.items()}
    views = {view.row.id: view for view in reading.views(session, account_id, list(newest.values()))}
    together = [key for key in groups if not key.startswith(ALONE)]
    counted = _counted(session, account_id, together, which)
    alone = {key: [row.from_actor_id for row in rows] for key, rows in groups.items()}
    sampled = alone | _sampled(session, account_id, together, which)
    actors = _actors(session, {actor_id for ids in sampled.values() for actor_id in ids})
    return [
        Group(
            key=key,
            newest=views[newest[key].id],
            count=counted.get(key, len(rows)),
            lowest_id=min(row.id for row in rows),
            highest_id=newest[key].id,
            samples=tuple(actors[actor_id] for actor_id in dict.fromkeys(sampled[key])),
        )
        for key, rows in groups.items()
    ]


def _counted(session: Session, account_id: int, keys: Sequence[str], which: Which) -> dict[str, int]:
    query = reading.visible(account_id, NotificationRow.group_key, which).where(NotificationRow.group_key.in_(keys))
    rows = query.add_columns(func.count()).group_by(NotificationRow.group_key)
    return {key: count for key, count in session.execute(rows)}


def _sampled(session: Session, account_id: int, keys: Sequence[str], which: Which) -> dict[str, list[int]]:
    """key → who it is from, the latest first, some of them."""
    rank = func.row_number().over(partition_by=NotificationRow.group_key, order_by=NotificationRow.id.desc())
    query = reading.visible(account_id, NotificationRow.group_key, which).where(NotificationRow.group_key.in_(keys))
    ranked = query.add_columns(NotificationRow.id, NotificationRow.from_actor_id, rank.label("rank")).subquery()
    latest = select(ranked.c.group_key, ranked.c.from_actor_id).where(ranked.c.rank <= SAMPLES)
    found: dict[str, list[int]] = {}
    for key, actor_id in session.execute(latest.order_by(ranked.c.id.desc())):
        found.setdefault(key, []).append(actor_id)
    return found


def _actors(session: Session, ids: Collection[int]) -> dict[int, ActorRow]:
    return {row.id: row for row in session.scalars(select(ActorRow).where(ActorRow.id.in_(ids)))}
