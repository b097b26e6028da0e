"""What quoted authors elsewhere answer to members' requests. An answer counts as much as the stamp that it names."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.federation.wire.values import Embedded
from app.posts.tables import PostRow, QuoteRow, QuoteState
from app.quotes import states
from app.services import Services


def accepted(session: Session, services: Services, actor_id: int, asked: Embedded, stamp: str | None) -> bool:
    """They agree; False where this actor was never asked, or says so without a stamp."""
    row = _asked_of(session, actor_id, asked)
    if row is None or row.state is not QuoteState.PENDING or stamp is None:
        return False
    row.authorization_uri = stamp
    states.move(session, services, row, QuoteState.ACCEPTED)
    return True


def rejected(session: Session, services: Services, actor_id: int, asked: Embedded) -> bool:
    """They don't, or not any more."""
    row = _asked_of(session, actor_id, asked)
    if row is None or row.state not in (QuoteState.PENDING, QuoteState.ACCEPTED):
        return False
    pending = row.state is QuoteState.PENDING
    states.move(session, services, row, QuoteState.REJECTED if pending else QuoteState.REVOKED)
    return True


def _asked_of(session: Session, actor_id: int, asked: Embedded) -> QuoteRow | None:
    """A member's request to this very author: by its own URI, or by the post that it was about."""
    quoted = select(PostRow.pk).where(PostRow.actor_id == actor_id)
    mine = select(PostRow.pk).where(PostRow.local)
    query = select(QuoteRow).where(QuoteRow.quoted_pk.in_(quoted), QuoteRow.post_pk.in_(mine))
    found = session.scalar(query.where(QuoteRow.request_uri == asked.uri)) if asked.uri is not None else None
    if found is None and asked.instrument is not None:
        about = select(PostRow.pk).where(PostRow.uri == asked.instrument)
        found = session.scalar(query.where(QuoteRow.post_pk.in_(about)))
    return found
