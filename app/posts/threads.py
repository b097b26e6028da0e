"""The thread around a post: what it answers, and what answers it, as one viewer may see them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import posts_for

MOST_ANCESTORS = 40
MOST_DESCENDANTS = 60
MOST_DESCENDANTS_SIGNED_IN = 400
DEEPEST = 20


def context(session: Session, post: PostRow, viewer_id: int | None) -> tuple[list[PostView], list[PostView]]:
    """Ancestors, oldest first, and descendants, depth first; both cut at a bound."""
    ancestors = reading.load(session, _upwards(session, post), viewer_id)
    most = MOST_DESCENDANTS if viewer_id is None else MOST_DESCENDANTS_SIGNED_IN
    return ancestors, reading.load(session, _downwards(session, post, viewer_id, most), viewer_id)


def _upwards(session: Session, post: PostRow) -> list[int]:
    pks: list[int] = []
    parent = post.in_reply_to_pk
    while parent is not None and len(pks) < MOST_ANCESTORS and parent not in pks:
        pks.append(parent)
        parent = session.scalar(select(PostRow.in_reply_to_pk).where(PostRow.pk == parent))
    return pks[::-1]


def _downwards(session: Session, post: PostRow, viewer_id: int | None, most: int) -> list[int]:
    """Level by level, then put in reading order: each reply below what it answers."""
    children: dict[int, list[int]] = {}
    level, seen = [post.pk], 0
    for _ in range(DEEPEST):
        query = (
            posts_for(viewer_id, PostRow.pk, PostRow.in_reply_to_pk)
            .where(PostRow.in_reply_to_pk.in_(level))
            .order_by(PostRow.id)
            .limit(most - seen)
        )
        found = session.execute(query).all()
        for pk, parent in found:
            children.setdefault(parent, []).append(pk)
        level, seen = [pk for pk, _ in found], seen + len(found)
        if not level or seen >= most:
            break
    return _in_reading_order(post.pk, children)


def _in_reading_order(root: int, children: dict[int, list[int]]) -> list[int]:
    order: list[int] = []
    stack = list(reversed(children.get(root, [])))
    while stack:
        pk = stack.pop()
        order.append(pk)
        stack += reversed(children.get(pk, []))
    return order
