"""What a rule about a server would touch here, counted now: people, follows, posts. Nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.accounts.tables import ActorRow
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from moderation.holds.tables import HoldRow, HoldState
from moderation.rows import slices
from moderation.values import Outcome
from moderation.verdicts.tables import VerdictRow

LOOKED_BACK = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Impact:
    """What is there of a domain and its subdomains."""

    people: int
    followed: int
    """Follows from members here to people there."""
    followers: int
    """Follows from there to members here."""
    members: int
    """Members here who follow somebody there."""
    posts: int
    held: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day's verdicts on a domain's posts."""

    day: datetime
    let_in: int
    held: int
    refused: int


def of(session: Session, domain: str) -> Impact:
    """The impact of a rule for one domain."""
    return of_many(session, [domain])


def of_many(session: Session, domains: Sequence[str]) -> Impact:
    """The impact of rules for several, added up."""
    total = [0] * 6
    for part in slices(domains):
        # each domain brings an expression of its own, and databases bound how deep these nest
        for start in range(0, len(part), 100):
            for index, count in enumerate(_count(session, part[start : start + 100])):
                total[index] += count
    return Impact(*total)


def verdicts(session: Session, domain: str, now: datetime) -> list[Day]:
    """What the door said of its posts on each of the last nine days, oldest first."""
    prefixes = [f"{scheme}://{domain}/" for scheme in ("https", "http")]
    start = now.replace(hour=0, minute=0, second=0, microsecond=0) - LOOKED_BACK + timedelta(days=1)
    rows = session.execute(
        select(VerdictRow.made_at, VerdictRow.outcome)
        .where(VerdictRow.made_at >= start, ~VerdictRow.by_person)
        .where(or_(*(VerdictRow.author_uri.startswith(prefix, autoescape=True) for prefix in prefixes)))
        .limit(50_000)
    )
    counts = [[0, 0, 0] for _ in range(LOOKED_BACK.days)]
    for made_at, outcome in rows:
        kind = 1 if outcome is Outcome.HOLD else 2 if outcome is Outcome.REJECT else 0
        counts[min((made_at - start).days, LOOKED_BACK.days - 1)][kind] += 1
    return [Day(start + timedelta(days=index), *each) for index, each in enumerate(counts)]


def _count(session: Session, domains: Sequence[str]) -> tuple[int, ...]:
    there, here = aliased(ActorRow), aliased(ActorRow)
    reached = _of_domains(there.domain, domains) & there.local.is_(False)
    accepted = FollowRow.state == FollowState.ACCEPTED
    follows = select(func.count(), func.count(func.distinct(here.id))).select_from(FollowRow)
    out = follows.join(there, there.id == FollowRow.target_id).join(here, here.id == FollowRow.follower_id)
    back = follows.join(there, there.id == FollowRow.follower_id).join(here, here.id == FollowRow.target_id)
    followed, members = session.execute(out.where(reached, accepted, here.local)).one()
    followers, _ = session.execute(back.where(reached, accepted, here.local)).one()
    posts = select(func.count(PostRow.pk)).join(there, there.id == PostRow.actor_id).where(reached)
    return (
        session.scalar(select(func.count(there.id)).where(reached)) or 0,
        followed,
        followers,
        members,
        session.scalar(posts.where(PostRow.state == PostState.PUBLISHED)) or 0,
        session.scalar(
            select(func.count(HoldRow.id)).where(
                HoldRow.state == HoldState.HELD, _of_domains(HoldRow.author_domain, domains)
            )
        )
        or 0,
    )


def _of_domains(column: InstrumentedAttribute[str], domains: Iterable[str]) -> ColumnElement[bool]:
    """The domains themselves, and what lies under them."""
    names = list(domains)
    under = [column.endswith("." + name, autoescape=True) for name in names]
    return or_(column.in_(names), *under)
