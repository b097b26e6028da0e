"""The actor of the server itself, made at the first start."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.keys import make_key_pair
from app.accounts.making import house_actor
from app.accounts.tables import ActorRow
from app.services import Services
from app.settings import Settings


def find(session: Session, settings: Settings) -> ActorRow | None:
    """The instance's actor, if it was made."""
    return session.scalar(select(ActorRow).where(ActorRow.uri == settings.url("/actor")))


def instance_actor(services: Services) -> ActorRow:
    """The instance's actor; makes it when it's missing. Call it outside of a write: it may make keys."""
    with services.db.read() as session:
        row = find(session, services.settings)
    return row or _make(services)


def _make(services: Services) -> ActorRow:
    row = house_actor(services.settings, make_key_pair(), services.clock.now())
    try:
        with services.db.write() as session:
            session.add(row)
    except IntegrityError:
        # Two processes started at once; the other one's actor is the actor.
        with services.db.read() as session:
            other = find(session, services.settings)
        if other is None:
            raise
        return other
    return row
