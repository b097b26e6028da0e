"""Fixtures for all tests: a real database (SQLite and PostgreSQL), a real Valkey, services made of twins.

A test that takes `db` or `services` runs on both databases. Mark it `one_database` (a module:
`pytestmark = pytest.mark.one_database`) when the database can't matter, such as for rendering: then SQLite alone.
`--database=sqlite` runs everything on one, for a quick look.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from redis import Redis

from app.clock import FrozenClock
from app.database.engine import Database
from tests.support import postgres
from tests.support.databases import PostgresDatabase, SqliteDatabase
from tests.support.stores import TestValkey

if TYPE_CHECKING:
    from app.services import Services

# How long something takes is never what a test is about; least of all on a machine that is busy.
hypothesis.settings.register_profile("ostiary", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("ostiary")

BOTH = ("sqlite", "postgresql")
GARBAGE_AFTER = 20_000
"""Objects. Python's own 700 looks many times through what one test makes, an application above all."""
_POSTGRES = pytest.StashKey[Path]()
_PYTEST_PID = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--database`."""
    parser.addoption("--database", choices=(*BOTH, "both"), default="both", help="which databases tests run on")


def pytest_configure(config: pytest.Config) -> None:
    """Look for garbage less often, and choose where this run's PostgreSQL will live, if a test asks for it."""
    gc.set_threshold(GARBAGE_AFTER)
    given = getattr(config, "workerinput", {}).get("ostiary_postgres")
    if given is None:
        folder = Path(tempfile.mkdtemp(prefix="ostiary-pg-"))
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        (folder / "pg").mkdir(mode=0o700)
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        given = (str(folder / "pg"), os.getpid())
    config.stash[_POSTGRES] = Path(given[0])
    config.stash[_PYTEST_PID] = given[1]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist where that is."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    node.workerinput["ostiary_postgres"] = (str(config.stash[_POSTGRES]), os.getpid())  # type: ignore[attr-defined]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what takes a database on both."""
    if "database_kind" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--database")
    one = metafunc.definition.get_closest_marker("one_database") is not None
    kinds = ("sqlite",) if one else BOTH if asked == "both" else (asked,)
    metafunc.parametrize("database_kind", kinds, scope="function")


def pytest_collection_finish() -> None:
    """Eleven thousand tests and all that they import stay until the end: who collects garbage needn't look there again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """`gw0`, … under pytest-xdist, else `alone`."""
    return str(getattr(request.config, "workerinput", {}).get("workerid", "alone"))


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDatabase]:
    """This worker's SQLite database."""
    database = SqliteDatabase(tmp_path_factory.mktemp("sqlite"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_folder(request: pytest.FixtureRequest) -> Path:
    """Where this run's PostgreSQL has its socket; it runs."""
    stash = request.config.stash
    postgres.ensure_running(stash[_POSTGRES], stash[_PYTEST_PID])
    return stash[_POSTGRES]


@pytest.fixture(scope="session")
def postgresql_database(postgres_folder: Path, worker_name: str) -> Iterator[PostgresDatabase]:
    """This worker's PostgreSQL database."""
    database = PostgresDatabase(postgres_folder, f"ostiary_{worker_name}")
    yield database
    database.close()


@pytest.fixture
def db(request: pytest.FixtureRequest, database_kind: str) -> Database:
    """An empty database with every table."""
    mine: SqliteDatabase | PostgresDatabase = request.getfixturevalue(f"{database_kind}_database")
    return mine.fresh()


@pytest.fixture(scope="session")
def valkey() -> Iterator[TestValkey]:
    """A Valkey server for this worker."""
    with TestValkey() as server:
        yield server


@pytest.fixture
def redis(valkey: TestValkey) -> Iterator[Redis]:
    """A client of it, emptied."""
    client = valkey.client()
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> None:
    """Passwords are hashed as the house does, only with less work: tests sign in some thousands of times.

    Which cost the product takes is asked in tests/app/accounts/test_credentials.py, of the module as it's installed.
    """
    from argon2 import PasswordHasher

    from app.accounts import credentials

    credentials._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    credentials._NOBODYS_HASH = credentials.hash_password("nobody's")


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> None:
    """Applications share what is the same in all: they're made some thousands of times."""
    from flask import Flask

    from tests.support.apps import KeptTemplates, SharedRoutes

    Flask.url_map_class = SharedRoutes
    Flask.jinja_options = {"bytecode_cache": KeptTemplates()}


@pytest.fixture
def clock() -> FrozenClock:
    """Noon, until it is moved."""
    from tests.support.services import NOON

    return FrozenClock(NOON)


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock) -> Services:
    """Services made of twins, on `db`, `redis` and `clock`."""
    from tests.support.services import make_services

    return make_services(tmp_path, db=db, redis=redis, clock=clock)
