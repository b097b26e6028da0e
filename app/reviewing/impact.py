"""What a rule about a server would touch here, counted now: people, follows, posts. Nothing changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from moderation.domains.names import parents
from moderation.domains.rules import DomainRules, is_itself
from moderation.holds.tables import HoldRow, HoldState
from moderation.rows import slices
from moderation.values import Outcome, Visibility
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
    conversations: int
    """Private ones between members here and people there."""


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


def of_many(session: Session, domains: Collection[str]) -> Impact:
    """The impact of rules for several, and for what lies under them, added up; nobody counts twice."""
    return of_these(session, reached(session, domains))


def of_these(session: Session, names: Collection[str]) -> Impact:
    """The impact of rules that reach just these domains, as they are known here."""
    there, here = aliased(ActorRow), aliased(ActorRow)
    accepted = FollowRow.state == FollowState.ACCEPTED
    out = (
        select(FollowRow.follower_id, func.count())
        .join(there, there.id == FollowRow.target_id)
        .join(here, here.id == FollowRow.follower_id)
        .where(accepted, here.local, there.local.is_(False))
        .group_by(FollowRow.follower_id)
    )
    back = (
        select(func.count())
        .select_from(FollowRow)
        .join(there, there.id == FollowRow.follower_id)
        .join(here, here.id == FollowRow.target_id)
        .where(accepted, here.local, there.local.is_(False))
    )
    people = select(func.count(there.id)).where(there.local.is_(False))
    posts = (
        select(func.count(PostRow.pk))
        .join(there, there.id == PostRow.actor_id)
        .where(there.local.is_(False), PostRow.state == PostState.PUBLISHED)
    )
    talks = (
        select(PostRow.conversation)
        .join(there, there.id == PostRow.actor_id)
        .where(there.local.is_(False), PostRow.state == PostState.PUBLISHED, PostRow.visibility == Visibility.DIRECT)
        .distinct()
    )
    members: dict[int, int] = {}
    conversations: set[str] = set()
    counted = {"people": 0, "followers": 0, "posts": 0, "held": 0}
    for part in slices(names):
        for member, follows in session.execute(out.where(there.domain.in_(part))):
            members[member] = members.get(member, 0) + follows
        conversations.update(session.scalars(talks.where(there.domain.in_(part))))
        for name, query in (("people", people), ("followers", back), ("posts", posts)):
            counted[name] += session.scalar(query.where(there.domain.in_(part))) or 0
        counted["held"] += (
            session.scalar(
                select(func.count(HoldRow.id)).where(HoldRow.state == HoldState.HELD, HoldRow.author_domain.in_(part))
            )
            or 0
        )
    return Impact(followed=sum(members.values()), members=len(members), conversations=len(conversations), **counted)


def reached(session: Session, domains: Collection[str]) -> list[str]:
    """The domains known here that rules for these would reach."""
    wanted = set(domains)
    known = set(session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct()))
    known |= set(session.scalars(select(HoldRow.author_domain).where(HoldRow.state == HoldState.HELD).distinct()))
    return sorted(name for name in known if not wanted.isdisjoint(parents(name)))


def meant(session: Session, rules: DomainRules, domain: str, *, subdomains: bool) -> list[str]:
    """The domains known here that a rule set for this one would decide about: without those that have a rule of their
    own among `rules`, and without what lies under it where its subdomains are left alone."""

    def is_meant(name: str) -> bool:
        rule = rules.match(name)
        own = rule is not None and len(rule.domain) > len(domain)
        return not own and (subdomains or is_itself(domain, name))

    return [name for name in reached(session, [domain]) if is_meant(name)]


def followed(session: Session) -> frozenset[str]:
    """Every domain whose rule would reach somebody whom a member follows: theirs, and all above them."""
    there, here = aliased(ActorRow), aliased(ActorRow)
    query = (
        select(there.domain)
        .join(FollowRow, FollowRow.target_id == there.id)
        .join(here, here.id == FollowRow.follower_id)
        .where(FollowRow.state == FollowState.ACCEPTED, here.local, there.local.is_(False))
        .distinct()
    )
    return frozenset(name for domain in session.scalars(query) for name in parents(domain))


@dataclass(frozen=True, slots=True)
class Loss:
    """A member who follows people of a domain."""

    member: str
    follows: int


def losses(session: Session, names: Collection[str], most: int = 100) -> list[Loss]:
    """The members who follow somebody at these domains, by name, those with most follows first."""
    there, here = aliased(ActorRow), aliased(ActorRow)
    rows: list[tuple[str, int]] = []
    for part in slices(names):
        found = session.execute(
            select(here.username, func.count())
            .select_from(FollowRow)
            .join(there, there.id == FollowRow.target_id)
            .join(here, here.id == FollowRow.follower_id)
            .where(FollowRow.state == FollowState.ACCEPTED, here.local, there.domain.in_(part))
            .group_by(here.username)
        )
        rows += [(name, count) for name, count in found]
    summed: dict[str, int] = {}
    for name, count in rows:
        summed[name] = summed.get(name, 0) + count
    best = sorted(summed.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [Loss(name, count) for name, count in best]


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
