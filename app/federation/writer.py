"""Group commit for the inbox: what arrives at once is stored in one transaction, and nobody is answered before it.

A commit that is safe on disk takes milliseconds, and a thousand deliveries a second can't each have one. Requests
hand their rows to one thread per process and wait; while it commits, the next batch gathers by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, SQLAlchemyError

from app.database.engine import Database
from app.errors import AppError, ForbiddenError, UnavailableError
from app.federation import settled
from app.federation.rules import KnownRules, suspends
from app.federation.tables import InboxActivityRow, IntakeState

log = structlog.get_logger()
LARGEST_BATCH = 500
PATIENCE_SECONDS = 25.0
IDLE_SECONDS = 1.0

Row = Mapping[str, Any]


@dataclass(slots=True)
class _Waiting:
    row: Row
    settled: threading.Event = field(default_factory=threading.Event)
    error: AppError | None = None


class InboxWriter:
    """One per process; its thread starts with a row and ends when none came for `IDLE_SECONDS`.

    One that waited for ever would keep in memory all that the writer knows after everybody else has let it go.
    """

    def __init__(self, db: Database, rules: KnownRules, nudge: Callable[[], None]) -> None:
        self._db, self._rules, self._nudge = db, rules, nudge
        self._insert = insert_once(db)
        self._gathered: list[_Waiting] = []
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def store(self, row: Row) -> None:
        """Return once the row is on disk (or was there already: a delivery that comes twice is one).

        Raises ForbiddenError where a rule against its domain is in force at that moment, UnavailableError where
        the database doesn't take it.
        """
        waiting = _Waiting(row)
        with self._change:
            self._gathered.append(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="inbox-writer", daemon=True)
                self._thread.start()
            self._change.notify()
        if not waiting.settled.wait(PATIENCE_SECONDS):
            raise UnavailableError("The database is busy", code="busy")
        if waiting.error is not None:
            raise waiting.error

    def _run(self) -> None:
        try:
            while batch := self._next():
                self._settle(batch)
        finally:  # also after an error that nobody foresaw: whoever comes then starts another thread
            with self._change:
                if self._thread is threading.current_thread():
                    self._thread = None

    def _next(self) -> list[_Waiting]:
        """The next batch; an empty one ends the thread, and whoever comes then starts another."""
        with self._change:
            if not self._change.wait_for(lambda: self._gathered, IDLE_SECONDS):
                self._thread = None
            batch, self._gathered = self._gathered[:LARGEST_BATCH], self._gathered[LARGEST_BATCH:]
            return batch

    def _settle(self, batch: Sequence[_Waiting]) -> None:
        try:
            self._commit(batch)
        except DataError:
            self._one_by_one(batch)
        except SQLAlchemyError as error:
            _fail(batch, error)
        for waiting in batch:
            waiting.settled.set()
        self._nudge()

    def _one_by_one(self, batch: Sequence[_Waiting]) -> None:
        """The database refuses a value: only the row that has it may suffer."""
        for waiting in batch:
            try:
                self._commit([waiting])
            except SQLAlchemyError as error:
                _fail([waiting], error)

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        with self._db.write() as session:
            rules = self._rules.current(session)
            done = settled.among(session, [_digest(waiting.row) for waiting in batch])
            here = settled.received(session, [waiting.row["activity_uri"] for waiting in batch])
            rows = []
            for waiting in batch:
                if suspends(rules, waiting.row["domain"]):
                    waiting.error = domain_suspended()
                elif _digest(waiting.row) not in done and not _is_repeated(waiting.row, here):
                    here.add(_named(waiting.row))
                    rows.append(waiting.row)
            if rows:
                session.connection().execute(self._insert, rows)


def _is_repeated(row: Row, here: Collection[tuple[str, str]]) -> bool:
    """Whoever passes on what its actor sent already, or sends it by another key, adds nothing. What nobody has verified
    is nobody's yet, and keeps nobody out.
    """
    return row["state"] is IntakeState.WAITING and _named(row) in here


def _named(row: Row) -> tuple[str, str]:
    return row["activity_uri"], row["actor_uri"]


def _digest(row: Row) -> str:
    return settled.digest(row["activity_uri"], row["actor_uri"])


def _fail(batch: Sequence[_Waiting], error: SQLAlchemyError) -> None:
    log.error("inbox_write_failed", rows=len(batch), error=str(error))
    for waiting in batch:
        waiting.error = UnavailableError("The database doesn't take it now", code="not_stored")


def domain_suspended() -> ForbiddenError:
    """The refusal of everything from a suspended domain."""
    return ForbiddenError("This server doesn't federate with yours", code="domain_suspended")


def insert_once(db: Database) -> Insert:
    """Inserts what isn't there yet, by activity and key."""
    keys = ["activity_uri", "key_id"]
    if db.sqlite:
        return sqlite.insert(InboxActivityRow).on_conflict_do_nothing(index_elements=keys)
    return postgresql.insert(InboxActivityRow).on_conflict_do_nothing(index_elements=keys)
