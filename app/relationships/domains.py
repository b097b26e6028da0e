"""A member blocks a whole server for themselves: nobody of it is in their timelines or notifications, or follows them.

What the house rules about servers is another thing: this concerns one member alone.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.errors import InvalidError
from app.ids import IDS
from app.notifications import severed
from app.notifications.tables import SeveranceKind
from app.relationships import blocked_domains, follow
from app.relationships.tables import DomainBlockRow, FollowRow
from app.services import Services
from moderation.domains import names


def block(services: Services, account_id: int, domain: str) -> None:
    """Block it; follows both ways end. Twice is once. Raises InvalidError, BadDomainError."""
    name, now = names.canonical(domain), services.clock.now()
    if name == services.settings.domain:
        raise InvalidError(_("That is this server"), code="own_domain")
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        if not blocked_domains.is_blocked(session, account_id, name):
            session.add(DomainBlockRow(id=IDS.take(now), account_id=account_id, domain=name, created_at=now))
    _end_follows(services, account_id, name)


def unblock(services: Services, account_id: int, domain: str) -> None:
    """Block it no longer; follows don't come back by themselves. Raises BadDomainError."""
    which = DomainBlockRow.account_id == account_id, DomainBlockRow.domain == names.canonical(domain)
    with services.db.write() as session:
        session.execute(delete(DomainBlockRow).where(*which))


def _end_follows(services: Services, account_id: int, domain: str) -> None:
    """One by one, each in its own write: there may be many."""
    there = select(ActorRow.id).where(ActorRow.domain == domain, ActorRow.local.is_(False))
    with services.db.read() as session:
        mine = select(FollowRow.target_id).where(FollowRow.follower_id == account_id, FollowRow.target_id.in_(there))
        theirs = select(FollowRow.follower_id).where(
            FollowRow.target_id == account_id, FollowRow.follower_id.in_(there)
        )
        following, followers = session.scalars(mine).all(), session.scalars(theirs).all()
    for target_id in following:
        follow.unfollow(services, account_id, target_id)
    for follower_id in followers:
        follow.remove_follower(services, account_id, follower_id)
    if following or followers:
        with services.db.write() as session:
            for follower in (*(False for _ in following), *(True for _ in followers)):
                kind = SeveranceKind.USER_DOMAIN_BLOCK
                severed.lost(session, services, account_id, kind, domain, follower=follower)
