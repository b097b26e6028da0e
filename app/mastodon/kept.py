"""Pages that are sent again as they were, while the database is exactly as it was when they were made.

Clients ask for their timelines and notifications far more often than anything changes. What a page shows depends on the
posts, on who follows, blocks and mutes whom, on domain rules and suspensions; instead of naming all of that,
the page is bound to the state of the whole database: SQLite's `data_version`, seen by a connection that never
writes, changes with every commit of anybody; PostgreSQL's snapshot is the set of transactions that are visible.
So a page that shows a removed post can't be sent. What hangs on the clock alone (a mute that ends) is at most
`LIFETIME` late.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, request
from sqlalchemy import text

from app import current, locales
from app.database.engine import Database
from app.mastodon import etags
from app.mastodon.serialise.recent import Recent

LIFETIME = timedelta(seconds=1)
MOST = 300
Page = tuple[bytes, str | None]
Tagged = tuple[bytes, str | None, str]
"""A page with its weak ETag, which is made once, as the page is."""
_EXTENSION = "ostiary.kept_pages"


def page(viewer_id: int | None, make: Callable[[], Page]) -> Tagged:
    """The page of this request for this member, or for strangers: kept, or made now."""
    memory = cast(_Memory, current_app.extensions.get(_EXTENSION) or _remember())
    now = current.services().clock.now()
    state = memory.state()
    key = (viewer_id, request.path, request.query_string, locales.choose())
    known = memory.pages.find(key)
    if known is not None and known[0] == state and now < known[1]:
        return known[2]
    body, link = make()
    made = (body, link, etags.of(body))
    # The state was read before the page, so that a change while it was made outdates it.
    memory.pages.put(key, (state, now + LIFETIME, made))
    return made


class _Memory:
    def __init__(self, db: Database) -> None:
        self.pages: Recent[Hashable, tuple[Hashable, datetime, Tagged]] = Recent(MOST)
        self._db = db
        self._lock = threading.Lock()
        self._watcher = _watcher(db) if db.sqlite else None

    def state(self) -> Hashable:
        """What changes with every commit."""
        if self._watcher is None:
            with self._db.engine.connect() as connection:
                return str(connection.scalar(text("SELECT pg_current_snapshot()::text")))
        with self._lock:
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])


def _watcher(db: Database) -> sqlite3.Connection:
    """A connection of its own: `data_version` doesn't tell of the commits of the connection that asks."""
    connection = sqlite3.connect(str(db.engine.url.database), check_same_thread=False, isolation_level=None)
    weakref.finalize(db, connection.close)
    return connection


def _remember() -> _Memory:
    return cast(_Memory, current_app.extensions.setdefault(_EXTENSION, _Memory(current.services().db)))
