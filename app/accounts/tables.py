"""Actors (everybody, here and elsewhere) and accounts (who signs in here)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    func,
    select,
)
from sqlalchemy.orm import Mapped, MappedSQLExpression, column_property, mapped_column, relationship

from app.database.base import AppBase
from moderation.columns import BigId, Instant, Json, words


class ActorKind(StrEnum):
    """ActivityPub's actor types."""

    PERSON = "Person"
    SERVICE = "Service"
    GROUP = "Group"
    APPLICATION = "Application"
    ORGANIZATION = "Organization"


class Role(StrEnum):
    """What an account may do here, least first; `member` is everybody."""

    MEMBER = "member"
    TRAINEE = "trainee"
    REVIEWER = "reviewer"
    MODERATOR = "moderator"
    LEAD = "lead"
    ADMIN = "admin"
    CHILD_SAFETY = "child-safety"


class DomainMarkRow(AppBase):
    """What a rule that is in force means for a server's people, until the mark on each of them says so, too."""

    __tablename__ = "domain_marks"

    domain: Mapped[str] = mapped_column(String(300), primary_key=True)
    hidden: Mapped[bool]
    silenced: Mapped[bool]
    filters: Mapped[str] = mapped_column(String(128))


def _in_force(waiting: Any, domain: Any, marked: Any) -> MappedSQLExpression[Any]:
    """A mark, or what stands for it while it waits to be written."""
    found = select(waiting).where(DomainMarkRow.domain == domain).correlate_except(DomainMarkRow).scalar_subquery()
    return column_property(func.coalesce(found, marked), expire_on_flush=False)


class ActorRow(AppBase):
    """An actor. Local ones have no domain in `domain` but ours, and an AccountRow (the instance's has none).

    The shown profile (`display_name`, `summary`, `fields`, `avatar_url`, `header_url`) holds only what passed the
    door; what waits stands in `pending_profile`.
    """

    __tablename__ = "actors"
    __table_args__ = (
        UniqueConstraint("username_lower", "domain"),
        Index("ix_actors_domain", "domain"),
        CheckConstraint("NOT local OR public_key_pem IS NOT NULL", name="local_has_key"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    local: Mapped[bool]
    kind: Mapped[ActorKind] = mapped_column(words(ActorKind), default=ActorKind.PERSON)
    username: Mapped[str] = mapped_column(String(255))
    username_lower: Mapped[str] = mapped_column(String(255))
    domain: Mapped[str] = mapped_column(String(300))
    display_name: Mapped[str] = mapped_column(String(500), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    summary_source: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    avatar_url: Mapped[str | None] = mapped_column(String(2048))
    header_url: Mapped[str | None] = mapped_column(String(2048))
    emojis: Mapped[list[dict[str, str]] | None] = mapped_column(Json)
    """Custom emojis in the name and text: `shortcode` and `url`."""
    pending_profile: Mapped[dict[str, Any] | None] = mapped_column(Json)
    profile_verdict_id: Mapped[int | None] = mapped_column(BigId)
    url: Mapped[str | None] = mapped_column(String(2048))
    inbox_url: Mapped[str | None] = mapped_column(String(2048))
    shared_inbox_url: Mapped[str | None] = mapped_column(String(2048))
    outbox_url: Mapped[str | None] = mapped_column(String(2048))
    followers_url: Mapped[str | None] = mapped_column(String(2048))
    following_url: Mapped[str | None] = mapped_column(String(2048))
    featured_url: Mapped[str | None] = mapped_column(String(2048))
    locked: Mapped[bool] = mapped_column(default=False)
    bot: Mapped[bool] = mapped_column(default=False)
    discoverable: Mapped[bool] = mapped_column(default=False)
    indexable: Mapped[bool] = mapped_column(default=False)
    hides_follows: Mapped[bool] = mapped_column(default=False)
    """A member shows others how many they follow and are followed by, not whom."""
    memorial: Mapped[bool] = mapped_column(default=False)
    """Kept in memory of somebody who died: shown, but nobody signs in."""
    moved_to_uri: Mapped[str | None] = mapped_column(String(2048))
    moved_at: Mapped[datetime | None] = mapped_column(Instant)
    """When they moved last; a redirect that was taken back leaves it, as nobody moves twice in a short while."""
    also_known_as: Mapped[list[str]] = mapped_column(Json, default=list)
    """URIs of the same person elsewhere: a Move to here is believed from these alone."""
    attribution_domains: Mapped[list[str] | None] = mapped_column(Json)
    """Domains of websites that may name a member as the author of what they publish; other servers look here."""
    key_id: Mapped[str | None] = mapped_column(String(2048), unique=True)
    public_key_pem: Mapped[str | None] = mapped_column(Text)
    private_key_pem: Mapped[str | None] = mapped_column(Text)
    ed25519_private_pem: Mapped[str | None] = mapped_column(Text)
    """A local actor's second key, for object proofs; made when it is first needed."""
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    key_fetched_at: Mapped[datetime | None] = mapped_column(Instant)
    last_post_at: Mapped[datetime | None] = mapped_column(Instant)
    silenced_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_at: Mapped[datetime | None] = mapped_column(Instant)
    suspended_at_home: Mapped[bool] = mapped_column(default=False)
    """Whether `suspended_at` is their own server's word, which takes it back by itself, and not a decision here."""
    marked_silenced: Mapped[bool] = mapped_column("domain_silenced", default=False)
    marked_hidden: Mapped[bool] = mapped_column("domain_hidden", default=False)
    marked_filters: Mapped[str] = mapped_column("domain_filters", String(128), default="", server_default="")
    """What the rule in force for the actor's domain means for it: app.accounts.marking writes the three, from
    moderation's rules, so that lifting a rule brings back exactly what it hid."""
    domain_silenced: Mapped[bool] = _in_force(DomainMarkRow.silenced, domain, marked_silenced)
    domain_hidden: Mapped[bool] = _in_force(DomainMarkRow.hidden, domain, marked_hidden)
    domain_filters: Mapped[str] = _in_force(DomainMarkRow.filters, domain, marked_filters)
    """The same as it holds now, also where the marks are still to be written: what everybody asks."""
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    followers_count: Mapped[int] = mapped_column(default=0)
    following_count: Mapped[int] = mapped_column(default=0)
    posts_count: Mapped[int] = mapped_column(default=0)

    account: Mapped[AccountRow | None] = relationship(back_populates="actor", uselist=False, lazy="select")


@event.listens_for(ActorRow, "init")
def _new(_actor: ActorRow, _args: Any, given: dict[str, Any]) -> None:
    """A new row knows what holds for it before the database was asked."""
    for name, none in (("silenced", False), ("hidden", False), ("filters", "")):
        given[f"domain_{name}"] = given.get(f"marked_{name}", none)


class AccountRow(AppBase):
    """What a member signs in to."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    email: Mapped[str] = mapped_column(String(320))
    email_lower: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(words(Role), default=Role.MEMBER)
    locale: Mapped[str] = mapped_column(String(12), default="en")
    default_visibility: Mapped[str] = mapped_column(String(16), default="public")
    default_sensitive: Mapped[bool] = mapped_column(default=False)
    default_language: Mapped[str | None] = mapped_column(String(12))
    default_quote_policy: Mapped[str] = mapped_column(String(16), default="public")
    report_mail: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether they hear by mail, too, what came of their reports."""
    signup_reason: Mapped[str] = mapped_column(Text, default="")
    signup_traits: Mapped[dict[str, int] | None] = mapped_column(Json)
    """How they signed up, as counts and yes or no: see app.accounts.traits. None once that is long ago."""
    session_salt: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    second_factor_at: Mapped[datetime | None] = mapped_column(Instant)
    """Since when a second factor is set up; accounts made on the command line count as having one."""
    role_until: Mapped[datetime | None] = mapped_column(Instant)
    """When the role ends by itself, and they are a member again: see app.accounts.lookup.role_at."""
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)

    actor: Mapped[ActorRow] = relationship(back_populates="account", lazy="joined", innerjoin=True)


class SeenAddressRow(AppBase):
    """From where a member came: see app.accounts.addresses."""

    __tablename__ = "seen_addresses"
    __table_args__ = (Index("ix_seen_addresses_last_at", "last_at"),)

    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(String(45), primary_key=True, index=True)
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)


class BrowserSessionRow(AppBase):
    """A browser in which a member signed in: see app.accounts.browsers. Of the token only the digest is stored."""

    __tablename__ = "browser_sessions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(BigId, ForeignKey("accounts.id"), index=True)
    browser: Mapped[str] = mapped_column(String(60), default="")
    """What it is, in a word or two, such as `Firefox, Linux`."""
    network: Mapped[str] = mapped_column(String(50), default="")
    """Whence it came last, without the part that names one machine; empty where the house keeps no addresses."""
    made_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)
    """When it was used last, within a few hours."""
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[AccountRow] = relationship(lazy="joined", innerjoin=True)


class InvitationRow(AppBase):
    """A one-time link: the first admin's, or an invitation to sign up. Only the token's hash is stored."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[Role] = mapped_column(words(Role), default=Role.MEMBER)
    made_by_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("accounts.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    uses_left: Mapped[int] = mapped_column(default=1)


class ReservedNameRow(AppBase):
    """Local names that were used once and are never given out again."""

    __tablename__ = "reserved_names"

    username_lower: Mapped[str] = mapped_column(String(255), primary_key=True)
    reserved_at: Mapped[datetime] = mapped_column(Instant)
