"""Engines and sessions: short writes that begin as writes, reads that don't block them, work after commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from app.database import tallying

_AFTER_COMMIT = "ostiary_after_commit"
BUSY_TIMEOUT_SECONDS = 30


class Database:
    """One database: `read()` and `write()` give sessions.

    On SQLite writers begin with BEGIN IMMEDIATE, so that two of them queue instead of failing half-way, and
    every commit is on disk before it returns (WAL, synchronous=FULL).
    """

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        self.engine = _make_engine(url, pool_size)
        self._writing = self.engine.execution_options(ostiary_write=True)
        self.info: dict[Any, Any] = {}
        """What every session of it carries along in its own `info`."""

    @property
    def sqlite(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; it sees one moment, and rolls back at its end."""
        with Session(self.engine, autoflush=False, expire_on_commit=False, info=self.info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that commits at its end, then runs what was handed to `after_commit`.

        No check, model or network call belongs inside: judge first, then one short write.
        """
        with Session(self._writing, expire_on_commit=False, info=self.info) as session:
            session.info[_AFTER_COMMIT] = []
            with session.begin():
                yield session
            waiting: list[Callable[[], None]] = session.info.pop(_AFTER_COMMIT)
        for work in waiting:
            work()

    def dry(self) -> Database:
        """The same database, but whatever is written is undone at its end, and nothing follows: for counting first."""
        return _Dry(self)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


class _Dry(Database):
    def __init__(self, real: Database) -> None:
        self.engine, self._writing, self.info = real.engine, real._writing, real.info

    @contextmanager
    def write(self) -> Iterator[Session]:
        with Session(self._writing, expire_on_commit=False, info=self.info) as session:
            session.info[_AFTER_COMMIT] = []
            yield session
            session.rollback()
            session.info.pop(_AFTER_COMMIT)


def after_commit(session: Session, work: Callable[[], None]) -> None:
    """Run `work` once this session's write has been committed; never if it rolls back."""
    session.info[_AFTER_COMMIT].append(work)


def _make_engine(url: str, pool_size: int) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(
            parsed,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,  # errors are logged, and values are addresses, keys and what people wrote
            connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            parsed, pool_size=pool_size, max_overflow=pool_size, hide_parameters=True, pool_pre_ping=True
        )
        event.listen(engine, "connect", _prepare_postgresql)
    tallying.listen(engine)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """No compiling of plans: it takes seconds where a short question has many conditions, and saves nothing there."""
    with connection.cursor() as cursor:
        cursor.execute("SET jit TO off")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own is never IMMEDIATE
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "secure_delete=ON",  # what is sealed, purged or deleted isn't to be read from the file's free pages
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("ostiary_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
