"""Registered client applications, authorisation codes and tokens. Codes and tokens are stored as SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.tables import AccountRow
from app.database.base import AppBase
from moderation.columns import BigId, Instant


class OAuthAppRow(AppBase):
    """A client program."""

    __tablename__ = "oauth_apps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(64), unique=True)
    client_secret: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    website: Mapped[str | None] = mapped_column(String(2048))
    redirect_uris: Mapped[str] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class OAuthCodeRow(AppBase):
    """An authorisation code: used once, within minutes."""

    __tablename__ = "oauth_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    app_id: Mapped[int] = mapped_column(BigId, ForeignKey("oauth_apps.id"))
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"))
    redirect_uri: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text)
    code_challenge: Mapped[str | None] = mapped_column(String(128))
    code_challenge_method: Mapped[str | None] = mapped_column(String(16))
    nonce: Mapped[str | None] = mapped_column(String(255))
    auth_time: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Instant)


class OAuthTokenRow(AppBase):
    """An access token; without an account it is an application's own."""

    __tablename__ = "oauth_tokens"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    app_id: Mapped[int] = mapped_column(BigId, ForeignKey("oauth_apps.id"))
    account_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    second_factored: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    app: Mapped[OAuthAppRow] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[AccountRow | None] = relationship(lazy="joined")
