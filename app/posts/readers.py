"""Readers of posts that wait: somebody opened, answered or boosted one, so that it is worth a person's time now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation import door


def appeared(services: Services, uris: Iterable[str]) -> int:
    """Give the held ones among these their cases; how many were held."""
    wanted = set(uris)
    if not wanted:
        return 0
    with services.db.read() as session:
        query = select(PostRow.uri).where(PostRow.uri.in_(wanted), PostRow.state == PostState.HELD)
        held = session.scalars(query).all()
    if held:
        now = services.clock.now()
        with services.db.write() as session:
            for uri in held:
                door.raise_for_reader(session, uri, now)
    return len(held)
