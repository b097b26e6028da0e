"""Turns: whoever moves posts, profiles or cases goes one after another, on PostgreSQL as on SQLite.

An author's write goes from the post to its case, a moderator's from the case to its posts: without turns they wait for
each other for ever, and two that store the same post both find it missing. The writes are short: judging is over
before they begin.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

LOCK = 0x0571A7
"""Names the advisory lock; SQLite has one writer anyway."""
RULES_LOCK = 0x0571A9


def take(session: Session) -> None:
    """Wait for the turn, which lasts until this write ends. Comes first in it; a second time it costs nothing."""
    _take(session, LOCK)


def take_rules(session: Session) -> None:
    """The same among those who change rules about domains, as a list does that posts needn't wait for. Who takes both
    turns, as whoever also touches profiles does, takes the other first."""
    _take(session, RULES_LOCK)


def _take(session: Session, key: int) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
