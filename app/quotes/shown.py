"""What follows when posts that quote are published: what they lack is asked for, quoted authors are asked or told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.federation import outgoing
from app.notifications import of_posts as told
from app.posts.tables import PostRow, QuoteRow, QuoteState
from app.quotes import wanting
from app.services import Services


def of_posts(session: Session, services: Services, pks: Sequence[int], *, live: Collection[int]) -> None:
    """These posts were published; those that are no news tell nobody, and whoever fetched them asks for the rest."""
    rows = session.scalars(select(QuoteRow).where(QuoteRow.post_pk.in_(pks))).all()
    news = [row for row in rows if row.post_pk in live]
    wanting.of_quotes(session, services, news)
    for row in news:
        post = session.get_one(PostRow, row.post_pk)
        if row.state is QuoteState.ACCEPTED:
            told.quoted(session, services, row, post)
        elif row.state is QuoteState.PENDING and post.local:
            outgoing.quote_requested(session, services, post, row)
            if row.request_uri is not None:
                told.quoted(session, services, row, post)
