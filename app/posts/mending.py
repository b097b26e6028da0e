"""Mending: a frozen member edits the post for which they are frozen, and a moderator looks again before it is shown."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.posts import submissions
from app.posts.drafts import PostDraft
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation import turns
from moderation.cases import freezing

HIDDEN = (PostState.WITHDRAWN, PostState.REJECTED)


def may_be_mended(session: Session, post: PostRow) -> bool:
    """Whether a post is hidden until its author mends it."""
    return post.local and post.state in HIDDEN and freezing.in_force(session, post.uri) is not None


def mend(services: Services, session: Session, draft: PostDraft) -> PostRow | None:
    """Note new words for a hidden post, in the caller's write: the row to put them into, None where it isn't frozen.

    Nothing is judged: a person has to look at it anyway, and nobody sees it before.
    """
    turns.take(session)
    post = session.scalar(select(PostRow).where(PostRow.uri == draft.uri).with_for_update())
    if post is None or post.state not in HIDDEN:
        return None
    around = submissions.look_around(session, [draft])
    found = freezing.mended(session, submissions.build(draft, around), services.clock.now())
    return post if found else None
