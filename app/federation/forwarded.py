"""What somebody passes on in another's name is heard of, never believed: what it is about is asked of its own home.

Servers forward answers to those who follow the thread (ActivityPub 7.1.2). Who signed is not who is said to have acted,
and a Linked Data signature inside the document is no reason to believe it either. What carries a fresh proof of its own
never comes here: see `proofs`.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.federation import wanted
from app.federation.tables import Wanted
from app.federation.wire import uris
from app.federation.wire.values import Activity, Create, Delete, Post, Update
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.values import PUBLIC_KINDS


def hear(services: Services, activity: Activity) -> bool:
    """Ask for what concerns something here: a new answer to it, a change or the end of it; whether there is such."""
    with services.db.write() as session:
        about = _about(session, activity)
        return about is not None and wanted.want(session, services, [about[0]], about[1]) > 0


def concerns(services: Services, activity: Activity) -> bool:
    """Whether there is such, before anybody is asked."""
    with services.db.read() as session:
        return _about(session, activity) is not None


def _about(session: Session, activity: Activity) -> tuple[str, Wanted] | None:
    """The post to ask for, on its author's own host, and for what of it; None where it concerns nothing here."""
    match activity:
        case Create(object=Post() as post) if post.in_reply_to is not None and is_shown_here(session, post.in_reply_to):
            found = post.uri, Wanted.POST
        case Update(object=Post() as post) if is_shown_here(session, post.uri):
            found = post.uri, Wanted.AGAIN
        case Delete(object_uri=uri) if is_shown_here(session, uri):
            found = uri, Wanted.AGAIN
        case _:
            return None
    return found if uris.same_origin(found[0], activity.actor) else None


def is_shown_here(session: Session, uri: str) -> bool:
    """Whether a post from elsewhere, or of ours, is shown to everybody here."""
    shown = (PostRow.state == PostState.PUBLISHED, PostRow.visibility.in_(PUBLIC_KINDS))
    return session.scalar(select(PostRow.pk).where(PostRow.uri == uri, *shown)) is not None
