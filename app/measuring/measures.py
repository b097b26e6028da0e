"""Measures: one number for each day of a span, their total, and what it was in the span before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, select, text, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import AccountRow, ActorRow
from app.instance.tables import ActiveDayRow
from app.measuring.spans import Span, day_of
from app.media.tables import CachedMediaRow
from app.posts.tables import LikeRow, PostKind, PostRow, PostState, PostTagRow
from app.relationships.tables import FollowRow, FollowState
from moderation import hashtags
from moderation.reports.tables import ReportRow
from moderation.values import PUBLIC_KINDS

Happened = Select[Any] | CompoundSelect[Any]
"""What happened: columns `at` and `what`."""


class How(Enum):
    """What is made of several."""

    COUNT = "count"
    DIFFERENT = "different"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Measure:
    """`happened` takes the hashtag or the domain that is asked about, where it `needs` one."""

    happened: Callable[[str], Happened]
    how: How = How.COUNT
    needs: str = ""
    unit: str | None = None
    compared: bool = True
    """Whether the span before can be told, too."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of it."""

    total: int
    days: Mapping[date, int]
    previous: int | None


def measure(session: Session, key: str, span: Span, about: str = "") -> Measured:
    """One of MEASURES."""
    one = MEASURES[key]
    happened = one.happened(about).subquery()
    at, number = happened.c.at, _made(one.how, happened.c.what)
    by_day = select(day_of(session, at), number).where(span.holds(at)).group_by(text("1"))
    found = {str(day): int(count or 0) for day, count in session.execute(by_day)}

    def total(of: Span) -> int:
        return int(session.scalar(select(number).where(of.holds(at))) or 0)

    whole = _members_here(session, span) if key == "active_users" else total(span)
    previous = total(span.before) if one.compared else None
    return Measured(whole, {day: found.get(day.isoformat(), 0) for day in span.days}, previous)


def _made(how: How, what: ColumnElement[Any]) -> ColumnElement[int]:
    if how is How.DIFFERENT:
        return func.count(what.distinct())
    return func.sum(what) if how is How.SUM else func.count()


def _members_here(session: Session, span: Span) -> int:
    """Who was here on two days counts once in the whole, so it isn't the sum."""
    return session.scalar(select(func.count()).where(AccountRow.last_seen_at >= span.begins_at)) or 0


def _row(at: ColumnElement[Any] | Any, what: ColumnElement[Any] | Any) -> Select[Any]:
    return select(at.label("at"), what.label("what"))


def _active(_about: str) -> Happened:
    return _row(ActiveDayRow.begins_at, ActiveDayRow.members)


def _new(_about: str) -> Happened:
    return _row(AccountRow.created_at, AccountRow.id).where(AccountRow.confirmed_at.is_not(None))


def _interactions(_about: str) -> Happened:
    """What is done with members' posts."""
    ours = aliased(PostRow)
    shown = PostRow.state == PostState.PUBLISHED
    likes = _row(LikeRow.created_at, LikeRow.id).join(ours, ours.pk == LikeRow.post_pk).where(ours.local)
    boosts = _row(PostRow.published_at, PostRow.id).join(ours, ours.pk == PostRow.boost_of_pk)
    answers = _row(PostRow.published_at, PostRow.id).join(ours, ours.pk == PostRow.in_reply_to_pk)
    return union_all(likes, boosts.where(ours.local, shown), answers.where(ours.local, shown))


def _opened(_about: str) -> Happened:
    return _row(ReportRow.filed_at, ReportRow.id)


def _resolved(_about: str) -> Happened:
    return _row(ReportRow.settled_at, ReportRow.id).where(ReportRow.settled_at.is_not(None))


def tagged(tag: str, what: ColumnElement[Any] | Any) -> Select[Any]:
    """Public posts with a hashtag, as `at` and `what`."""
    return (
        _row(PostRow.published_at, what)
        .join(PostTagRow, PostTagRow.post_pk == PostRow.pk)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(
            PostTagRow.tag == hashtags.key(tag),
            PostRow.state == PostState.PUBLISHED,
            PostRow.visibility.in_(PUBLIC_KINDS),
        )
    )


def _instance_accounts(domain: str) -> Happened:
    return _row(ActorRow.created_at, ActorRow.id).where(ActorRow.domain == domain, ActorRow.local.is_(False))


def _instance_media(domain: str) -> Happened:
    pictures = _row(CachedMediaRow.fetched_at, CachedMediaRow.size_bytes)
    return pictures.where(CachedMediaRow.host == domain, CachedMediaRow.fetched_at.is_not(None))


def _instance_reports(domain: str) -> Happened:
    about = _row(ReportRow.filed_at, ReportRow.id).join(ActorRow, ActorRow.uri == ReportRow.target_uri)
    return about.where(ActorRow.domain == domain)


def _instance_posts(domain: str) -> Happened:
    posts = _row(PostRow.published_at, PostRow.pk).join(ActorRow, ActorRow.id == PostRow.actor_id)
    return posts.where(
        ActorRow.domain == domain,
        PostRow.local.is_(False),
        PostRow.state == PostState.PUBLISHED,
        PostRow.kind != PostKind.BOOST,
    )


def _instance_follows(domain: str) -> Happened:
    """Members here who follow somebody there."""
    follows = _row(FollowRow.created_at, FollowRow.id).join(ActorRow, ActorRow.id == FollowRow.target_id)
    return follows.where(ActorRow.domain == domain, FollowRow.state == FollowState.ACCEPTED)


def _instance_followers(domain: str) -> Happened:
    follows = _row(FollowRow.created_at, FollowRow.id).join(ActorRow, ActorRow.id == FollowRow.follower_id)
    return follows.where(ActorRow.domain == domain, FollowRow.state == FollowState.ACCEPTED)


MEASURES: Mapping[str, Measure] = {
    "active_users": Measure(_active, How.SUM, compared=False),
    "new_users": Measure(_new),
    "interactions": Measure(_interactions),
    "opened_reports": Measure(_opened),
    "resolved_reports": Measure(_resolved),
    "tag_accounts": Measure(lambda tag: tagged(tag, PostRow.actor_id), How.DIFFERENT, needs="id"),
    "tag_uses": Measure(lambda tag: tagged(tag, PostRow.pk), needs="id"),
    "tag_servers": Measure(
        lambda tag: tagged(tag, ActorRow.domain).where(PostRow.local.is_(False)), How.DIFFERENT, needs="id"
    ),
    "instance_accounts": Measure(_instance_accounts, needs="domain", compared=False),
    "instance_media_attachments": Measure(_instance_media, How.SUM, needs="domain", unit="bytes", compared=False),
    "instance_reports": Measure(_instance_reports, needs="domain", compared=False),
    "instance_statuses": Measure(_instance_posts, needs="domain", compared=False),
    "instance_follows": Measure(_instance_follows, needs="domain", compared=False),
    "instance_followers": Measure(_instance_followers, needs="domain", compared=False),
}
