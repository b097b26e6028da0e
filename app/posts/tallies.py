"""How many chose what in polls elsewhere: news of that is no edit, and nobody need judge it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.polls import clock, numbers
from app.posts.drafts import PostDraft
from app.posts.states import EDITABLE
from app.posts.tables import PendingEditRow, PostRow
from app.quotes import making
from app.services import Services


def take(services: Services, drafts: Sequence[PostDraft]) -> set[str]:
    """Store the numbers of those drafts that bring nothing else; the URIs of these. The others are edits.

    While an edit waits, what comes after it is an edit too: it may take the waiting one back. So is whatever
    comes together with another version of the same post, since their order matters.
    """
    times = Counter(draft.uri for draft in drafts)
    asked = {draft.uri: draft for draft in drafts if draft.poll is not None and times[draft.uri] == 1}
    if not asked:
        return set()
    waiting = select(PendingEditRow.post_pk).where(PendingEditRow.post_pk == PostRow.pk).exists()
    query = (
        select(PostRow)
        .where(PostRow.uri.in_(asked), PostRow.local.is_(False), PostRow.state.in_(EDITABLE), ~waiting)
        .options(selectinload(PostRow.attachments))
        .order_by(PostRow.pk)
        .with_for_update()
    )
    with services.db.write() as session:
        same = [
            post
            for post in session.scalars(query)
            if _says_the_same(post, asked[post.uri]) and _quotes_the_same(session, post, asked[post.uri])
        ]
        for post in same:
            clock.replace(session, post, asked[post.uri].poll, services.clock.now())
        return {post.uri for post in same}


def _says_the_same(post: PostRow, draft: PostDraft) -> bool:
    """Whether everything that people read and the door judged is as it was, the options' names among it."""
    return (
        post.actor_id == draft.actor_id
        and (post.content, post.title, post.warning) == (draft.content, draft.title, draft.warning)
        and (post.sensitive, post.language) == (draft.sensitive, draft.language)
        and [(one.url, one.description) for one in post.attachments]
        == [(one.url, one.description) for one in draft.attachments]
        and post.poll is not None
        and draft.poll is not None
        and numbers.same_question(post.poll, draft.poll)
    )


def _quotes_the_same(session: Session, post: PostRow, draft: PostDraft) -> bool:
    quote = making.of_post(session, post)
    return (quote.uri if quote else None) == (draft.quote.uri if draft.quote else None)
