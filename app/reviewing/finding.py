"""Finding accounts, local and remote, waiting ones too, for those who moderate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, lazyload

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role, SeenAddressRow
from app.errors import NotFoundError
from app.paging import Paging, by_id, newest_first

STATUSES = {
    "active": and_(
        ActorRow.suspended_at.is_(None),
        AccountRow.disabled_at.is_(None),
        AccountRow.id.is_(None) | AccountRow.approved_at.is_not(None),
    ),
    "pending": AccountRow.approved_at.is_(None) & AccountRow.id.is_not(None),
    "disabled": AccountRow.disabled_at.is_not(None),
    "silenced": ActorRow.silenced_at.is_not(None),
    "suspended": ActorRow.suspended_at.is_not(None),
}
"""What a list can be asked for; who waits or is disabled is a member."""
_ROLES = list(Role)


@dataclass(frozen=True, slots=True)
class Which:
    """Which accounts. None and empty ask for no limit; names begin with what is given."""

    local: bool | None = None
    statuses: tuple[str, ...] = ()
    staff: bool = False
    roles: tuple[Role, ...] = ()
    username: str = ""
    display_name: str = ""
    domain: str = ""
    email: str = ""
    address: str = ""
    """From where they came lately."""


def several(session: Session, which: Which, paging: Paging) -> list[tuple[ActorRow, AccountRow | None]]:
    """A page of accounts with what they sign in to, the latest known first."""
    query = _with_accounts().where(ActorRow.deleted_at.is_(None), *_conditions(which))
    rows = session.execute(by_id(query, ActorRow.id, paging)).all()
    return [(row[0], row[1]) for row in newest_first(rows, paging)]


def one(session: Session, actor_id: int) -> tuple[ActorRow, AccountRow | None]:
    """One account, also one that isn't in yet. Raises NotFoundError."""
    row = session.execute(_with_accounts().where(ActorRow.id == actor_id, ActorRow.deleted_at.is_(None))).first()
    if row is None:
        raise NotFoundError
    return row[0], row[1]


def by_uris(session: Session, uris: Sequence[str]) -> dict[str, tuple[ActorRow, AccountRow | None]]:
    """By URI, those of these that are known."""
    rows = session.execute(_with_accounts().where(ActorRow.uri.in_(uris)))
    return {row[0].uri: (row[0], row[1]) for row in rows}


def by_names(session: Session, names: Sequence[str]) -> dict[str, tuple[ActorRow, AccountRow | None]]:
    """By user name, members of this server."""
    rows = session.execute(_with_accounts().where(ActorRow.local, ActorRow.username.in_(names)))
    return {row[0].username: (row[0], row[1]) for row in rows}


def role_of(number: int) -> Role | None:
    """A role by the number that clients know it by."""
    return _ROLES[number] if 0 <= number < len(_ROLES) else None


def _with_accounts() -> Select[Any, Any]:
    query = select(ActorRow, AccountRow).outerjoin(AccountRow, AccountRow.id == ActorRow.id)
    return query.options(lazyload(AccountRow.actor))  # its inner join would leave out who has no account


def _conditions(which: Which) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [STATUSES[name] for name in which.statuses]
    if which.local is not None:
        found.append(ActorRow.local.is_(which.local))
    if which.staff:
        found.append(AccountRow.role.in_(sorted(lookup.STAFF)))
    if which.roles:
        found.append(AccountRow.role.in_(which.roles))
    if which.username:
        found.append(ActorRow.username_lower.startswith(which.username.lower(), autoescape=True))
    if which.display_name:
        found.append(ActorRow.display_name.startswith(which.display_name, autoescape=True))
    if which.domain:
        found.append(ActorRow.domain == which.domain.lower())
    if which.email:
        found.append(AccountRow.email_lower == which.email.lower())
    if which.address:
        there = select(SeenAddressRow.account_id).where(SeenAddressRow.address == which.address)
        found.append(ActorRow.id.in_(there))
    return found
