"""The states of a quote and the arrows between them, as data; and the one function that moves one."""

from __future__ import annotations

from functools import partial

from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.federation import outgoing
from app.notifications import of_posts
from app.posts import counts
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.services import Services
from app.timelines import fanout

S = QuoteState
ARROWS: dict[QuoteState, frozenset[QuoteState]] = {
    S.PENDING: frozenset({S.ACCEPTED, S.REJECTED, S.REVOKED, S.DELETED}),
    S.ACCEPTED: frozenset({S.PENDING, S.REVOKED, S.DELETED}),
    S.REJECTED: frozenset({S.PENDING, S.DELETED}),
    S.REVOKED: frozenset({S.PENDING, S.DELETED}),
    S.DELETED: frozenset(),
}
"""Back to pending: the quoting post came with another stamp, which is looked at anew."""


class ForbiddenArrowError(Exception):
    """A quote can't go from this state to that one."""

    def __init__(self, before: QuoteState, after: QuoteState) -> None:
        super().__init__(f"a quote can't go from {before} to {after}")


def check(before: QuoteState, after: QuoteState) -> None:
    """Raise ForbiddenArrowError unless the arrow is drawn."""
    if after not in ARROWS[before]:
        raise ForbiddenArrowError(before, after)


def move(session: Session, services: Services, quote: QuoteRow, to: QuoteState) -> None:
    """Change its state: it is counted where it is shown, a member whom it quotes is told, clients draw it anew, and of
    a member's own post peers get an Update.

    The same again changes nothing.
    """
    if quote.state is to:
        return
    check(quote.state, to)
    was, quote.state = quote.state, to
    session.flush()
    post = session.get_one(PostRow, quote.post_pk)
    if post.state is not PostState.PUBLISHED:
        return
    if QuoteState.ACCEPTED in (was, to):
        counts.quoted(session, quote, 1 if to is QuoteState.ACCEPTED else -1)
        outgoing.post_edited(session, services, post)
    if to is QuoteState.ACCEPTED:
        of_posts.quoted(session, services, quote, post)
    after_commit(session, partial(fanout.announce_edit, services, post.pk))
