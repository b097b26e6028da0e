"""Which servers members block for themselves, read; `domains` blocks them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.paging import Paging, by_id, newest_first
from app.relationships.tables import DomainBlockRow


def blocked(session: Session, account_id: int, paging: Paging) -> list[DomainBlockRow]:
    """A page of them, the latest first."""
    query = by_id(select(DomainBlockRow).where(DomainBlockRow.account_id == account_id), DomainBlockRow.id, paging)
    return newest_first(session.scalars(query).all(), paging)


def is_blocked(session: Session, account_id: int, domain: str) -> bool:
    """Whether a member blocks a server."""
    which = DomainBlockRow.account_id == account_id, DomainBlockRow.domain == domain
    return session.scalar(select(DomainBlockRow.id).where(*which)) is not None


def pairs(session: Session, account_ids: Collection[int], actor_ids: Collection[int]) -> set[tuple[int, int]]:
    """(member, actor) where the member blocks the actor's server."""
    rows = session.execute(
        select(DomainBlockRow.account_id, ActorRow.id)
        .join(ActorRow, ActorRow.domain == DomainBlockRow.domain)
        .where(DomainBlockRow.account_id.in_(account_ids), ActorRow.id.in_(actor_ids), ActorRow.local.is_(False))
    )
    return {(row[0], row[1]) for row in rows}
