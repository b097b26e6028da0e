"""Marks on conversations: read, put away, silent. Made when they are first needed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.conversations.tables import ConversationMarkRow
from app.posts import resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.services import Services


def key_of(conversation: str) -> str:
    """Its digest."""
    return hashlib.sha256(conversation.encode()).hexdigest()


def of(session: Session, account_id: int, conversation: str) -> ConversationMarkRow:
    """A member's marks on one, to be changed in this write."""
    row = session.get(ConversationMarkRow, (account_id, key_of(conversation)))
    if row is None:
        row = ConversationMarkRow(account_id=account_id, key=key_of(conversation), conversation=conversation)
        row.read_to, row.hidden_to, row.muted = 0, 0, False
        session.add(row)
    return row


def mute(services: Services, account_id: int, public_id: int, *, muted: bool) -> PostView:
    """Hear no more of the conversation that a post belongs to, or again. Raises NotFoundError."""
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        post = resolve.view(session, public_id, account_id).shown.post
        of(session, account_id, post.conversation).muted = muted
    with services.db.read() as session:
        return resolve.view(session, public_id, account_id)


def muted(session: Session, account_ids: Collection[int], pks: Collection[int]) -> set[tuple[int, int | None]]:
    """Pairs of a member and a post in a conversation of which they want to hear nothing."""
    rows = session.execute(
        select(ConversationMarkRow.account_id, PostRow.pk)
        .join(PostRow, PostRow.conversation == ConversationMarkRow.conversation)
        .where(ConversationMarkRow.account_id.in_(account_ids), ConversationMarkRow.muted, PostRow.pk.in_(pks))
    )
    return {(row[0], row[1]) for row in rows}
