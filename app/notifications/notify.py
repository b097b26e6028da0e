"""Tells members: one place that decides whether somebody is told, in batches, and says so to their streams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.care import quiet_days
from app.conversations import marking
from app.database.engine import after_commit
from app.ids import IDS
from app.notifications import keys, policy, requests, staff
from app.notifications.policy import Choice
from app.notifications.tables import TO_STAFF, NotificationKind, NotificationRow
from app.posts.published import PublishedPost
from app.posts.tables import PostKind, PostRow
from app.push import queueing
from app.relationships import blocked_domains
from app.relationships.tables import BlockRow, FollowRow, FollowState, MuteRow
from app.services import Services
from app.stores import events
from moderation.rows import ask
from moderation.values import PUBLIC_KINDS

Kind = NotificationKind
FROM_THE_HOUSE = frozenset(
    {Kind.HELD, Kind.RELEASED, Kind.MODERATION_WARNING, Kind.REPORT_OUTCOME, Kind.POLL, Kind.SEVERED}
)
"""What a member is told whoever it is from: themselves, or nobody whom they could block."""
ONCE = frozenset(
    {
        Kind.MENTION,
        Kind.STATUS,
        Kind.LIKE,
        Kind.BOOST,
        Kind.QUOTE,
        Kind.FOLLOW,
        Kind.FOLLOW_REQUEST,
        Kind.HELD,
        Kind.RELEASED,
    }
)
"""Told once for each actor and post, however often it's taken back and done again."""
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NotificationDraft:
    """Something to tell. `account_id` is the actor id of the member, `payload` small JSON."""

    account_id: int
    kind: NotificationKind
    from_actor_id: int
    post_pk: int | None = None
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        """Who is told, by whom."""
        return self.account_id, self.from_actor_id

    @property
    def sameness(self) -> tuple[int, NotificationKind, int, int | None]:
        """Two drafts with this in common say the same."""
        return self.account_id, self.kind, self.from_actor_id, self.post_pk


def add(session: Session, services: Services, draft: NotificationDraft) -> NotificationRow | None:
    """Tell one; None where the member doesn't want to know, knows already, or isn't one of ours."""
    rows = add_many(session, services, [draft])
    return rows[0] if rows else None


def add_many(session: Session, services: Services, drafts: Sequence[NotificationDraft]) -> list[NotificationRow]:
    """Tell many in a handful of queries; the rows that were made."""
    drafts = list({draft.sameness: draft for draft in drafts}.values())
    drafts = [draft for draft in drafts if draft.account_id != draft.from_actor_id or draft.kind in FROM_THE_HOUSE]
    drafts = _to_members(session, drafts)
    drafts = _wanted(session, drafts, services.clock.now())
    return _tell(session, services, _unsaid(session, drafts))


def _tell(session: Session, services: Services, drafts: Sequence[NotificationDraft]) -> list[NotificationRow]:
    """Write what the members' policies let through; what they keep apart is told to no stream."""
    now = services.clock.now()
    chosen = zip(drafts, policy.choose(session, drafts, now), strict=True)
    kept = [(draft, choice is Choice.FILTER) for draft, choice in chosen if choice is not Choice.DROP]
    post_ids = _grouped_posts(session, [draft for draft, _apart in kept])
    rows = [_row(draft, post_ids.get(draft.post_pk or 0), now, apart) for draft, apart in kept]
    session.add_all(rows)
    requests.keep(session, [draft.pair for draft, apart in kept if apart], now)
    queueing.notifications(session, services, rows)
    told = [(row.account_id, str(row.id)) for row in rows if not row.filtered]
    if told:
        after_commit(session, lambda: _announce(services, told))
    return rows


def _grouped_posts(session: Session, drafts: Sequence[NotificationDraft]) -> dict[int, int]:
    """The public ids of posts that groups are named by, by pk."""
    pks = {draft.post_pk for draft in drafts if draft.kind in keys.GROUPED and draft.post_pk is not None}
    if not pks:
        return {}
    return {row[0]: row[1] for row in session.execute(select(PostRow.pk, PostRow.id).where(PostRow.pk.in_(pks)))}


def for_posts(session: Session, services: Services, posts: Sequence[PublishedPost]) -> list[NotificationRow]:
    """Tell of posts that were just published: mentions, replies, boosts, and those who asked to be told of an author.

    What came as a request from a stranger tells nobody.
    """
    shown = [post for post in posts if not post.as_request]
    if not shown:
        return []
    drafts = [*_mentions(shown), *_boosts(session, shown), *_subscriptions(session, shown)]
    return add_many(session, services, _loudest(drafts))


def _mentions(posts: Sequence[PublishedPost]) -> Iterable[NotificationDraft]:
    """Those who are named, then those who are answered: an answer in public is for them, named or not."""
    for post in posts:
        if post.kind is PostKind.BOOST:
            continue
        answered = (post.reply_to_actor_id,) if post.visibility in PUBLIC_KINDS else ()
        for actor_id in (*post.mentioned, *answered):
            if actor_id is not None:
                yield NotificationDraft(actor_id, Kind.MENTION, post.actor_id, post.pk)


def _boosts(session: Session, posts: Sequence[PublishedPost]) -> Iterable[NotificationDraft]:
    boosters: dict[int, list[int]] = {}
    for post in posts:
        if post.boost_of_pk is not None:
            boosters.setdefault(post.boost_of_pk, []).append(post.actor_id)
    if not boosters:
        return
    rows = session.execute(
        select(PostRow.pk, PostRow.actor_id).where(PostRow.pk.in_(boosters), PostRow.local.is_(True))
    )
    for pk, author_id in rows:
        for booster_id in boosters[pk]:
            yield NotificationDraft(author_id, Kind.BOOST, booster_id, pk)


def _subscriptions(session: Session, posts: Sequence[PublishedPost]) -> Iterable[NotificationDraft]:
    """Members who asked to be told whenever somebody posts; replies and boosts are not what they asked for."""
    by_author: dict[int, list[int]] = {}
    for post in posts:
        if post.kind is not PostKind.BOOST and post.reply_to_actor_id is None and post.visibility in PUBLIC_KINDS:
            by_author.setdefault(post.actor_id, []).append(post.pk)
    if not by_author:
        return
    for author_id, follower_id in ask(session, _SUBSCRIBERS, {"authors": list(by_author)}):
        for pk in by_author[author_id]:
            yield NotificationDraft(follower_id, Kind.STATUS, author_id, pk)


_SUBSCRIBERS = select(FollowRow.target_id, FollowRow.follower_id).where(
    FollowRow.target_id.in_(bindparam("authors", expanding=True)),
    FollowRow.notify.is_(True),
    FollowRow.state == FollowState.ACCEPTED,
)


def _loudest(drafts: Iterable[NotificationDraft]) -> list[NotificationDraft]:
    """One for each member and post: being named weighs more than having asked to be told."""
    first: dict[tuple[int, int, int | None], NotificationDraft] = {}
    for draft in drafts:
        first.setdefault((*draft.pair, draft.post_pk), draft)
    return list(first.values())


def _to_members(session: Session, drafts: list[NotificationDraft]) -> list[NotificationDraft]:
    if not drafts:
        return []
    ours = set(session.scalars(select(AccountRow.id).where(AccountRow.id.in_({draft.account_id for draft in drafts}))))
    return [draft for draft in drafts if draft.account_id in ours]


def _wanted(session: Session, drafts: list[NotificationDraft], now: datetime) -> list[NotificationDraft]:
    """Without those from whom the member wants nothing, or should be left in peace."""
    free = _heard(session, [draft for draft in drafts if draft.kind in FROM_THE_HOUSE | TO_STAFF])
    personal = [draft for draft in drafts if draft.kind not in FROM_THE_HOUSE | TO_STAFF]
    if not personal:
        return free
    senders = {draft.from_actor_id for draft in personal}
    members = {draft.account_id for draft in personal}
    unwanted = _blocks(session, members, senders) | _mutes(session, members, senders, now)
    unwanted |= blocked_domains.pairs(session, members, senders)
    unwanted |= quiet_days.unwanted(session, [draft.pair for draft in personal], now)
    personal = _of_loud_conversations(session, personal)
    gone, quiet = _gone(session, senders), _quiet(session, senders)
    follows = _follows(session, members, quiet) if quiet else set()
    lenient = policy.lenient(session, members) if quiet else set()
    return free + [
        draft
        for draft in personal
        if draft.pair not in unwanted
        and draft.from_actor_id not in gone
        and (
            draft.from_actor_id not in quiet
            or draft.pair in follows
            or draft.account_id in lenient
            or draft.kind is Kind.FOLLOW_REQUEST
        )
    ]


def _heard(session: Session, drafts: list[NotificationDraft]) -> list[NotificationDraft]:
    """Without that of which who moderates wants to hear nothing."""
    moderators = {draft.account_id for draft in drafts if draft.kind in TO_STAFF}
    silent = staff.silent(session, moderators) if moderators else set()
    return [draft for draft in drafts if (draft.account_id, draft.kind) not in silent]


def _of_loud_conversations(session: Session, drafts: list[NotificationDraft]) -> list[NotificationDraft]:
    """Without what is about conversations of which the member wants to hear no more."""
    pks = {draft.post_pk for draft in drafts if draft.post_pk is not None}
    if not pks:
        return drafts
    silent = marking.muted(session, {draft.account_id for draft in drafts}, pks)
    return [draft for draft in drafts if (draft.account_id, draft.post_pk) not in silent]


def _blocks(session: Session, members: set[int], senders: set[int]) -> set[Pair]:
    """Blocks of either by the other, as (member, sender)."""
    there = and_(BlockRow.blocker_id.in_(members), BlockRow.target_id.in_(senders))
    back = and_(BlockRow.blocker_id.in_(senders), BlockRow.target_id.in_(members))
    rows = session.execute(select(BlockRow.blocker_id, BlockRow.target_id).where(or_(there, back)))
    found = {(row[0], row[1]) for row in rows}
    return found | {(target, blocker) for blocker, target in found}


def _mutes(session: Session, members: set[int], senders: set[int], now: datetime) -> set[Pair]:
    rows = session.execute(
        select(MuteRow.muter_id, MuteRow.target_id).where(
            MuteRow.muter_id.in_(members),
            MuteRow.target_id.in_(senders),
            MuteRow.notifications.is_(True),
            or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now),
        )
    )
    return {(row[0], row[1]) for row in rows}


def _follows(session: Session, members: set[int], senders: set[int]) -> set[Pair]:
    rows = session.execute(
        select(FollowRow.follower_id, FollowRow.target_id).where(
            FollowRow.follower_id.in_(members),
            FollowRow.target_id.in_(senders),
            FollowRow.state == FollowState.ACCEPTED,
        )
    )
    return {(row[0], row[1]) for row in rows}


def _gone(session: Session, senders: set[int]) -> set[int]:
    out = or_(ActorRow.suspended_at.is_not(None), ActorRow.domain_hidden, ActorRow.deleted_at.is_not(None))
    return set(session.scalars(select(ActorRow.id).where(ActorRow.id.in_(senders), out)))


def _quiet(session: Session, senders: set[int]) -> set[int]:
    silenced = or_(ActorRow.silenced_at.is_not(None), ActorRow.domain_silenced)
    return set(session.scalars(select(ActorRow.id).where(ActorRow.id.in_(senders), silenced)))


def _unsaid(session: Session, drafts: list[NotificationDraft]) -> list[NotificationDraft]:
    """Without what was told before."""
    once = [draft for draft in drafts if draft.kind in ONCE]
    if not once:
        return drafts
    rows = session.execute(
        select(
            NotificationRow.account_id, NotificationRow.kind, NotificationRow.from_actor_id, NotificationRow.post_pk
        ).where(
            NotificationRow.account_id.in_({draft.account_id for draft in once}),
            NotificationRow.from_actor_id.in_({draft.from_actor_id for draft in once}),
            NotificationRow.kind.in_({draft.kind for draft in once}),
        )
    )
    said = {tuple(row) for row in rows}
    return [draft for draft in drafts if draft.kind not in ONCE or draft.sameness not in said]


def _row(draft: NotificationDraft, post_id: int | None, now: datetime, apart: bool) -> NotificationRow:
    return NotificationRow(
        id=IDS.take(now),
        account_id=draft.account_id,
        kind=draft.kind,
        from_actor_id=draft.from_actor_id,
        post_pk=draft.post_pk,
        payload=draft.payload,
        created_at=now,
        group_key=keys.key_of(draft.kind, post_id, now),
        filtered=apart,
    )


def _announce(services: Services, told: list[tuple[int, str]]) -> None:
    for account_id, notification_id in told:
        channel = events.user_channel(account_id)
        events.publish(services.redis, [channel], "notification", {"id": notification_id})
