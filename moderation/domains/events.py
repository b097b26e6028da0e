"""What was done about a domain, oldest first."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domains.tables import DomainEventRow


def history(session: Session, domain: str, limit: int = 200) -> list[DomainEventRow]:
    """The events on exactly this domain, oldest first."""
    statement = select(DomainEventRow).where(DomainEventRow.domain == domain).order_by(DomainEventRow.id).limit(limit)
    return list(session.scalars(statement))
