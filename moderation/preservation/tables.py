"""Orders to preserve, and the sealed copies of what was deleted under them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from moderation.base import ModerationBase
from moderation.columns import BigId, Instant, words


class OrderKind(StrEnum):
    """What is to be kept."""

    ACCOUNT = "account"
    """Everything of one account; its target is the account's URI."""
    POST = "post"
    CASE = "case"
    """Everything that a case is about, and who complained of it."""
    DOMAIN = "domain"
    """Everything from a server and its subdomains."""


class PreservationOrderRow(ModerationBase):
    """Somebody ordered that something be kept. In force from `begins_at` until `ends_at`, or until it is lifted."""

    __tablename__ = "preservation_orders"
    __table_args__ = (Index("ix_preservation_orders_kind_target", "kind", "target"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[OrderKind] = mapped_column(words(OrderKind))
    target: Mapped[str] = mapped_column(String(2048))
    """A URI, a domain, or a case's number."""
    case_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("cases.id"), index=True)
    ordered_by: Mapped[str] = mapped_column(String(500))
    """The court, authority or lawyer."""
    reference: Mapped[str] = mapped_column(String(255))
    jurisdiction: Mapped[str] = mapped_column(String(64))
    begins_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    """None: until it is lifted."""
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(Instant)
    lifted_by: Mapped[str | None] = mapped_column(String(255))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_why: Mapped[str] = mapped_column(Text, default="")


class CopyKind(StrEnum):
    """What was deleted."""

    POST = "post"
    ACCOUNT = "account"


class PreservedCopyRow(ModerationBase):
    """What was deleted under an order, sealed under a key of its own; it goes with the last order that reaches it."""

    __tablename__ = "preserved_copies"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[CopyKind] = mapped_column(words(CopyKind))
    uri: Mapped[str] = mapped_column(String(2048), index=True)
    author_uri: Mapped[str] = mapped_column(String(2048))
    place: Mapped[str] = mapped_column(String(64), unique=True)
    """What the sealed bytes are bound to."""
    wrapped_key: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    """The sealed bytes, in base64."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of what was sealed."""
    made_at: Mapped[datetime] = mapped_column(Instant)


class PreservedPictureRow(ModerationBase):
    """A picture elsewhere that a copied post showed: its file stays in the cache while the copy is here."""

    __tablename__ = "preserved_pictures"

    copy_id: Mapped[int] = mapped_column(BigId, ForeignKey("preserved_copies.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class ActKind(StrEnum):
    """What somebody did, or wants done, to an order."""

    MADE = "made"
    EXTENDED = "extended"
    SHORTENED = "shortened"
    LIFTED = "lifted"


class ActState(StrEnum):
    """Where it is."""

    WAITING = "waiting"
    """For a second person."""
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    ALONE = "alone"
    """There was nobody else, or the server's command line did it."""


class OrderActRow(ModerationBase):
    """One act on an order: what keeps more holds at once, what keeps less once a second person has said yes."""

    __tablename__ = "preservation_acts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(BigId, ForeignKey("preservation_orders.id"), index=True)
    what: Mapped[ActKind] = mapped_column(words(ActKind))
    state: Mapped[ActState] = mapped_column(words(ActState))
    by: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text, default="")
    before_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    """The new end, where it changes that; None: until it is lifted."""
    answered_by: Mapped[str | None] = mapped_column(String(255))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
