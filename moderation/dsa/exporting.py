"""Statements of a span of time for the transparency database: in calls of a hundred, with what isn't owed counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.dsa import rendering, validating
from moderation.dsa.schema import AT_ONCE
from moderation.statements.tables import StatementRow

_READ_AT_ONCE: Final = 500


@dataclass(slots=True)
class Export:
    """What goes out: `calls` are bodies for the database's `statements` endpoint, each of at most a hundred."""

    since: datetime
    until: datetime
    calls: list[dict[str, list[dict[str, Any]]]] = field(default_factory=list)
    statements: int = 0
    holds: int = 0
    """How many of the statements are holds that lasted."""
    exempt: dict[str, int] = field(default_factory=dict)
    """By why none is owed: article 17(2)."""
    without_restriction: int = 0
    """Warnings that restricted nothing: the database has no word for them."""
    refused: dict[str, list[str]] = field(default_factory=dict)
    """By identifier: what the database wouldn't take, and why. Nothing of it is in `calls`."""

    def document(self, platform: str) -> dict[str, Any]:
        """The file."""
        return {
            "platform": platform,
            "from": self.since.date().isoformat(),
            "to": (self.until - timedelta(microseconds=1)).date().isoformat(),
            "count": self.statements,
            "holds": self.holds,
            "exempt": self.exempt,
            "without_restriction": self.without_restriction,
            "refused": self.refused,
            "calls": self.calls,
        }


def export(session: Session, since: datetime, until: datetime, terms_url: str) -> Export:
    """The statements made from `since` on and before `until`, oldest first."""
    made = Export(since, until)
    for row in _rows(session, since, until):
        if row.exempt_reason is not None:
            made.exempt[row.exempt_reason] = made.exempt.get(row.exempt_reason, 0) + 1
        elif not rendering.is_restriction(row):
            made.without_restriction += 1
        else:
            _add(made, row, terms_url)
    return made


def _add(made: Export, row: StatementRow, terms_url: str) -> None:
    record = rendering.record(row, terms_url)
    wrong = validating.faults(record)
    if wrong:
        made.refused[rendering.puid(row)] = wrong
        return
    if not made.calls or len(made.calls[-1]["statements"]) >= AT_ONCE:
        made.calls.append({"statements": []})
    made.calls[-1]["statements"].append(record)
    made.statements += 1
    made.holds += row.action == "hold"


def _rows(session: Session, since: datetime, until: datetime) -> Iterator[StatementRow]:
    after = 0
    query = select(StatementRow).where(StatementRow.made_at >= since, StatementRow.made_at < until)
    while True:
        part = query.where(StatementRow.id > after).order_by(StatementRow.id).limit(_READ_AT_ONCE)
        rows = session.scalars(part).all()
        yield from rows
        if len(rows) < _READ_AT_ONCE:
            return
        after = rows[-1].id
        session.expunge_all()
