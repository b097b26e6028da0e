"""What an Update from elsewhere may bring that nobody reads, and nobody need judge: terms, and the stamp of a quote.

It is taken at once, also while an edit waits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.posts.drafts import PostDraft
from app.posts.states import EDITABLE
from app.posts.tables import PostRow, QuoteRow
from app.quotes import making
from app.services import Services


def take(services: Services, drafts: Sequence[PostDraft]) -> None:
    """Take it over for those posts that are here, are their authors', and have something new of the kind."""
    latest = {draft.uri: draft for draft in drafts}
    query = (
        select(PostRow, QuoteRow)
        .outerjoin(QuoteRow, QuoteRow.post_pk == PostRow.pk)
        .where(PostRow.uri.in_(latest), PostRow.local.is_(False), PostRow.state.in_(EDITABLE))
    )
    with services.db.read() as session:
        found = {post.uri: (post, quote) for post, quote in session.execute(query)}
    changed = {uri for uri, (post, quote) in found.items() if _is_new(post, quote, latest[uri])}
    if not changed:
        return
    with services.db.write() as session:
        for post, quote in session.execute(query.where(PostRow.uri.in_(changed)).order_by(PostRow.pk)).all():
            draft = latest[post.uri]
            post.terms = draft.terms
            if quote is not None and draft.quote is not None and draft.quote.uri == quote.quoted_uri:
                making.take_stamp(session, services, quote, draft.quote.authorization)


def _is_new(post: PostRow, quote: QuoteRow | None, draft: PostDraft) -> bool:
    if post.actor_id != draft.actor_id:
        return False
    if post.terms != draft.terms:
        return True
    if quote is None or draft.quote is None or draft.quote.uri != quote.quoted_uri:
        return False
    return quote.authorization_uri != draft.quote.authorization
