"""Programs that a member let in: which there are, and taking back what was given to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.errors import NotFoundError
from app.oauth.tables import OAuthCodeRow, OAuthTokenRow
from app.services import Services
from app.stores import events


@dataclass(frozen=True, slots=True)
class Program:
    """One program, whatever number of tokens it holds."""

    app_id: int
    name: str
    website: str | None
    since: datetime
    """When it was let in last."""
    scopes: str
    """All that any of its tokens allows, in the order in which it was asked for."""


def of(session: Session, account_id: int) -> list[Program]:
    """A member's programs, the latest first."""
    tokens = session.scalars(
        select(OAuthTokenRow).where(*_good(account_id)).order_by(OAuthTokenRow.created_at.desc(), OAuthTokenRow.id)
    )
    found: dict[int, list[OAuthTokenRow]] = {}
    for token in tokens:
        found.setdefault(token.app_id, []).append(token)
    return [_program(app_id, rows) for app_id, rows in found.items()]


def take_back(services: Services, account_id: int, app_id: int) -> None:
    """Revoke every token that a program holds for a member, and what it could make one of.

    Raises NotFoundError where it holds none.
    """
    with services.db.write() as session:
        session.execute(
            delete(OAuthCodeRow).where(OAuthCodeRow.account_id == account_id, OAuthCodeRow.app_id == app_id)
        )
        theirs = update(OAuthTokenRow).where(*_good(account_id), OAuthTokenRow.app_id == app_id)
        ended = theirs.values(revoked_at=services.clock.now()).returning(OAuthTokenRow.id)
        if not session.scalars(ended).all():
            raise NotFoundError
        after_commit(session, partial(events.access_ended, services.redis, account_id))


def _good(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return OAuthTokenRow.account_id == account_id, OAuthTokenRow.revoked_at.is_(None)


def _program(app_id: int, tokens: list[OAuthTokenRow]) -> Program:
    first = tokens[0]
    return Program(app_id, first.app.name, first.app.website, first.created_at, _together(t.scope for t in tokens))


def _together(scopes: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(" ".join(scopes).split()))
