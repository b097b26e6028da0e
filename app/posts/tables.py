"""Posts and what hangs on them. The database itself refuses a published post without a verdict that allows it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.tables import ActorRow
from app.database.base import AppBase
from moderation import warnings
from moderation.columns import BigId, Instant, Json, words
from moderation.values import Outcome, Visibility
from moderation.verdicts.tables import VerdictRow


class PostKind(StrEnum):
    """What was posted; a boost is a post of its own that shows another."""

    NOTE = "note"
    ARTICLE = "article"
    QUESTION = "question"
    PAGE = "page"
    BOOST = "boost"


class PostState(StrEnum):
    """Where a post is. Its arrows stand in app.posts.states, and change through app.posts.door alone."""

    WAITING = "waiting"
    """A check could not judge it; it is judged again when the check is back."""
    HELD = "held"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """It was published, and a person or a wave took it back."""
    DELETED = "deleted"
    """Its author deleted it. The row stays, emptied, so that its URI is never given out again."""


class QuoteState(StrEnum):
    """Whether a post may show what it quotes. Arrows: app.quotes.states."""

    PENDING = "pending"
    """The quoted post isn't here yet, or its author hasn't agreed, or what says so wasn't looked at."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    """It was accepted, and the quoted author took that back."""
    DELETED = "deleted"
    """What it quotes was deleted."""


_ORPHAN = text("in_reply_to_pk IS NULL AND in_reply_to_uri IS NOT NULL")
_WAITS = text("state IN ('held', 'waiting')")


class PostRow(AppBase):
    """A post. `pk` never leaves the server; `id` is what clients page by, fresh at publication."""

    __tablename__ = "posts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["verdict_id", "outcome"], [VerdictRow.__table__.c.id, VerdictRow.__table__.c.outcome],
            name="fk_posts_verdict",
        ),
        CheckConstraint(
            "state <> 'published' OR (verdict_id IS NOT NULL AND outcome IS NOT NULL"
            " AND outcome IN ('approve', 'label', 'limit'))",
            name="published_was_judged",
        ),
        CheckConstraint("(kind = 'boost') = (boost_of_pk IS NOT NULL)", name="boost_shows_a_post"),
        Index("ix_posts_actor_id_id", "actor_id", "id"),
        Index("ix_posts_state_submitted_at", "state", "submitted_at"),
        Index("ix_posts_in_reply_to_pk", "in_reply_to_pk"),
        Index("ix_posts_orphans", "in_reply_to_uri", sqlite_where=_ORPHAN, postgresql_where=_ORPHAN),
        Index("ix_posts_boost_of_pk_actor_id", "boost_of_pk", "actor_id"),
        Index("ix_posts_fanned_out_at_state", "fanned_out_at", "state"),
        Index("ix_posts_public", "state", "visibility", "local", "id"),
        Index("ix_posts_own_waiting", "actor_id", "state", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )  # fmt: skip

    pk: Mapped[int] = mapped_column(BigId, primary_key=True)
    id: Mapped[int] = mapped_column(BigId, unique=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    url: Mapped[str | None] = mapped_column(String(2048))
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    local: Mapped[bool]
    kind: Mapped[PostKind] = mapped_column(words(PostKind), default=PostKind.NOTE)
    state: Mapped[PostState] = mapped_column(words(PostState))
    visibility: Mapped[Visibility] = mapped_column(words(Visibility))
    verdict_id: Mapped[int | None] = mapped_column(BigId)
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome))
    moderation_warning: Mapped[str | None] = mapped_column(String(64))
    """The code of a content warning that the house added; its words are rendered in the reader's language."""
    moderation_words: Mapped[str | None] = mapped_column(String(warnings.LONGEST))
    """The words themselves, where a moderator wrote their own."""
    as_request: Mapped[bool] = mapped_column(default=False)
    via_relay: Mapped[bool] = mapped_column(default=False)
    """A relay named it: nobody here followed its author, or was addressed, or not that we knew."""

    boost_of_pk: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.pk"))
    in_reply_to_uri: Mapped[str | None] = mapped_column(String(2048))
    in_reply_to_pk: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.pk"))
    in_reply_to_actor_id: Mapped[int | None] = mapped_column(BigId)
    conversation: Mapped[str] = mapped_column(String(2048), index=True)

    title: Mapped[str] = mapped_column(String(1000), default="")
    content: Mapped[str] = mapped_column(Text, default="")
    """Sanitised HTML."""
    source: Mapped[str] = mapped_column(Text, default="")
    """What a local author typed; empty for remote posts."""
    warning: Mapped[str] = mapped_column(Text, default="")
    """The author's own content warning, plain text."""
    sensitive: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(12))
    poll: Mapped[dict[str, Any] | None] = mapped_column(Json)
    emojis: Mapped[list[dict[str, str]]] = mapped_column(Json, default=list)
    terms: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Who may do what with it, as far as its author says: see app.posts.terms."""
    quoting: Mapped[bool] = mapped_column(default=False)
    """Whether it has a row among the quotes."""

    submitted_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime] = mapped_column(Instant)
    edited_at: Mapped[datetime | None] = mapped_column(Instant)
    relabelled_at: Mapped[datetime | None] = mapped_column(Instant)
    """When a moderator last changed what stands before a member's post that was shown already."""
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    fanned_out_at: Mapped[datetime | None] = mapped_column(Instant)

    replies_count: Mapped[int] = mapped_column(default=0)
    boosts_count: Mapped[int] = mapped_column(default=0)
    likes_count: Mapped[int] = mapped_column(default=0)
    quotes_count: Mapped[int] = mapped_column(default=0)

    actor: Mapped[ActorRow] = relationship(lazy="raise")
    boost_of: Mapped[PostRow | None] = relationship(remote_side=[pk], foreign_keys=[boost_of_pk], lazy="raise")
    attachments: Mapped[list[AttachmentRow]] = relationship(
        lazy="raise", order_by="AttachmentRow.position", cascade="all, delete-orphan"
    )
    mentions: Mapped[list[MentionRow]] = relationship(lazy="raise", cascade="all, delete-orphan")
    tags: Mapped[list[PostTagRow]] = relationship(lazy="raise", cascade="all, delete-orphan")

    @property
    def house_warning(self) -> str | None:
        """What the house put before it, as `moderation.warnings` writes it."""
        return warnings.whole(self.moderation_warning, self.moderation_words)

    @property
    def warned_of(self) -> str | None:
        """The same, where there is something to read before its text: not where only its media are marked."""
        return None if self.moderation_warning == warnings.SENSITIVE else self.house_warning


WAITS = PostRow.state.in_(bindparam("waits", (PostState.HELD, PostState.WAITING), expanding=True, literal_execute=True))
"""Whether a post waits, with its words in the statement itself: no database chooses a partial index for parameters."""


class PostAliasRow(AppBase):
    """An id that a post had before it was released; every endpoint resolves it."""

    __tablename__ = "post_aliases"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)


class AttachmentRow(AppBase):
    """A picture, sound or film elsewhere; never hot-linked, shown once media are fetched and judged."""

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    position: Mapped[int]
    url: Mapped[str] = mapped_column(String(2048))
    media_type: Mapped[str] = mapped_column(String(128), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    blurhash: Mapped[str | None] = mapped_column(String(128))
    width: Mapped[int | None]
    height: Mapped[int | None]
    focus_x: Mapped[float | None]
    focus_y: Mapped[float | None]
    """What must stay in sight when it is cut: from -1 (left, bottom) to 1 (right, top)."""
    upload_id: Mapped[int | None] = mapped_column(BigId)
    """A member's own picture: clients know it by this id, before and after it is in a post."""
    duration: Mapped[float | None] = mapped_column(Float)
    """Seconds that a film or sound of a member's lasts."""


class MentionRow(AppBase):
    """A post addresses an actor by name."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_actor_id_post_pk", "actor_id", "post_pk"),)

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"), primary_key=True)
    silent: Mapped[bool] = mapped_column(default=False)
    """Addressed without being named in the text."""

    actor: Mapped[ActorRow] = relationship(lazy="raise")


class PostTagRow(AppBase):
    """A hashtag on a post, as it is compared; `name` keeps how it was written."""

    __tablename__ = "post_tags"
    __table_args__ = (Index("ix_post_tags_tag_post_pk", "tag", "post_pk"),)

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))


class LikeRow(AppBase):
    """A favourite."""

    __tablename__ = "likes"
    __table_args__ = (UniqueConstraint("actor_id", "post_pk"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    uri: Mapped[str] = mapped_column(String(2048), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class QuoteRow(AppBase):
    """A post quotes another, which may not be here (yet)."""

    __tablename__ = "quotes"
    __table_args__ = (
        Index("ix_quotes_quoted_pk_state", "quoted_pk", "state"),
        Index("ix_quotes_quoted_uri", "quoted_uri"),
        Index("ix_quotes_authorization_uri", "authorization_uri"),
        Index("ix_quotes_request_uri", "request_uri"),
    )

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True, autoincrement=False)
    quoted_uri: Mapped[str] = mapped_column(String(2048))
    quoted_pk: Mapped[int | None] = mapped_column(BigId, ForeignKey("posts.pk"))
    state: Mapped[QuoteState] = mapped_column(words(QuoteState), default=QuoteState.PENDING)
    legacy: Mapped[bool] = mapped_column(default=False)
    """It was said in a way that knows no consent: while nobody agreed, it's a link and nothing else."""
    authorization_uri: Mapped[str | None] = mapped_column(String(2048))
    """The stamp: ours where a member's post is quoted, else what the quoting post claims."""
    request_uri: Mapped[str | None] = mapped_column(String(2048))
    """The QuoteRequest that asked for it: ours, or the one that a member's server answered."""
    made_at: Mapped[datetime] = mapped_column(Instant)


class PinRow(AppBase):
    """A post that stands first on its author's profile."""

    __tablename__ = "pins"
    __table_args__ = (Index("ix_pins_actor_id", "actor_id"),)

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True, autoincrement=False)
    actor_id: Mapped[int] = mapped_column(BigId, ForeignKey("actors.id"))
    pinned_at: Mapped[datetime] = mapped_column(Instant)


class PostVersionRow(AppBase):
    """An earlier version of an edited post, as it was shown."""

    __tablename__ = "post_versions"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), index=True)
    content: Mapped[str] = mapped_column(Text)
    warning: Mapped[str] = mapped_column(Text)
    sensitive: Mapped[bool]
    attachments: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    """As they stood then, in their order; None of a version that was replaced before these were kept."""
    poll_options: Mapped[list[str] | None] = mapped_column(Json)
    """What its poll let choose between; None where it had none, or as above."""
    shown_from: Mapped[datetime] = mapped_column(Instant)


class PendingEditRow(AppBase):
    """An edit of a published post that waits: the old version stays until it is let in."""

    __tablename__ = "pending_edits"

    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"), primary_key=True)
    draft: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[PostState] = mapped_column(words(PostState))
    verdict_id: Mapped[int | None] = mapped_column(BigId)
    submitted_at: Mapped[datetime] = mapped_column(Instant)


class IdempotencyRow(AppBase):
    """A client's Idempotency-Key: the same key gives the same post."""

    __tablename__ = "idempotency_keys"

    account_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    post_pk: Mapped[int] = mapped_column(BigId, ForeignKey("posts.pk"))
    made_at: Mapped[datetime] = mapped_column(Instant)
