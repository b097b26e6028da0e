"""To show a hashtag on one's profile, and to show it no longer; who follows is told."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.errors import InvalidError, NotFoundError
from app.federation import outgoing
from app.ids import IDS
from app.relationships import featured, tags
from app.relationships.featured import Featured
from app.relationships.tables import FeaturedTagRow
from app.services import Services
from app.stores.budgets import FEATURED_TAGS, Budgets
from moderation import hashtags


def feature(services: Services, account_id: int, name: str) -> Featured:
    """Show a hashtag; twice is once. Raises InvalidError for what can't be one, and for too many, RateLimitedError."""
    shown, now = tags.checked(name), services.clock.now()
    _spend(services, account_id)
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = featured.find(session, account_id, shown)
        if row is None:
            number = session.scalar(
                select(func.count(FeaturedTagRow.id)).where(FeaturedTagRow.account_id == account_id)
            )
            if (number or 0) >= featured.MOST:
                raise InvalidError(_("You show as many hashtags as can be shown"), code="too_many_tags")
            row = FeaturedTagRow(
                id=IDS.take(now), account_id=account_id, tag=hashtags.key(shown), name=shown, created_at=now
            )
            session.add(row)
            session.flush()
            outgoing.tag_shown(session, services, session.get_one(ActorRow, account_id), row.tag, row.name)
        return featured.with_use(session, account_id, [row])[0]


def unfeature(services: Services, account_id: int, name: str) -> str:
    """Show it no longer; not shown is no error. The name as it was given. Raises InvalidError, RateLimitedError."""
    shown = tags.checked(name)
    _spend(services, account_id)
    with services.db.write() as session:
        row = featured.find(session, account_id, shown)
        if row is not None:
            _hide(session, services, row)
    return shown


def remove(services: Services, account_id: int, number: int) -> None:
    """The same by its id. Raises NotFoundError, also for another's, RateLimitedError."""
    _spend(services, account_id)
    with services.db.write() as session:
        row = session.get(FeaturedTagRow, number)
        if row is None or row.account_id != account_id:
            raise NotFoundError
        _hide(session, services, row)


def _spend(services: Services, account_id: int) -> None:
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(FEATURED_TAGS, str(account_id))


def _hide(session: Session, services: Services, row: FeaturedTagRow) -> None:
    session.delete(row)
    outgoing.tag_hidden(session, services, session.get_one(ActorRow, row.account_id), row.tag, row.name)
