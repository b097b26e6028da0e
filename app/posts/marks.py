"""What viewers did with posts, and how they stand to them: for one viewer, or once for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnExpressionArgument, select
from sqlalchemy.orm import Session

from app.bookmarks.tables import BookmarkRow
from app.conversations.tables import ConversationMarkRow
from app.polls.tables import PollVoteRow
from app.posts.tables import LikeRow, PendingEditRow, PinRow, PostKind, PostRow, PostState
from app.posts.terms import STRANGER, Ties, ties, ties_of
from app.posts.visibility import posts_for
from app.quotes.views import Quoted

Parents = Mapping[int, int]
"""pk → public id of what is answered, where it may be seen."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the viewer did with them, and the ids of what they answer."""

    liked: frozenset[int]
    boosted: frozenset[int]
    bookmarked: frozenset[int]
    edits: frozenset[int]
    pinned: frozenset[int]
    parents: Parents
    quotes: Mapping[int, Quoted]
    votes: dict[int, frozenset[int]] = field(default_factory=dict)
    muted: frozenset[str] = frozenset()
    ties: Ties = STRANGER
    viewer_id: int | None = None

    @classmethod
    def of(cls, session: Session, rows: Iterable[PostRow], viewer_id: int | None, quotes: dict[int, Quoted]) -> Marks:
        posts = list(rows)
        pks = [row.pk for row in posts if row.kind is not PostKind.BOOST]
        parents = parents_of(session, posts, viewer_id)
        if viewer_id is None:
            nothing = frozenset[int]()
            return cls(nothing, nothing, nothing, nothing, nothing, parents, quotes)
        liked = select(LikeRow.post_pk).where(LikeRow.actor_id == viewer_id, LikeRow.post_pk.in_(pks))
        boosted = select(PostRow.boost_of_pk).where(
            PostRow.boost_of_pk.in_(pks), PostRow.actor_id == viewer_id, PostRow.state == PostState.PUBLISHED
        )
        kept = select(BookmarkRow.post_pk).where(BookmarkRow.account_id == viewer_id, BookmarkRow.post_pk.in_(pks))
        own = [row.pk for row in posts if row.actor_id == viewer_id]
        edits = session.scalars(select(PendingEditRow.post_pk).where(PendingEditRow.post_pk.in_(own))) if own else ()
        pinned = session.scalars(select(PinRow.post_pk).where(PinRow.post_pk.in_(own))) if own else ()
        return cls(
            frozenset(session.scalars(liked)),
            frozenset(pk for pk in session.scalars(boosted) if pk is not None),
            frozenset(session.scalars(kept)),
            frozenset(edits),
            frozenset(pinned),
            parents,
            quotes,
            _votes(session, [row.pk for row in posts if row.poll is not None], viewer_id),
            _muted(session, viewer_id),
            ties(session, posts, viewer_id),
            viewer_id,
        )

    @classmethod
    def of_new(cls, session: Session, row: PostRow, author_id: int) -> Marks:
        """Of a post that was written a moment ago, for its author: only what it answers can be marked."""
        nothing = frozenset[int]()
        answers = row.in_reply_to_uri is not None
        parents = parents_of(session, [row], author_id) if answers else {}
        muted = _muted(session, author_id) if answers else frozenset()
        return cls(nothing, nothing, nothing, nothing, nothing, parents, {}, muted=muted, viewer_id=author_id)


def _muted(session: Session, viewer_id: int) -> frozenset[str]:
    """The conversations of which the viewer wants to hear no more: few, and found by an index."""
    mine = ConversationMarkRow.account_id == viewer_id, ConversationMarkRow.muted
    return frozenset(session.scalars(select(ConversationMarkRow.conversation).where(*mine)))


def _votes(session: Session, pks: Sequence[int], viewer_id: int) -> dict[int, frozenset[int]]:
    """What the viewer chose in these polls."""
    if not pks:
        return {}
    mine = select(PollVoteRow.post_pk, PollVoteRow.choice).where(
        PollVoteRow.actor_id == viewer_id, PollVoteRow.post_pk.in_(pks)
    )
    found: dict[int, set[int]] = {}
    for pk, choice in session.execute(mine):
        found.setdefault(pk, set()).add(choice)
    return {pk: frozenset(choices) for pk, choices in found.items()}


def parents_of(session: Session, posts: Iterable[PostRow], viewer_id: int | None) -> dict[int, int]:
    """Public ids of the parents that the viewer may see: a reply to a hidden post doesn't name it."""
    pks = {row.in_reply_to_pk for row in posts if row.in_reply_to_pk is not None}
    if not pks:
        return {}
    query = posts_for(viewer_id, PostRow.pk, PostRow.id).where(PostRow.pk.in_(pks))
    return {pk: public_id for pk, public_id in session.execute(query)}


def of_many(
    session: Session,
    posts: Sequence[PostRow],
    parents: Mapping[int, Parents],
    quotes: Mapping[int, Mapping[int, Quoted]],
) -> dict[int, Marks]:
    """Reader → their marks on these posts, which are others'; each has their own `parents` and `quotes`."""
    readers, nothing = parents.keys(), frozenset[int]()
    pks = [row.pk for row in posts if row.kind is not PostKind.BOOST]
    boosts = PostRow.boost_of_pk.in_(pks), PostRow.state == PostState.PUBLISHED
    mutes = ConversationMarkRow.muted, ConversationMarkRow.conversation.in_({row.conversation for row in posts})
    liked = _pairs(session, LikeRow.actor_id, LikeRow.post_pk, readers, LikeRow.post_pk.in_(pks))
    boosted = _pairs(session, PostRow.actor_id, PostRow.boost_of_pk, readers, *boosts)
    kept = _pairs(session, BookmarkRow.account_id, BookmarkRow.post_pk, readers, BookmarkRow.post_pk.in_(pks))
    muted = _pairs(session, ConversationMarkRow.account_id, ConversationMarkRow.conversation, readers, *mutes)
    votes = _votes_of(session, [row.pk for row in posts if row.poll is not None], readers)
    known = ties_of(session, posts, readers)
    return {
        reader: Marks(
            liked[reader],
            boosted[reader],
            kept[reader],
            nothing,
            nothing,
            parents[reader],
            quotes[reader],
            votes.get(reader, {}),
            muted[reader],
            known.get(reader, STRANGER),
            reader,
        )
        for reader in readers
    }


def _pairs(
    session: Session, who: Any, what: Any, readers: Collection[int], *which: ColumnExpressionArgument[bool]
) -> defaultdict[int, frozenset[Any]]:
    """Reader → what is found of theirs."""
    found = defaultdict[int, set[Any]](set)
    for reader, one in session.execute(select(who, what).where(who.in_(readers), *which)):
        found[reader].add(one)
    return defaultdict(frozenset, {reader: frozenset(those) for reader, those in found.items()})


def _votes_of(
    session: Session, polls: Collection[int], readers: Collection[int]
) -> dict[int, dict[int, frozenset[int]]]:
    """Reader → poll → what they chose in it."""
    found: dict[int, dict[int, frozenset[int]]] = {}
    mine = PollVoteRow.actor_id.in_(readers), PollVoteRow.post_pk.in_(polls)
    query = select(PollVoteRow.actor_id, PollVoteRow.post_pk, PollVoteRow.choice).where(*mine)
    for reader, pk, choice in session.execute(query) if polls else ():
        theirs = found.setdefault(reader, {})
        theirs[pk] = theirs.get(pk, frozenset()) | {choice}
    return found
