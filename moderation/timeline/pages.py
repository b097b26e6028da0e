"""A page of a timeline: what its sources have, merged by time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy.orm import Session

from moderation.timeline.values import About, Cursor, Entry, Kind, Source

SIZE: Final = 50


def page(
    session: Session,
    about: About,
    sources: Sequence[Source],
    *,
    kinds: Collection[Kind] = (),
    after: Cursor | None = None,
    limit: int = SIZE,
) -> tuple[list[Entry], Cursor | None]:
    """The newest events of these kinds (none named: of all) after a place, and where to read on, None at the end."""
    asked = [source for source in sources if not kinds or source.kind in kinds]
    found = [row for source in asked for row in source.page(session, about, after, limit + 1)]
    found.sort(key=lambda row: row[0].order)
    last = found[limit - 1][0] if len(found) > limit else None
    return [entry for _place, entry in found[:limit] if entry is not None], last
