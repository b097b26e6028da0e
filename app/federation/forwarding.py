"""Forwarding (ActivityPub 7.1.2): a reply to a member, addressed to the member's followers, goes on to them.

Only what was let in here, and only what its author signed in itself: whoever gets it from us has no other reason to
believe it. What a person lets in later isn't forwarded; its own server tells its own followers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.federation import sending
from app.federation.outcomes import Item
from app.federation.tables import InboxActivityRow
from app.federation.wire import documents, fields
from app.federation.wire.values import Delete
from app.posts.tables import PostRow, PostState
from app.relationships.tables import BlockRow
from app.services import Services
from moderation.values import PUBLIC_KINDS

_SIGNED_BY = ("signature", "proof")


def forward(services: Services, about: Sequence[tuple[Item, str]]) -> int:
    """New posts, or deletions, with the URI of the post; how many went on. Call before a deletion takes effect."""
    items = {uri: item for item, uri in about}
    if not items:
        return 0
    with services.db.read() as session:
        found = _answering_members(session, items)
    if not found:
        return 0
    with services.db.write() as session:
        return sum(
            _forward_one(session, services, items[uri], member_id)
            for uri, author_id, member_id in found
            if author_id == items[uri].actor.id
        )


def _answering_members(session: Session, uris: Iterable[str]) -> list[tuple[str, int, int]]:
    """Which of these are published answers to a member's posts: URI, author, member. Not of those whom she blocks."""
    member, parent = aliased(ActorRow), aliased(PostRow)
    query = (
        select(PostRow.uri, PostRow.actor_id, member.id)
        .join(parent, parent.pk == PostRow.in_reply_to_pk)
        .join(member, member.id == parent.actor_id)
        .where(
            PostRow.uri.in_(list(uris)),
            PostRow.state == PostState.PUBLISHED,
            PostRow.visibility.in_(PUBLIC_KINDS),
            parent.visibility.in_(PUBLIC_KINDS),
            member.local,
            ~exists().where(BlockRow.blocker_id == member.id, BlockRow.target_id == PostRow.actor_id),
        )
    )
    return [(uri, author_id, member_id) for uri, author_id, member_id in session.execute(query)]


def _forward_one(session: Session, services: Services, item: Item, member_id: int) -> bool:
    body = session.scalar(select(InboxActivityRow.body).where(InboxActivityRow.id == item.row_id))
    document = documents.load(body) if body else {}
    member = session.get_one(ActorRow, member_id)
    meant = isinstance(item.activity, Delete) or member.followers_url in _addressed(document)
    if not meant or not any(name in document for name in _SIGNED_BY):
        return False
    return sending.forwarded(session, services, member, item.activity, body or b"") > 0


def _addressed(document: dict[str, Any]) -> set[str]:
    return {*fields.addresses(document.get("to")), *fields.addresses(document.get("cc"))}
