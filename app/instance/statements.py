"""The house's statements of reasons for the DSA's transparency database; that they were taken out stands in the log."""

from __future__ import annotations

from datetime import datetime

from app.services import Services
from moderation.dsa import exporting
from moderation.dsa.exporting import Export
from moderation.log import chain

TERMS = "/terms"


def export(services: Services, since: datetime, until: datetime, by: str) -> Export:
    """Those made from `since` on and before `until`."""
    with services.db.read() as session:
        found = exporting.export(session, since, until, services.settings.url(TERMS))
    payload: dict[str, str | int | bool | None] = {
        "from": since.date().isoformat(),
        "until": until.date().isoformat(),
        "statements": found.statements,
    }
    with services.db.write() as session:
        chain.append(session, by, "statements_exported", "statements", payload, services.clock.now())
    return found
