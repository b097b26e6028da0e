"""What somebody passes on in another's name is heard of, never believed: what it is about is asked of its own home.

Servers forward answers to those who follow the thread (ActivityPub 7.1.2). Who signed is not who is said to have acted,
and a signature inside the document is no reason to believe it either: an old one proves nothing about now.
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
        match activity:
            case Create(object=Post() as post) if post.in_reply_to is not None and _is_here(session, post.in_reply_to):
                return _ask(session, services, activity.actor, post.uri, Wanted.POST)
            case Update(object=Post() as post) if _is_here(session, post.uri):
                return _ask(session, services, activity.actor, post.uri, Wanted.AGAIN)
            case Delete(object_uri=uri) if _is_here(session, uri):
                return _ask(session, services, activity.actor, uri, Wanted.AGAIN)
    return False


def _ask(session: Session, services: Services, actor: str, uri: str, what: Wanted) -> bool:
    return uris.same_origin(uri, actor) and wanted.want(session, services, [uri], what) > 0


def _is_here(session: Session, uri: str) -> bool:
    shown = (PostRow.state == PostState.PUBLISHED, PostRow.visibility.in_(PUBLIC_KINDS))
    return session.scalar(select(PostRow.pk).where(PostRow.uri == uri, *shown)) is not None
