"""Announcements as members see them now, and all of them for who writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.announcements.tables import AnnouncementReactionRow, AnnouncementReadRow, AnnouncementRow
from app.errors import NotFoundError
from app.posts.visibility import standing

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Reaction:
    """A sign, how many gave it, and whether the reader did."""

    name: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class Announcement:
    """One, as a member sees it."""

    row: AnnouncementRow
    read: bool
    reactions: tuple[Reaction, ...]
    people: tuple[ActorRow, ...]
    """Whom it names."""


def is_shown(now: datetime) -> ColumnElement[bool]:
    """Whether members see it now."""
    return and_(
        AnnouncementRow.shown_from <= now,
        or_(AnnouncementRow.ends_at.is_(None), AnnouncementRow.ends_at > now),
        AnnouncementRow.ended_at.is_(None),
    )


def find(session: Session, number: int, now: datetime) -> AnnouncementRow:
    """One that is shown. Raises NotFoundError."""
    row = session.scalar(select(AnnouncementRow).where(AnnouncementRow.id == number, is_shown(now)))
    if row is None:
        raise NotFoundError
    return row


def shown(session: Session, account_id: int, now: datetime) -> list[Announcement]:
    """What members see now, the latest last, as Mastodon has it."""
    query = select(AnnouncementRow).where(is_shown(now)).order_by(AnnouncementRow.shown_from, AnnouncementRow.id)
    return for_reader(session, session.scalars(query.limit(MOST_LISTED)).all(), account_id)


def unread(session: Session, account_id: int, now: datetime) -> Sequence[AnnouncementRow]:
    """What a member hasn't put away yet."""
    read = exists().where(
        AnnouncementReadRow.announcement_id == AnnouncementRow.id, AnnouncementReadRow.account_id == account_id
    )
    query = select(AnnouncementRow).where(is_shown(now), ~read).order_by(AnnouncementRow.shown_from.desc())
    return session.scalars(query.limit(MOST_LISTED)).all()


def all_of(session: Session) -> Sequence[AnnouncementRow]:
    """For who writes them: all, the latest first."""
    return session.scalars(select(AnnouncementRow).order_by(AnnouncementRow.id.desc()).limit(MOST_LISTED)).all()


def for_reader(session: Session, rows: Sequence[AnnouncementRow], account_id: int) -> list[Announcement]:
    """With what this reader has to do with each."""
    ids = [row.id for row in rows]
    mine = AnnouncementReadRow.account_id == account_id, AnnouncementReadRow.announcement_id.in_(ids)
    read = set(session.scalars(select(AnnouncementReadRow.announcement_id).where(*mine)))
    people = _people(session, {number for row in rows for number in row.mentioned})
    reactions = _reactions(session, ids, account_id)
    return [
        Announcement(
            row,
            row.id in read,
            tuple(reactions.get(row.id, ())),
            tuple(people[number] for number in row.mentioned if number in people),
        )
        for row in rows
    ]


def count(session: Session, number: int, name: str) -> int:
    """How many gave a sign."""
    given = select(func.count()).where(
        AnnouncementReactionRow.announcement_id == number, AnnouncementReactionRow.name == name
    )
    return session.scalar(given) or 0


def _people(session: Session, ids: set[int]) -> dict[int, ActorRow]:
    rows = session.scalars(select(ActorRow).where(ActorRow.id.in_(ids), standing(ActorRow))) if ids else ()
    return {row.id: row for row in rows}


def _reactions(session: Session, ids: Sequence[int], account_id: int) -> dict[int, list[Reaction]]:
    """By announcement, in the order in which each was given first."""
    row = AnnouncementReactionRow
    counted = (
        select(row.announcement_id, row.name, func.count())
        .where(row.announcement_id.in_(ids))
        .group_by(row.announcement_id, row.name)
        .order_by(func.min(row.made_at), row.name)
    )
    own = select(row.announcement_id, row.name).where(row.announcement_id.in_(ids), row.account_id == account_id)
    given = {(number, name) for number, name in session.execute(own)}
    found: dict[int, list[Reaction]] = {}
    for number, name, many in session.execute(counted):
        found.setdefault(number, []).append(Reaction(name, many, (number, name) in given))
    return found
