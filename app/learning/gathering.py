"""Bringing the examples up to what people said, in short writes."""

from __future__ import annotations

from typing import Final

from app.services import Services
from moderation.learning import gathering, readings
from moderation.rows import slices

AT_ONCE: Final = 200


def gather(services: Services) -> None:
    """Bring the examples up to what people said by now, some at a time."""
    now = services.clock.now()
    with services.db.read() as session:
        uris = readings.touched(session, gathering.last(session))
    for part in slices(uris, AT_ONCE):
        with services.db.write() as session:
            gathering.refresh(session, part, now)
