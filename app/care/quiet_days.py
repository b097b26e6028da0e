"""Whom strangers are kept from, and who is a stranger: asked wherever somebody is told or judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.care.tables import QuietDayRow
from app.posts.tables import MentionRow, PostRow
from app.relationships.tables import FollowRow, FollowState


def until(session: Session, account_id: int, now: datetime) -> datetime | None:
    """Until when strangers are kept from a member; None where they aren't."""
    row = session.get(QuietDayRow, account_id)
    return row.ends_at if row is not None and row.ends_at > now else None


def in_quiet(session: Session, account_ids: Iterable[int], now: datetime) -> set[int]:
    """Those of these members who have a quiet day."""
    ids = set(account_ids)
    if not ids:
        return set()
    statement = select(QuietDayRow.account_id).where(QuietDayRow.account_id.in_(ids), QuietDayRow.ends_at > now)
    return set(session.scalars(statement))


def unwanted(session: Session, pairs: Iterable[tuple[int, int]], now: datetime) -> set[tuple[int, int]]:
    """Of these (member, sender), those in which a stranger would disturb a quiet day."""
    by_member: dict[int, list[int]] = {}
    for member, sender in pairs:
        by_member.setdefault(member, []).append(sender)
    found: set[tuple[int, int]] = set()
    for member in in_quiet(session, by_member, now):
        senders = by_member[member]
        found |= {(member, each) for each in set(senders) - acquainted(session, member, senders) - {member}}
    return found


def acquainted(session: Session, member_id: int, others: Sequence[int], before: datetime | None = None) -> set[int]:
    """Those of `others` who are no strangers to a member: she follows them, or wrote to them; or they wrote to her
    `before` then."""
    follows = select(FollowRow.target_id).where(
        FollowRow.follower_id == member_id, FollowRow.target_id.in_(others), FollowRow.state == FollowState.ACCEPTED
    )
    wrote = (
        select(MentionRow.actor_id)
        .join(PostRow, PostRow.pk == MentionRow.post_pk)
        .where(PostRow.actor_id == member_id, MentionRow.actor_id.in_(others))
    )
    answered = select(PostRow.in_reply_to_actor_id).where(
        PostRow.actor_id == member_id, PostRow.in_reply_to_actor_id.in_(others)
    )
    found = {*session.scalars(follows), *session.scalars(wrote), *(each for each in session.scalars(answered) if each)}
    if before is not None:
        named = exists().where(MentionRow.post_pk == PostRow.pk, MentionRow.actor_id == member_id)
        at_her = or_(named, PostRow.in_reply_to_actor_id == member_id)
        earlier = select(PostRow.actor_id).where(PostRow.actor_id.in_(others), PostRow.submitted_at < before, at_her)
        found |= set(session.scalars(earlier.distinct()))
    return found
