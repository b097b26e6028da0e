"""What federation keeps: received activities, deliveries to make, what is known of each domain."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database.base import AppBase
from app.federation.wire.signed import Form
from moderation.columns import BigId, Instant, Json, words


class IntakeState(StrEnum):
    """Arrows: unverified → waiting | refused; waiting → done | refused | retry; retry → done | refused."""

    UNVERIFIED = "unverified"
    WAITING = "waiting"
    RETRY = "retry"
    DONE = "done"
    REFUSED = "refused"


class InboxActivityRow(AppBase):
    """An activity that was answered 202: it is on disk before the answer leaves."""

    __tablename__ = "inbox_activities"
    __table_args__ = (
        UniqueConstraint("activity_uri", "key_id"),
        Index("ix_inbox_activities_state_id", "state", "id"),
        Index("ix_inbox_activities_state_queue_id", "state", "queue", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_uri: Mapped[str] = mapped_column(String(2048))
    kind: Mapped[str] = mapped_column(String(64))
    domain: Mapped[str] = mapped_column(String(300), index=True)
    queue: Mapped[str] = mapped_column(String(300), server_default="")
    """Whose turn it waits for: the network that it came from while nobody has verified it, then its host."""
    actor_uri: Mapped[str] = mapped_column(String(2048))
    key_id: Mapped[str] = mapped_column(String(2048))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    signed_request: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What verification needs later, while the signer's key isn't known yet."""
    state: Mapped[IntakeState] = mapped_column(words(IntakeState))
    reason: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class DeliveryState(StrEnum):
    """Arrows: waiting → delivered | waiting (later) | given_up."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class OutboxActivityRow(AppBase):
    """One of our activities, rendered once, delivered to many inboxes."""

    __tablename__ = "outbox_activities"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    kind: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    last_word: Mapped[bool] = mapped_column(default=False)
    """Ends what binds us to a suspended domain: the only thing that is sent there still."""
    for_followers: Mapped[bool] = mapped_column(default=False)
    """For followers only: hosts are told along with it which followers they have (FEP-8fcf)."""
    created_at: Mapped[datetime] = mapped_column(Instant)


class DeliveryRow(AppBase):
    """One activity to one inbox."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("activity_id", "inbox_url"),
        Index("ix_deliveries_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    activity_id: Mapped[int] = mapped_column(BigId, ForeignKey("outbox_activities.id"))
    inbox_url: Mapped[str] = mapped_column(String(2048))
    host: Mapped[str] = mapped_column(String(300), index=True)
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(Instant)


class InstanceRow(AppBase):
    """A peer: what it says of itself, and how it answers."""

    __tablename__ = "instances"

    domain: Mapped[str] = mapped_column(String(300), primary_key=True)
    software: Mapped[str | None] = mapped_column(String(128))
    software_version: Mapped[str | None] = mapped_column(String(128))
    first_nodeinfo_at: Mapped[datetime | None] = mapped_column(Instant)
    nodeinfo: Mapped[dict[str, Any] | None] = mapped_column(Json)
    nodeinfo_at: Mapped[datetime | None] = mapped_column(Instant)
    """When it was last asked for, whatever came of it."""
    contact: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Who can be written to there, by its own word: see app.federation.contacts."""
    contact_at: Mapped[datetime | None] = mapped_column(Instant)
    """When somebody had it asked for that, whatever came of it."""
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    last_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    """When a delivery failed first since one arrived, or since it last sent us something."""
    failures: Mapped[int] = mapped_column(default=0)
    """One after another without an answer: how long it's left alone."""
    failed_days: Mapped[int] = mapped_column(default=0)
    """On so many days since `failing_since`."""
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    dead_since: Mapped[datetime | None] = mapped_column(Instant, index=True)
    """Failing for so long that nothing is sent there any more but a probe a day."""
    probe_at: Mapped[datetime | None] = mapped_column(Instant)
    """The next probe of a dead host isn't due before this."""
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
    signature_form: Mapped[Form | None] = mapped_column(words(Form))
    """How it wants requests signed, once that was learnt: see app.federation.forms."""
    received: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class Wanted(StrEnum):
    """What is wanted of an address elsewhere."""

    POST = "post"
    """The post itself: something here answers it."""
    QUOTED = "quoted"
    """The post itself: something here quotes it. What it answers isn't asked for."""
    STAMP = "stamp"
    """Not a post, but what allows a quote of one (FEP-044f)."""
    REPLIES = "replies"
    """What answers it: somebody here is reading its thread."""
    AGAIN = "again"
    """The post as it is now, or whether it is there at all: somebody said that it changed, or is gone."""


class WantedRow(AppBase):
    """Something that a thread here lacks. Once it was asked for it stays a while, so that it isn't asked for again."""

    __tablename__ = "wanted"
    __table_args__ = (Index("ix_wanted_next_at", "next_at"), Index("ix_wanted_host", "host"))

    uri: Mapped[str] = mapped_column(String(2048), primary_key=True)
    what: Mapped[Wanted] = mapped_column(words(Wanted), primary_key=True)
    host: Mapped[str] = mapped_column(String(300))
    depth: Mapped[int] = mapped_column(default=0)
    """How many posts lie between it and the first one that was wanted."""
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """Null: it came, or never will."""


class FollowerSyncRow(AppBase):
    """An actor elsewhere whose followers here aren't those that their own host claims: it is asked for the list."""

    __tablename__ = "follower_syncs"
    __table_args__ = (Index("ix_follower_syncs_next_at", "next_at"),)

    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    url: Mapped[str] = mapped_column(String(2048))
    digest: Mapped[str] = mapped_column(String(64))
    """As claimed: the XOR of the SHA-256 of each follower's id, in hexadecimal digits."""
    attempts: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """Null: it was compared, or never will be."""


class ProfileLinkRow(AppBase):
    """A page that a member's shown profile links to, and whether it links back."""

    __tablename__ = "profile_links"
    __table_args__ = (Index("ix_profile_links_next_at", "next_at"),)

    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    url: Mapped[str] = mapped_column(String(2048), primary_key=True)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(Instant)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    """Null: it isn't asked again, or isn't in the profile any more."""


class RelayStyle(StrEnum):
    """How a relay is asked."""

    MASTODON = "mastodon"
    """Its inbox is sent a Follow of everybody."""
    LITEPUB = "litepub"
    """Its actor is followed by ours."""


class RelayState(StrEnum):
    """The arrows are in app.federation.relays."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    REMOVED = "removed"


class RelayRow(AppBase):
    """A server that passes public posts on, once an admin has added it and it has agreed."""

    __tablename__ = "relays"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str] = mapped_column(String(1000), unique=True)
    """What the admin gave: its inbox, or its actor."""
    style: Mapped[RelayStyle] = mapped_column(words(RelayStyle))
    host: Mapped[str] = mapped_column(String(300))
    inbox_url: Mapped[str] = mapped_column(String(2048))
    actor_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    """Who answered; of LitePub's kind, who was asked."""
    follow_uri: Mapped[str] = mapped_column(String(2048))
    state: Mapped[RelayState] = mapped_column(words(RelayState))
    came: Mapped[int] = mapped_column(BigId, default=0)
    """So many posts were named by it, here already or not."""
    shown: Mapped[int] = mapped_column(BigId, default=0)
    held: Mapped[int] = mapped_column(BigId, default=0)
    added_by: Mapped[str] = mapped_column(String(255))
    added_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class ActorKeyRow(AppBase):
    """A further key of an actor elsewhere: beside the one in the actor's own row, by that actor's own document."""

    __tablename__ = "actor_keys"

    key_id: Mapped[str] = mapped_column(String(2048), primary_key=True)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), index=True)
    public_key_pem: Mapped[str] = mapped_column(Text)
    fetched_at: Mapped[datetime] = mapped_column(Instant)


class KeyFailureRow(AppBase):
    """A key that could not be fetched: not asked for again before `until`."""

    __tablename__ = "key_failures"

    key_id: Mapped[str] = mapped_column(String(2048), primary_key=True)
    reason: Mapped[str] = mapped_column(String(255))
    until: Mapped[datetime] = mapped_column(Instant)


class TombstoneRow(AppBase):
    """An actor deleted something that never came: it may not come any more. Bounded per host, forgotten after months.

    Of posts and actors that were here their own rows stay, emptied.
    """

    __tablename__ = "tombstones"
    __table_args__ = (Index("ix_tombstones_host_made_at", "host", "made_at"),)

    uri_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the URI, in hexadecimal digits."""
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    host: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime] = mapped_column(Instant, index=True)


class SettledActivityRow(AppBase):
    """An activity that was done, and whose row in the inbox is gone: it isn't done a second time."""

    __tablename__ = "settled_activities"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the activity's URI and its actor's, in hexadecimal digits."""
    settled_at: Mapped[datetime] = mapped_column(Instant, index=True)


class RetiredKeyRow(AppBase):
    """A member's key until now: it signs what was written before the new one was told of, then it's forgotten."""

    __tablename__ = "retired_keys"

    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True, autoincrement=False)
    private_key_pem: Mapped[str] = mapped_column(Text)
    last_activity_id: Mapped[int] = mapped_column(BigId)
    """The outgoing activity that tells of the new key: the last one that the old key signs."""
    retired_at: Mapped[datetime] = mapped_column(Instant)
