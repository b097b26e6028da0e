"""From an effect's URI to what it is about, here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.posts.tables import PostRow, PostState


def post(session: Session, uri: str) -> PostRow | None:
    """The post of this URI; None for another subject, and for one that its author deleted."""
    return session.scalar(select(PostRow).where(PostRow.uri == uri, PostRow.state != PostState.DELETED))


def actor(session: Session, uri: str) -> ActorRow | None:
    """The actor of this URI, or the author of the post of this URI."""
    found = session.scalar(select(ActorRow).where(ActorRow.uri == uri))
    if found is not None:
        return found
    return session.scalar(select(ActorRow).join(PostRow, PostRow.actor_id == ActorRow.id).where(PostRow.uri == uri))


def account(session: Session, uri: str) -> AccountRow | None:
    """The member's account behind it; None for everybody elsewhere."""
    found = actor(session, uri)
    return session.get(AccountRow, found.id) if found is not None and found.local else None
