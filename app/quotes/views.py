"""Quotes as one viewer may see them: the quoted post where its author agreed and this viewer may, else why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.posts.visibility import posts_for

UNAUTHORIZED = "unauthorized"
"""Its author agreed, but this viewer may not see it, or nobody may."""
_WAITS = (PostState.HELD, PostState.WAITING)


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a post quotes: `state` in the words of Mastodon's Quote; `pk` and `id` of what may be shown, else None.

    `uri` is empty where not even the address is for this viewer.
    """

    state: str
    uri: str
    pk: int | None = None
    id: int | None = None


def of_posts(session: Session, pks: Collection[int], viewer_id: int | None) -> dict[int, Quoted]:
    """What these posts quote, by the quoting post's pk. A quote that was never asked for in a way that knows consent is
    left out until somebody agrees: it's a link in the text and nothing else.
    """
    rows = of(session, pks)
    agreed = accepted(rows)
    ids = _shown(session, agreed, viewer_id)
    return quoted(rows, ids, states(session, agreed - ids.keys()))


def of(session: Session, pks: Collection[int]) -> Sequence[QuoteRow]:
    """What these posts quote, as it is stored."""
    return session.scalars(select(QuoteRow).where(QuoteRow.post_pk.in_(pks))).all() if pks else ()


def accepted(rows: Iterable[QuoteRow]) -> set[int]:
    """The quoted posts whose authors agreed."""
    return {row.quoted_pk for row in rows if row.state is QuoteState.ACCEPTED and row.quoted_pk is not None}


def quoted(rows: Iterable[QuoteRow], ids: Mapping[int, int], states: Mapping[int, PostState]) -> dict[int, Quoted]:
    """By the quoting post's pk, for a viewer who may see the published posts in `ids`; `states` are the others'."""
    return {
        row.post_pk: _quoted(row, ids, states) for row in rows if row.state is QuoteState.ACCEPTED or not row.legacy
    }


def _quoted(row: QuoteRow, ids: Mapping[int, int], states: Mapping[int, PostState]) -> Quoted:
    if row.state is not QuoteState.ACCEPTED or row.quoted_pk is None:
        return Quoted(row.state.value, row.quoted_uri)
    if row.quoted_pk in ids:
        return Quoted(row.state.value, row.quoted_uri, row.quoted_pk, ids[row.quoted_pk])
    waits = states.get(row.quoted_pk) in _WAITS
    return Quoted(QuoteState.PENDING.value if waits else UNAUTHORIZED, "")


def _shown(session: Session, pks: Collection[int], viewer_id: int | None) -> dict[int, int]:
    """Public ids of those that this viewer may see; what waits isn't even its author's to see in a quote."""
    if not pks:
        return {}
    query = posts_for(viewer_id, PostRow.pk, PostRow.id)
    rows = session.execute(query.where(PostRow.pk.in_(pks), PostRow.state == PostState.PUBLISHED))
    return {pk: public_id for pk, public_id in rows}


def states(session: Session, pks: Collection[int]) -> dict[int, PostState]:
    """The states of these posts."""
    if not pks:
        return {}
    return {pk: state for pk, state in session.execute(select(PostRow.pk, PostRow.state).where(PostRow.pk.in_(pks)))}
