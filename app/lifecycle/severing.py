"""A suspended domain and this server part: Reject of its follows, Undo of ours, and what was lost is remembered.

It waits until the suspension can't be undone any more: until then nothing has left, and lifting the rule brings all
back. Afterwards nothing is assumed about their side: a member may ask again, nobody follows by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import marking
from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import outgoing
from app.instance import facts
from app.notifications import severed
from app.notifications.tables import SeveranceKind, SeveranceRow
from app.relationships import edges, follow, tongues
from app.relationships.tables import FollowRow, FollowState, PlannedNoticeRow, SeveredFollowRow
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains import modes
from moderation.domains.names import parents
from moderation.domains.rules import DomainRules
from moderation.domains.tables import DomainEventRow
from moderation.domains.values import DomainRule
from moderation.rows import slices
from moderation.values import Severity

DONE = "severed_at_version"
"""The fact of which version of the rules everything is severed: most of the time there's nothing to look for."""
CHUNK = 100
KEPT = timedelta(days=180)


def sever(services: Services, limit: int) -> int:
    """End up to `limit` follows between here and domains that were suspended a while ago; how many."""
    now = services.clock.now()
    with services.db.read() as session:
        rules = DomainRules.load(session)
        if facts.get(session, DONE) == rules.version:
            return 0
        due, waiting = _domains(session, rules, now)
        waiting = waiting or facts.get(session, marking.FOUND) != rules.version  # not all are known yet
    done = 0
    while done < limit and (count := _sever_some(services, due, min(CHUNK, limit - done), now)):
        done += count
    if not waiting and done < limit:
        with services.db.write() as session:
            facts.put(session, DONE, rules.version, now)
    return done


def lost(session: Session, account_id: int) -> list[ActorRow]:
    """Whom a member followed until their server was suspended, and could ask again now that it isn't."""
    query = (
        select(ActorRow)
        .join(SeveredFollowRow, SeveredFollowRow.target_id == ActorRow.id)
        .where(
            SeveredFollowRow.follower_id == account_id,
            ActorRow.domain_hidden.is_(False),
            ActorRow.suspended_at.is_(None),
            ActorRow.deleted_at.is_(None),
        )
    )
    return list(session.scalars(query.order_by(ActorRow.domain, ActorRow.username_lower).limit(CHUNK)))


@dataclass(frozen=True, slots=True)
class Ended:
    """A follow that ended with a domain, seen from a member: whom they followed, or who followed them."""

    handle: str
    domain: str
    show_boosts: bool
    notify: bool
    languages: tuple[str, ...]
    at: datetime


def ended(session: Session, account_id: int, *, followers: bool = False) -> list[Ended]:
    """All of a member's follows, or of their followers', that ended with a domain, whether its rule still stands."""
    mine, other = SeveredFollowRow.follower_id, SeveredFollowRow.target_id
    if followers:
        mine, other = other, mine
    rows = session.execute(
        select(SeveredFollowRow, ActorRow)
        .join(ActorRow, ActorRow.id == other)
        .where(mine == account_id)
        .order_by(SeveredFollowRow.domain, ActorRow.username_lower)
    )
    return [
        Ended(
            f"{actor.username}@{actor.domain}",
            row.domain,
            row.show_boosts,
            row.notify,
            tongues.read(row.languages),
            row.severed_at,
        )
        for row, actor in rows
    ]


def follow_again(services: Services, account_id: int) -> int:
    """Ask all of them again, as the member wants it; how many were asked."""
    with services.db.read() as session:
        targets = [actor.id for actor in lost(session, account_id)]
        rows = session.scalars(
            select(SeveredFollowRow).where(
                SeveredFollowRow.follower_id == account_id, SeveredFollowRow.target_id.in_(targets)
            )
        ).all()
    return sum(_ask(services, row) for row in rows)


def forget(services: Services) -> int:
    """Forget what was lost more than KEPT ago; how many."""
    with services.db.write() as session:
        session.execute(delete(PlannedNoticeRow).where(PlannedNoticeRow.told_at < services.clock.now() - KEPT))
        session.execute(delete(SeveranceRow).where(SeveranceRow.created_at < services.clock.now() - KEPT))
        gone = delete(SeveredFollowRow).where(SeveredFollowRow.severed_at < services.clock.now() - KEPT)
        return len(session.scalars(gone.returning(SeveredFollowRow.follower_id)).all())


def _ask(services: Services, row: SeveredFollowRow) -> bool:
    try:
        follow.follow(
            services,
            row.follower_id,
            row.target_id,
            show_boosts=row.show_boosts,
            notify=row.notify,
            languages=tongues.read(row.languages),
        )
        asked = True
    except AppError:
        asked = False  # they block each other by now, or one has moved: there's nothing to ask any more
    with services.db.write() as session:
        this = SeveredFollowRow.follower_id == row.follower_id, SeveredFollowRow.target_id == row.target_id
        session.execute(delete(SeveredFollowRow).where(*this))
    return asked


def _domains(session: Session, rules: DomainRules, now: datetime) -> tuple[list[str], bool]:
    """The suspended domains of actors whom we know, and whether some others are suspended since a moment ago only."""
    hidden = session.scalars(
        select(ActorRow.domain).where(ActorRow.domain_hidden, ActorRow.local.is_(False)).distinct()
    )
    due: list[str] = []
    waiting = False
    for domain in hidden:
        rule = rules.match(domain)
        if rule is None or rule.severity is not Severity.SUSPEND:
            continue
        if now - _suspended_at(session, rule, domain) >= UNDO_WINDOW:
            due.append(domain)
        else:
            waiting = True
    return due, waiting


def _suspended_at(session: Session, rule: DomainRule, domain: str) -> datetime:
    """Since when a domain is suspended. Where only named servers are dealt with, that may be since its own rule was
    lifted, which can be undone for as long."""
    if rule.domain != modes.EVERYBODY:
        return rule.set_at
    latest = select(func.max(DomainEventRow.at)).where(DomainEventRow.domain.in_(parents(domain)))
    return max(rule.set_at, session.scalar(latest) or rule.set_at)


def _sever_some(services: Services, domains: Sequence[str], limit: int, now: datetime) -> int:
    follower, target = aliased(ActorRow), aliased(ActorRow)
    for part in slices(domains):
        with services.db.write() as session:
            rows = session.execute(
                select(FollowRow, case((target.local, follower.domain), else_=target.domain))
                .join(follower, follower.id == FollowRow.follower_id)
                .join(target, target.id == FollowRow.target_id)
                .where(or_(follower.domain.in_(part), target.domain.in_(part)))
                .order_by(FollowRow.id)
                .limit(limit)
            ).all()
            for row, domain in rows:
                _sever_one(session, services, row, domain, now)
        if rows:
            return len(rows)
    return 0


def _sever_one(session: Session, services: Services, row: FollowRow, domain: str, now: datetime) -> None:
    outgoing.last_word(session, services, row)
    if row.state is FollowState.ACCEPTED:
        session.merge(
            SeveredFollowRow(
                follower_id=row.follower_id,
                target_id=row.target_id,
                domain=domain,
                show_boosts=row.show_boosts,
                notify=row.notify,
                languages=row.languages,
                severed_at=now,
                offered_at=None,
            )
        )
        _tell(session, services, row, domain, now)
    edges.remove(session, services, row)


def _tell(session: Session, services: Services, row: FollowRow, domain: str, now: datetime) -> None:
    """The member of the two hears of it; somebody elsewhere isn't told anything from here."""
    follower = session.get_one(ActorRow, row.follower_id)
    member_id = row.follower_id if follower.local else row.target_id
    kind = SeveranceKind.DOMAIN_BLOCK
    severed.lost(session, services, member_id, kind, domain, follower=not follower.local, at=now)
