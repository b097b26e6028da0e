"""One post as each of many members may see it now: what `reading` asks for one of them, asked once for all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from app.accounts.tables import ActorRow
from app.posts import marks, reading
from app.posts.reading import PostView
from app.posts.tables import PostRow, PostState, QuoteRow
from app.posts.visibility import ReaderRow, not_muted, posts_for_many
from app.quotes import views as quotes

_Rows = dict[int, PostRow]


def load(session: Session, public_id: int, readers: Collection[int], now: datetime) -> dict[int, PostView | None]:
    """Reader → the post, or None where it isn't for these eyes or they mute its author or server.

    A dozen queries, however many they are. Who wrote it, or what it boosts or quotes, isn't named, and asks alone.
    """
    rows = _rows(session, PostRow.id == public_id)
    if not rows:
        return dict.fromkeys(readers)
    [row] = rows.values()
    rows |= _by_pk(session, {row.boost_of_pk} - {None})
    shallow = quotes.of(session, _quoting(rows))
    quoted = _by_pk(session, quotes.accepted(shallow) - rows.keys())
    deep = quotes.of(session, _quoting(quoted))
    rows |= quoted
    others = set(readers) - {one.actor_id for one in rows.values()}
    return dict.fromkeys(others) | _views(session, row, rows, [*shallow, *deep], others, now)


@dataclass(slots=True)
class _Seen:
    """Public ids, by pk, of what one reader may see; those of them that are published; whether they want the post."""

    ids: dict[int, int] = field(default_factory=dict)
    published: dict[int, int] = field(default_factory=dict)
    wanted: bool = False


def _views(
    session: Session, row: PostRow, rows: _Rows, quoting: Collection[QuoteRow], readers: Collection[int], now: datetime
) -> dict[int, PostView]:
    answered = {one.in_reply_to_pk for one in rows.values() if one.in_reply_to_pk is not None}
    agreed = quotes.accepted(quoting)
    seen = _seen(session, row.pk, {*rows, *answered, *agreed}, readers, now)
    if not seen:
        return {}
    states = quotes.states(session, agreed)
    theirs = marks.of_many(
        session,
        list(rows.values()),
        {reader: one.ids for reader, one in seen.items()},
        {reader: quotes.quoted(quoting, one.published, states) for reader, one in seen.items()},
    )
    return {
        reader: reading.view(row, {pk: one for pk, one in rows.items() if pk in seen[reader].ids}, found)
        for reader, found in theirs.items()
    }


def _seen(session: Session, pk: int, pks: Collection[int], readers: Collection[int], now: datetime) -> dict[int, _Seen]:
    """What each of them may see of these, for those who may see the post itself and want it."""
    columns = ReaderRow.id, PostRow.pk, PostRow.id, PostRow.state, not_muted(ReaderRow.id, now)
    found: dict[int, _Seen] = {}
    for reader, one, public_id, state, wanted in session.execute(
        posts_for_many(readers, *columns).where(PostRow.pk.in_(pks))
    ):
        seen = found.setdefault(reader, _Seen())
        seen.ids[one] = public_id
        if state is PostState.PUBLISHED:
            seen.published[one] = public_id
        seen.wanted |= one == pk and wanted
    return {reader: seen for reader, seen in found.items() if seen.wanted}


def _quoting(rows: _Rows) -> list[int]:
    return [pk for pk, row in rows.items() if row.quoting]


def _by_pk(session: Session, pks: Collection[int | None]) -> _Rows:
    return _rows(session, PostRow.pk.in_(pks)) if pks else {}


def _rows(session: Session, which: ColumnElement[bool]) -> _Rows:
    """Posts as they are, whoever may see them."""
    query = select(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id).where(which)
    return {row.pk: row for row in session.scalars(query.options(contains_eager(PostRow.actor), *reading.RELATED))}
