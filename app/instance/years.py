"""What is kept of a year once it is over, for its report."""

from __future__ import annotations

from app.instance import domain
from app.services import Services
from moderation.transparency import quality


def settle(services: Services) -> int:
    """Keep the rates of the year before this one, where there was a house in it; how many weren't kept yet."""
    now = services.clock.now()
    year = now.year - 1
    with services.db.read() as session:
        begun = domain.begun(session)
        if begun is None or begun.year > year or quality.kept(session, year) is not None:
            return 0
    with services.db.write() as session:
        return int(quality.keep(session, year, now))
