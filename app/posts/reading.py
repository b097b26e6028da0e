"""Posts with all that showing them needs, for one viewer, in a handful of queries however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager, selectinload
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.base import ExecutableOption

from app.accounts.tables import ActorRow
from app.posts.drafts import PostDraft
from app.posts.marks import Marks
from app.posts.tables import MentionRow, PostRow, PostState
from app.posts.terms import STRANGER, Deed, May, Ties, allows, judge
from app.posts.visibility import own_of, posts_for
from app.quotes import views
from app.quotes.views import Quoted


@dataclass(frozen=True, slots=True)
class QuoteView:
    """What a post quotes. `post` is there where it may be shown; of what that quotes in turn there's only the id."""

    state: str
    uri: str
    post: PostView | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as one viewer may see it. `reply_to_id` is the public id of what it answers."""

    post: PostRow
    boost_of: PostView | None = None
    reply_to_id: int | None = None
    liked: bool = False
    boosted: bool = False
    bookmarked: bool = False
    muted: bool = False
    """Whether the viewer wants to hear no more of the conversation."""
    edit_waits: bool = False
    pinned: bool = False
    """Whether the viewer, its author, has pinned it."""
    quote: QuoteView | None = None
    votes: frozenset[int] = frozenset()
    """What the viewer chose in its poll."""
    ties: Ties = STRANGER
    """What is known of the viewer and the author for asking whether the viewer may do something: see `may`."""
    viewer_id: int | None = None

    @property
    def shown(self) -> PostView:
        """What is to be read: the boosted one, or itself."""
        return self.boost_of or self

    def may(self, deed: Deed) -> May:
        """Whether the viewer may do this with it, as its author says."""
        return judge(self.post, self.viewer_id, deed, self.ties)

    def allows(self, deed: Deed) -> bool:
        """Whether the viewer may try."""
        return allows(self.may(deed), deed)

    @property
    def may_quote(self) -> bool:
        """Whether the viewer may ask to quote it, like it, boost it, reply to it: pages show what may be pressed."""
        return self.allows(Deed.QUOTE)

    @property
    def may_like(self) -> bool:
        """See `may_quote`."""
        return self.allows(Deed.LIKE)

    @property
    def may_boost(self) -> bool:
        """See `may_quote`."""
        return self.allows(Deed.BOOST)

    @property
    def may_reply(self) -> bool:
        """See `may_quote`."""
        return self.allows(Deed.REPLY)

    @property
    def held(self) -> bool:
        """Whether it waits: only its author is ever given such a view."""
        return self.post.state in (PostState.HELD, PostState.WAITING)


_ATTACHMENTS = selectinload(PostRow.attachments)
_MENTIONS = selectinload(PostRow.mentions).joinedload(MentionRow.actor, innerjoin=True)
_TAGS = selectinload(PostRow.tags)
RELATED = (_ATTACHMENTS, _MENTIONS, _TAGS)


def load(session: Session, pks: Iterable[int], viewer_id: int | None) -> list[PostView]:
    """The visible ones of these posts, in the order given."""
    wanted = list(dict.fromkeys(pks))
    if not wanted:
        return []
    rows = _rows(session, wanted, viewer_id)
    return _views(session, rows, [pk for pk in wanted if pk in rows], viewer_id)


def _views(session: Session, rows: dict[int, PostRow], order: Sequence[int], viewer_id: int | None) -> list[PostView]:
    boosted = [row.boost_of_pk for row in rows.values() if row.boost_of_pk is not None]
    originals = _rows(session, [pk for pk in boosted if pk not in rows], viewer_id) if boosted else {}
    everything = {**originals, **rows}
    quotes = _quotes(session, everything.values(), viewer_id)
    quoted = [one.pk for one in quotes.values() if one.pk is not None and one.pk not in everything]
    if quoted:
        everything |= _rows(session, quoted, viewer_id)
        quotes |= _quotes(session, [everything[pk] for pk in quoted if pk in everything], viewer_id)
    marks = Marks.of(session, everything.values(), viewer_id, quotes)
    return [view(rows[pk], everything, marks) for pk in order]


def _quotes(session: Session, rows: Iterable[PostRow], viewer_id: int | None) -> dict[int, Quoted]:
    return views.of_posts(session, [row.pk for row in rows if row.quoting], viewer_id)


def load_public(session: Session, ids: Sequence[int], viewer_id: int, *also: ColumnElement[bool]) -> list[PostView]:
    """The visible ones of the posts with these public ids, in the order given; `also` narrows it down further."""
    if not ids:
        return []
    rows = _query(session, viewer_id, PostRow.id.in_(ids), *also)
    by_public_id = {row.id: pk for pk, row in rows.items()}
    return _views(session, rows, [by_public_id[i] for i in ids if i in by_public_id], viewer_id)


def load_one(session: Session, pk: int, viewer_id: int | None) -> PostView | None:
    """One post, or None where it's not for these eyes."""
    found = load(session, [pk], viewer_id)
    return found[0] if found else None


def load_new(session: Session, pk: int, draft: PostDraft) -> PostView | None:
    """A post that was written a moment ago, for its author; None where it was refused.

    Nobody has done anything with it yet, and what it consists of stands in its draft: what isn't there isn't asked for.
    """
    parts = (
        (_ATTACHMENTS, "attachments", draft.attachments),
        (_MENTIONS, "mentions", draft.mentions),
        (_TAGS, "tags", draft.hashtags),
    )
    query = _new(tuple(option for option, _name, there in parts if there))
    row = session.scalars(query, {"author": draft.actor_id, "pk": pk}).one_or_none()
    if row is None:
        return None
    for _option, name, there in parts:
        if not there:
            set_committed_value(row, name, [])
    if row.quoting:
        return _views(session, {pk: row}, [pk], draft.actor_id)[0]
    return view(row, {}, Marks.of_new(session, row, draft.actor_id))


@lru_cache(maxsize=8)
def _new(related: tuple[ExecutableOption, ...]) -> Select[PostRow]:
    """Made once for each way in which a post can be put together."""
    one = own_of(bindparam("author", type_=BigInteger)).where(PostRow.pk == bindparam("pk", type_=BigInteger))
    return one.options(contains_eager(PostRow.actor), *related)


def load_own_hidden(session: Session, pk: int, author_id: int) -> PostView | None:
    """A post that was taken away, for its author alone: whoever must mend it has to read it."""
    query = select(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id).where(PostRow.pk == pk)
    hidden = query.where(PostRow.actor_id == author_id, PostRow.state.in_((PostState.WITHDRAWN, PostState.REJECTED)))
    rows = {row.pk: row for row in session.scalars(hidden.options(contains_eager(PostRow.actor), *RELATED)).unique()}
    return next(iter(_views(session, rows, list(rows), author_id)), None)


def _rows(session: Session, pks: Sequence[int], viewer_id: int | None) -> dict[int, PostRow]:
    return _query(session, viewer_id, PostRow.pk.in_(pks)) if pks else {}


def _query(session: Session, viewer_id: int | None, *which: ColumnElement[bool]) -> dict[int, PostRow]:
    query = posts_for(viewer_id).where(*which).options(contains_eager(PostRow.actor), *RELATED)
    return {row.pk: row for row in session.scalars(query).unique()}


def view(row: PostRow, everything: Mapping[int, PostRow], marks: Marks, *, nested: bool = False) -> PostView:
    """A post as one viewer sees it, of `everything` that they may see."""
    original = everything.get(row.boost_of_pk) if row.boost_of_pk is not None else None
    return PostView(
        post=row,
        boost_of=view(original, everything, marks) if original is not None else None,
        reply_to_id=marks.parents.get(row.in_reply_to_pk) if row.in_reply_to_pk is not None else None,
        liked=row.pk in marks.liked,
        boosted=row.pk in marks.boosted,
        bookmarked=row.pk in marks.bookmarked,
        muted=row.conversation in marks.muted,
        edit_waits=row.pk in marks.edits,
        pinned=row.pk in marks.pinned,
        quote=_quote(marks.quotes.get(row.pk), everything, marks, nested=nested),
        votes=marks.votes.get(row.pk, frozenset()),
        ties=marks.ties,
        viewer_id=marks.viewer_id,
    )


def _quote(quoted: Quoted | None, everything: Mapping[int, PostRow], marks: Marks, *, nested: bool) -> QuoteView | None:
    """Of what is quoted within a quote there's only the id, so that no nest of quotes has an end that isn't near."""
    if quoted is None:
        return None
    row = everything.get(quoted.pk) if quoted.pk is not None and not nested else None
    post = view(row, everything, marks, nested=True) if row is not None else None
    if quoted.pk is not None and post is None and not nested:
        return QuoteView(views.UNAUTHORIZED, "")
    return QuoteView(quoted.state, quoted.uri, post, quoted.id)


def author(session: Session, actor_id: int) -> ActorRow:
    """An actor that must exist."""
    return session.get_one(ActorRow, actor_id)
