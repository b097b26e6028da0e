"""The counters of posts and authors, kept in the write that changes what they count; never below nought."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.posts.tables import PostRow, QuoteRow, QuoteState
from moderation.values import PUBLIC_KINDS, Visibility


def change(session: Session, table: type[PostRow] | type[ActorRow], key: Any, column: Any, by: int) -> None:
    """Add `by` to one counter of the row that `key` picks."""
    changed = column + by
    session.execute(
        update(table)
        .where(key)
        .values({column: case((changed < 0, 0), else_=changed)})
        .execution_options(synchronize_session=False)
    )


def published(session: Session, post: PostRow) -> None:
    """A stored post became visible."""
    _around(session, post, 1)


def unpublished(session: Session, post: PostRow) -> None:
    """A visible post isn't any more."""
    _around(session, post, -1)


def quoted(session: Session, quote: QuoteRow, by: int) -> None:
    """A quote that is shown began to be, or isn't any more."""
    change(session, PostRow, PostRow.pk == quote.quoted_pk, PostRow.quotes_count, by)


def _around(session: Session, post: PostRow, by: int) -> None:
    if post.visibility is not Visibility.DIRECT:  # how much somebody writes in private is nobody's business
        change(session, ActorRow, ActorRow.id == post.actor_id, ActorRow.posts_count, by)
    if post.in_reply_to_pk is not None and post.visibility in PUBLIC_KINDS:  # nor that somebody answers in private
        change(session, PostRow, PostRow.pk == post.in_reply_to_pk, PostRow.replies_count, by)
    if post.boost_of_pk is not None:
        change(session, PostRow, PostRow.pk == post.boost_of_pk, PostRow.boosts_count, by)
    if post.quoting:
        quote = session.get(QuoteRow, post.pk)
        if quote is not None and quote.state is QuoteState.ACCEPTED:
            quoted(session, quote, by)
