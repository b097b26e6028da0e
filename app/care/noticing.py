"""Noticing pile-ons: strangers who write to one member within an hour, counted from the rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import AccountRow, ActorRow
from app.care import quiet_days
from app.posts.tables import MentionRow, PostKind, PostRow, PostState
from app.services import Services
from moderation.pile_ons import cases
from moderation.policy import store
from moderation.policy.values import PileOn
from moderation.values import PUBLIC_KINDS

CHUNK = 500
MOST_POSTS = 5000


def drain(services: Services, limit: int) -> int:
    """Open a case for each member at whom strangers pile on, at most `limit`; how many were opened."""
    now = services.clock.now()
    with services.db.read() as session:
        policy = store.current(session).pile_on
        loud = _loud(session, policy, now, limit)
        found = [each for number in loud if (each := _strangers(session, number, policy, now)) is not None]
    if not found:
        return 0
    with services.db.write() as session:
        return sum(_open(session, number, posts, authors, now) for number, posts, authors in found)


def _at_members(since: datetime) -> Select[int, int, int]:
    """(member, post, author) of everything public that was written at a member here since."""
    member = aliased(ActorRow)
    lately = (
        PostRow.submitted_at >= since,
        PostRow.state == PostState.PUBLISHED,
        PostRow.kind != PostKind.BOOST,
        PostRow.visibility.in_(PUBLIC_KINDS),
    )
    named = (
        select(MentionRow.actor_id.label("member"), PostRow.pk.label("post"), PostRow.actor_id.label("author"))
        .join(PostRow, PostRow.pk == MentionRow.post_pk)
        .where(*lately)
    )
    answered = select(PostRow.in_reply_to_actor_id, PostRow.pk, PostRow.actor_id).where(
        *lately, PostRow.in_reply_to_actor_id.is_not(None)
    )
    both = union_all(named, answered).subquery()
    return (
        select(both.c.member, both.c.post, both.c.author)
        .join(member, member.id == both.c.member)
        .join(AccountRow, AccountRow.id == member.id)
        .where(member.local, member.deleted_at.is_(None), both.c.author != both.c.member)
        .distinct()
    )


def _loud(session: Session, policy: PileOn, now: datetime, limit: int) -> list[int]:
    """Members at whom enough people wrote, known or not."""
    lines = _at_members(now - timedelta(hours=policy.window_hours)).subquery()
    statement = (
        select(lines.c.member)
        .group_by(lines.c.member)
        .having(func.count(func.distinct(lines.c.author)) >= policy.authors)
        .having(func.count(func.distinct(lines.c.post)) >= policy.posts)
        .order_by(func.count(func.distinct(lines.c.author)).desc(), lines.c.member)
        .limit(limit)
    )
    return list(session.scalars(statement))


def _strangers(session: Session, member: int, policy: PileOn, now: datetime) -> tuple[int, list[int], int] | None:
    """The posts by strangers at a member, and how many wrote them, where that is a pile-on."""
    since = now - timedelta(hours=policy.window_hours)
    lines = _at_members(since).subquery()
    rows = session.execute(
        select(lines.c.post, lines.c.author).where(lines.c.member == member).order_by(lines.c.post).limit(MOST_POSTS)
    )
    by_author: dict[int, list[int]] = defaultdict(list)
    for post, author in rows:
        by_author[author].append(post)
    authors = list(by_author)
    for start in range(0, len(authors), CHUNK):
        for known in quiet_days.acquainted(session, member, authors[start : start + CHUNK], before=since):
            by_author.pop(known, None)
    posts = sorted(post for each in by_author.values() for post in each)
    if len(by_author) < policy.authors or len(posts) < policy.posts:
        return None
    return member, posts, len(by_author)


def _open(session: Session, number: int, posts: list[int], authors: int, now: datetime) -> int:
    member = session.get_one(ActorRow, number)
    if cases.is_known(session, member.uri, now) or quiet_days.until(session, number, now) is not None:
        return 0
    rows = session.execute(select(PostRow.pk, PostRow.uri).where(PostRow.pk.in_(posts[-CHUNK:])))
    uris = {pk: uri for pk, uri in rows}
    named = [uris[pk] for pk in posts if pk in uris]
    account = session.get_one(AccountRow, number)
    cases.open_one(session, member.uri, member.domain, named, authors, account.locale[:12], now)
    return 1
