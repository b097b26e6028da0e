"""The house's emojis as one process knows them.

What shows a text asks by its settings, as it does for the addresses of pictures: rendering has no session. The table is
read when a text has something like a shortcode, at most once in a second; whoever changes it in this process says so.
Hence an emoji that was taken away is out of every page and document a second later, and out of its picture's address at
once, since that asks the table itself.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from app.database.engine import Database
from app.emojis.tables import CustomEmojiRow
from app.settings import Settings

FRESH_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Emoji:
    """One that may be shown."""

    id: int
    shortcode: str
    category: str | None
    key: str
    changed_at: datetime


class KnownEmojis:
    """Those of a database that aren't disabled, by shortcode."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._known: Mapping[str, Emoji] = {}
        self._state: tuple[int, datetime | None] | None = None
        self._looked_at = float("-inf")

    def all(self) -> Mapping[str, Emoji]:
        """All of them, in the order of their shortcodes."""
        with self._lock:
            if time.monotonic() - self._looked_at >= FRESH_SECONDS:
                self._look()
                self._looked_at = time.monotonic()
            return self._known

    def forget(self) -> None:
        """Something changed: look again at the next question."""
        with self._lock:
            self._state, self._looked_at = None, float("-inf")

    def _look(self) -> None:
        row = CustomEmojiRow
        with self._db.read() as session:
            many, latest = session.execute(select(func.count(), func.max(row.changed_at)).select_from(row)).one()
            if (many, latest) == self._state:
                return
            wanted = select(row.id, row.shortcode, row.category, row.key, row.changed_at)
            found = session.execute(wanted.where(row.disabled_at.is_(None)).order_by(row.shortcode)).all()
        self._known = {each.shortcode: Emoji(*each) for each in found}
        self._state = many, latest


_BY_SETTINGS: dict[int, KnownEmojis] = {}
"""By which settings, as the very object that a process has: two houses in one process are told apart."""


def keep(settings: Settings, db: Database) -> None:
    """From now on those of this database are the house's."""
    if id(settings) not in _BY_SETTINGS:
        weakref.finalize(settings, _BY_SETTINGS.pop, id(settings), None)
    _BY_SETTINGS[id(settings)] = KnownEmojis(db)


def of(settings: Settings) -> KnownEmojis | None:
    """What is known to a process that has services of these settings; None in one without."""
    return _BY_SETTINGS.get(id(settings))
