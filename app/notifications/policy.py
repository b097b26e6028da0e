"""What a member would rather not be told, by who it is from: let through, kept apart as a request, or dropped.

What comes from the house itself, and what staff is told, is never kept apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError
from app.notifications.tables import NotificationKind, NotificationPermissionRow, NotificationPolicyRow
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from moderation.values import Visibility

NEW_FOR = timedelta(days=30)


class Choice(StrEnum):
    """What becomes of it; the last one that applies to somebody counts."""

    ACCEPT = "accept"
    FILTER = "filter"
    DROP = "drop"


DEFAULTS: Mapping[str, Choice] = {
    "for_not_following": Choice.ACCEPT,
    "for_not_followers": Choice.ACCEPT,
    "for_new_accounts": Choice.ACCEPT,
    "for_private_mentions": Choice.ACCEPT,
    "for_limited_accounts": Choice.DROP,
}
"""Strangers' private posts are kept apart by the door already; whom a moderator limited disturbs nobody."""
_PERSONAL = frozenset(NotificationKind) - {
    NotificationKind.POLL,
    NotificationKind.UPDATE,
    NotificationKind.QUOTED_UPDATE,
    NotificationKind.SIGN_UP,
    NotificationKind.REPORT,
    NotificationKind.HELD,
    NotificationKind.RELEASED,
    NotificationKind.MODERATION_WARNING,
    NotificationKind.REPORT_OUTCOME,
    NotificationKind.SEVERED,
}
_WORST = list(Choice)


class Told(Protocol):
    """What is asked about: a draft of a notification."""

    @property
    def account_id(self) -> int:
        """Who is told."""

    @property
    def from_actor_id(self) -> int:
        """By whom."""

    @property
    def kind(self) -> NotificationKind:
        """Of what."""

    @property
    def post_pk(self) -> int | None:
        """About which post."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the policies of some members ask about some senders."""

    follows: frozenset[tuple[int, int]]
    """(who follows, whom)"""
    senders: Mapping[int, ActorRow]
    trusted: frozenset[int]
    permitted: frozenset[tuple[int, int]]
    private: Mapping[int, int | None]
    """Private posts by pk, each with whom it answers."""


def get(session: Session, account_id: int) -> dict[str, Choice]:
    """A member's policy."""
    row = session.get(NotificationPolicyRow, account_id)
    return _choices(row)


def change(services: Services, account_id: int, news: Mapping[str, str]) -> dict[str, Choice]:
    """Change parts of it. Raises InvalidError for words that are none."""
    if not set(news) <= set(DEFAULTS) or not set(news.values()) <= set(Choice):
        raise InvalidError("Validation failed: a policy is accept, filter or drop", code="bad_policy")
    with services.db.write() as session:
        row = session.get(NotificationPolicyRow, account_id) or NotificationPolicyRow(account_id=account_id, choices={})
        row.choices = {**row.choices, **{name: str(value) for name, value in news.items()}}
        session.add(row)
        return _choices(row)


def lenient(session: Session, account_ids: Collection[int]) -> set[int]:
    """Members who want to hear of those whom a moderator limited, if only apart."""
    rows = session.scalars(select(NotificationPolicyRow).where(NotificationPolicyRow.account_id.in_(account_ids)))
    return {row.account_id for row in rows if _choices(row)["for_limited_accounts"] is not Choice.DROP}


def choose(session: Session, drafts: Sequence[Told], now: datetime) -> list[Choice]:
    """What becomes of each, in a handful of queries; none where nobody among them has a policy."""
    members = {draft.account_id for draft in drafts if draft.kind in _PERSONAL}
    policies: dict[int, dict[str, Choice]] = {}
    if members:
        rows = session.scalars(select(NotificationPolicyRow).where(NotificationPolicyRow.account_id.in_(members)))
        policies = {row.account_id: _choices(row) for row in rows}
    asked = [draft for draft in drafts if draft.kind in _PERSONAL and draft.account_id in policies]
    if not asked:
        return [Choice.ACCEPT] * len(drafts)
    known = _known(session, asked)
    return [
        _choice(policies[draft.account_id], draft, known, now)
        if draft.kind in _PERSONAL and draft.account_id in policies
        else Choice.ACCEPT
        for draft in drafts
    ]


def _choice(policy: Mapping[str, Choice], draft: Told, known: _Known, now: datetime) -> Choice:
    me, them = draft.account_id, draft.from_actor_id
    if them in known.trusted or (me, them) in known.permitted:
        return Choice.ACCEPT
    sender, following = known.senders[them], (me, them) in known.follows
    new = now - (sender.published_at or sender.created_at) < NEW_FOR
    limited = sender.silenced_at is not None or sender.domain_silenced
    private = draft.post_pk is not None and known.private.get(draft.post_pk, me) != me
    applies = {
        "for_not_following": not following,
        "for_not_followers": (them, me) not in known.follows,
        "for_new_accounts": new and not following,
        "for_private_mentions": private and not following,
        "for_limited_accounts": limited and not following and draft.kind is not NotificationKind.FOLLOW_REQUEST,
    }
    return max((policy[name] for name, does in applies.items() if does), key=_WORST.index, default=Choice.ACCEPT)


def _known(session: Session, drafts: Sequence[Told]) -> _Known:
    members, senders = {draft.account_id for draft in drafts}, {draft.from_actor_id for draft in drafts}
    follows = session.execute(
        select(FollowRow.follower_id, FollowRow.target_id).where(
            FollowRow.state == FollowState.ACCEPTED,
            or_(
                FollowRow.follower_id.in_(members) & FollowRow.target_id.in_(senders),
                FollowRow.follower_id.in_(senders) & FollowRow.target_id.in_(members),
            ),
        )
    )
    permitted = session.execute(
        select(NotificationPermissionRow.account_id, NotificationPermissionRow.from_actor_id).where(
            NotificationPermissionRow.account_id.in_(members), NotificationPermissionRow.from_actor_id.in_(senders)
        )
    )
    trusted = session.scalars(
        select(AccountRow.id).where(AccountRow.id.in_(senders), AccountRow.role.in_(sorted(lookup.STAFF)))
    )
    pks = {draft.post_pk for draft in drafts if draft.post_pk is not None}
    private = session.execute(
        select(PostRow.pk, PostRow.in_reply_to_actor_id).where(
            PostRow.pk.in_(pks), PostRow.visibility == Visibility.DIRECT
        )
    )
    return _Known(
        follows=frozenset((row[0], row[1]) for row in follows),
        senders={row.id: row for row in session.scalars(select(ActorRow).where(ActorRow.id.in_(senders)))},
        trusted=frozenset(trusted),
        permitted=frozenset((row[0], row[1]) for row in permitted),
        private={row[0]: row[1] for row in private},
    )


def _choices(row: NotificationPolicyRow | None) -> dict[str, Choice]:
    kept = row.choices if row is not None else {}
    return {name: Choice(kept.get(name, otherwise)) for name, otherwise in DEFAULTS.items()}
