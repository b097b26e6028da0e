"""Access tokens: made, found, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.database.engine import after_commit
from app.ids import EPOCH
from app.oauth import apps, scopes
from app.oauth.digests import digest
from app.oauth.tables import OAuthAppRow, OAuthTokenRow
from app.services import Services
from app.stores import events


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who holds a token, and what it allows. Without an account it is an application's own."""

    token_id: int
    app_id: int
    app_name: str
    app_website: str | None
    scopes: frozenset[str]
    granted: str
    second_factored: bool
    account_id: int | None = None
    role: Role = Role.MEMBER
    locale: str = "en"
    trouble: str | None = None
    """Why the account can't be used, in Mastodon's words."""
    frozen: bool = False
    seen_at: datetime | None = None
    """When the member was here last, roughly; long ago for one who never was."""


def make(services: Services, account_id: int | None, scope: str, second_factored: bool = False) -> str:
    """A token of the server's own app, for the command line. It is shown once: only its hash is stored.

    Raises InvalidError for an unknown scope.
    """
    names = " ".join(scopes.parse(scope))
    with services.db.write() as session:
        app = apps.own(session, services)
        return add(session, services, app.id, account_id, names, second_factored=second_factored)


def add(
    session: Session, services: Services, app_id: int, account_id: int | None, scope: str, *, second_factored: bool
) -> str:
    """Store a fresh token in this write; the token."""
    token = secrets.token_hex(32)
    store(session, services, token, app_id, account_id, scope, second_factored=second_factored)
    return token


def store(
    session: Session,
    services: Services,
    token: str,
    app_id: int,
    account_id: int | None,
    scope: str,
    *,
    second_factored: bool = False,
) -> None:
    """Store this token's hash in this write."""
    session.add(
        OAuthTokenRow(
            token_hash=digest(token),
            app_id=app_id,
            account_id=account_id,
            scope=scope,
            second_factored=second_factored,
            created_at=services.clock.now(),
        )
    )


def find(session: Session, token: str) -> Viewer | None:
    """Who holds it; None when it is unknown or was revoked."""
    row = session.scalar(
        select(OAuthTokenRow).where(OAuthTokenRow.token_hash == digest(token), OAuthTokenRow.revoked_at.is_(None))
    )
    return None if row is None else _viewer(row, row.app, row.account)


def is_good(token: OAuthTokenRow) -> bool:
    """Whether it still opens anything: not revoked, and its member may use what they have."""
    account = token.account
    return token.revoked_at is None and (account is None or _trouble(account, account.actor) is None)


def revoke(services: Services, token: str, app_id: int | None = None) -> bool:
    """Revoke it, if it is this app's; whether there was one."""
    query = (
        update(OAuthTokenRow)
        .where(OAuthTokenRow.token_hash == digest(token), OAuthTokenRow.revoked_at.is_(None))
        .values(revoked_at=services.clock.now())
        .returning(OAuthTokenRow.id, OAuthTokenRow.account_id)
    )
    if app_id is not None:
        query = query.where(OAuthTokenRow.app_id == app_id)
    with services.db.write() as session:
        ended = session.execute(query).one_or_none()
        if ended is not None and ended.account_id is not None:
            after_commit(session, partial(events.access_ended, services.redis, ended.account_id))
    return ended is not None


def _viewer(token: OAuthTokenRow, app: OAuthAppRow, account: AccountRow | None) -> Viewer:
    return Viewer(
        token_id=token.id,
        app_id=app.id,
        app_name=app.name,
        app_website=app.website,
        scopes=scopes.expand(token.scope),
        granted=token.scope,
        second_factored=token.second_factored,
        account_id=token.account_id,
        role=account.role if account else Role.MEMBER,
        locale=account.locale if account else "en",
        trouble=_trouble(account, account.actor) if account else None,
        frozen=account is not None and account.frozen_at is not None,
        seen_at=(account.last_seen_at or EPOCH) if account else None,
    )


def _trouble(account: AccountRow, actor: ActorRow) -> str | None:
    unusable = (account.disabled_at, actor.suspended_at, actor.deleted_at)
    if actor.memorial or any(at is not None for at in unusable):
        return "Your login is currently disabled"
    if account.confirmed_at is None:
        return "Your login is missing a confirmed e-mail address"
    if account.approved_at is None:
        return "Your login is currently pending approval"
    return None
