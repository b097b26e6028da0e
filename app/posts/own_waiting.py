"""What waits of a reader's own, for lists that are otherwise of what is published: public timelines and the search.

The questions that those share stay as they are: what waits is asked for apart, by its author alone, and laid between.
`reading.load` then judges all of it once more, as whatever else is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from app.paging import Paging, by_id
from app.posts.tables import WAITS, PostRow
from app.posts.visibility import own_of

Place = Row[tuple[int, int]]
"""A post's `pk` and `id`."""

_WAITING = select(PostRow.pk).where(PostRow.actor_id == bindparam("author", type_=BigInteger), WAITS)
"""Answered from an index in which there is nothing but what waits."""
_ANY = _WAITING.limit(1)


def any_of(session: Session, author_id: int) -> bool:
    """Whether anything of theirs waits: mostly nothing does, and nobody need ask further."""
    return session.scalar(_ANY, {"author": author_id}) is not None


def own(author_id: int, *conditions: ColumnElement[bool]) -> Select[tuple[int, int]]:
    """Select what waits of an author's own: its `pk` and `id`."""
    waiting = _WAITING.params(author=author_id)
    return own_of(author_id, PostRow.pk, PostRow.id).where(PostRow.pk.in_(waiting), *conditions)


def beside(
    session: Session,
    viewer_id: int | None,
    published: Sequence[Place],
    conditions: Iterable[ColumnElement[bool]],
    paging: Paging,
) -> list[int]:
    """The `pk`s of a page, newest first: of what is published, as it was read, and of this viewer's own that waits and
    meets the `conditions`. A stranger has none.
    """
    waiting: Sequence[Place] = ()
    if viewer_id is not None and any_of(session, viewer_id):
        waiting = session.execute(by_id(own(viewer_id, *conditions), PostRow.id, paging)).all()
    if waiting:
        published = between(published, waiting, key=lambda row: row.id, newest_first=not paging.upwards)[: paging.limit]
    pks = [row.pk for row in published]
    return pks[::-1] if paging.upwards else pks


def between(
    published: Sequence[Place], waiting: Sequence[Place], *, key: Callable[[Place], Any], newest_first: bool = True
) -> list[Place]:
    """Both in one order. What was let in between the two questions is there once."""
    each = {row.pk: row for row in (*waiting, *published)}
    return sorted(each.values(), key=key, reverse=newest_first)
