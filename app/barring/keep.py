"""Barring and letting be, for leads: rows of all three kinds, each found, made and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.barring import shut_out
from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.errors import InvalidError, NotFoundError
from app.paging import Paging, by_id, newest_first
from app.reviewing import people
from app.services import Services
from moderation.log import chain as log

Barred = BarredMailDomainRow | BarredMailboxRow | BarredNetworkRow
R = TypeVar("R", bound=Barred)


def several(services: Services, account: AccountRow, kind: type[R], paging: Paging) -> Sequence[R]:
    """A page, newest first. Raises ForbiddenError."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        return newest_first(session.scalars(by_id(select(kind), kind.id, paging)).all(), paging)


def one(services: Services, account: AccountRow, kind: type[R], number: int) -> R:
    """One. Raises ForbiddenError, NotFoundError."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        row = session.get(kind, number)
    if row is None:
        raise NotFoundError
    return row


def of_digest(services: Services, account: AccountRow, digest: str) -> Sequence[BarredMailboxRow]:
    """Whether a mailbox is barred: its row, or none. Raises ForbiddenError."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        return session.scalars(select(BarredMailboxRow).where(BarredMailboxRow.digest == digest)).all()


def add(services: Services, account: AccountRow, row: R, asking: str) -> R:
    """Bar; `asking` is the address from which somebody does. Raises ForbiddenError, InvalidError for what is barred
    already, and for a network that may not be shut out."""
    return add_as(services, people.require(account, people.RULES), row, asking)


def add_as(services: Services, by: str, row: R, asking: str | None = None) -> R:
    """The same, by a name."""
    _require_safe(services, row, asking)
    row.barred_by, row.barred_at = by, services.clock.now()
    try:
        with services.db.write() as session:
            session.add(row)
            session.flush()
            _log(session, by, "barred", row, row.barred_at)
    except IntegrityError as error:
        raise InvalidError("Validation failed: This is blocked already", code="barred_already") from error
    shut_out.of(services.db).forget()
    return row


def change_network(
    services: Services, account: AccountRow, number: int, news: Mapping[str, Any], asking: str
) -> BarredNetworkRow:
    """Say anew which network, how, why or until when. Raises ForbiddenError, NotFoundError, InvalidError."""
    by = people.require(account, people.RULES)
    try:
        with services.db.write() as session:
            row = session.get(BarredNetworkRow, number)
            if row is None:
                raise NotFoundError
            for column, value in news.items():
                setattr(row, column, value)
            _require_safe(services, row, asking)
            row.barred_by = by
            session.flush()
            _log(session, by, "barred", row, services.clock.now())
    except IntegrityError as error:
        raise InvalidError("Validation failed: This is blocked already", code="barred_already") from error
    shut_out.of(services.db).forget()
    return row


def drop(services: Services, account: AccountRow, kind: type[R], number: int) -> None:
    """Let be. Raises ForbiddenError, NotFoundError."""
    drop_as(services, people.require(account, people.RULES), kind, number)


def drop_as(services: Services, by: str, kind: type[R], number: int) -> None:
    """The same, by a name."""
    with services.db.write() as session:
        row = session.get(kind, number)
        if row is None:
            raise NotFoundError
        _log(session, by, "let_be", row, services.clock.now())
        session.delete(row)
    shut_out.of(services.db).forget()


def _require_safe(services: Services, row: R, asking: str | None) -> None:
    if isinstance(row, BarredNetworkRow) and row.severity is NetworkSeverity.NO_ACCESS:
        shut_out.require_safe(services.settings, row.network, asking)


def _log(session: Session, by: str, verb: str, row: R, now: datetime) -> None:
    """Of a network its kind and number alone: whose it is may be somebody's private data."""
    said = {"domain": row.domain} if isinstance(row, BarredMailDomainRow) else {}
    log.append(session, by, verb, f"{row.__tablename__}:{row.id}", said, now)
