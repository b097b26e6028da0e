"""Patterns of links, hashtags and names, as leads keep them: added, and lifted; all of it is logged."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.tables import AccountRow
from app.reviewing import people
from app.services import Services
from moderation.patterns import keeping
from moderation.patterns.keeping import Draft, RefusedLine
from moderation.patterns.tables import PatternRow


def add(services: Services, account: AccountRow, draft: Draft) -> PatternRow:
    """Add one. Raises ForbiddenError, moderation's RefusedError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.add(session, draft, by, services.clock.now(), services.settings.domain)


def add_lines(
    services: Services, account: AccountRow, like: Draft, lines: Sequence[str]
) -> tuple[list[PatternRow], list[RefusedLine]]:
    """One for each line, all alike; and the lines that were left out, with why. Raises ForbiddenError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.add_lines(session, like, lines, by, services.clock.now(), services.settings.domain)


def lift(services: Services, account: AccountRow, number: int) -> PatternRow:
    """End one now. Raises ForbiddenError, moderation's NotFoundError and RefusedError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        return keeping.lift(session, number, by, services.clock.now())
