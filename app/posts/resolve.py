"""From what the outside says (an id, an alias, a URI) to the post, for one viewer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.paging import LARGEST
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostAliasRow, PostRow


def parse_id(text: str) -> int:
    """A public id from a URL; raises NotFoundError for what can't be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST):
        raise NotFoundError()
    return int(text)


def pk_of(session: Session, public_id: int) -> int:
    """By id, or by an id that it had before it was released."""
    pk = session.scalar(select(PostRow.pk).where(PostRow.id == public_id))
    if pk is None:
        pk = session.scalar(select(PostAliasRow.post_pk).where(PostAliasRow.id == public_id))
    if pk is None:
        raise NotFoundError()
    return pk


def view(session: Session, public_id: int, viewer_id: int | None) -> PostView:
    """The post as this viewer sees it; raises NotFoundError alike for what isn't there and what isn't theirs."""
    found = reading.load_one(session, pk_of(session, public_id), viewer_id)
    if found is None:
        raise NotFoundError()
    return found


def post(session: Session, public_id: int, viewer_id: int | None) -> PostRow:
    """The same, as its row."""
    return view(session, public_id, viewer_id).post


def own(session: Session, public_id: int, actor_id: int) -> PostRow:
    """A post of this author's, whatever its state; raises NotFoundError."""
    found = session.get(PostRow, pk_of(session, public_id))
    if found is None or found.actor_id != actor_id or found.deleted_at is not None:
        raise NotFoundError()
    return found
