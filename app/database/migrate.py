"""Migrations: bring the database to this version's tables, and say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.database.engine import Database

FOLDER = Path(__file__).parent / "migrations"


@dataclass(frozen=True)
class Status:
    """Where a database stands: `current` is None before the first migration."""

    current: str | None
    newest: str

    @property
    def up_to_date(self) -> bool:
        """Whether nothing is left to do."""
        return self.current == self.newest


def upgrade(db: Database, revision: str = "head") -> None:
    """Apply what is missing, up to `revision`."""
    with db.engine.connect() as connection:
        command.upgrade(_config(connection), revision)


def downgrade(db: Database, revision: str = "base") -> None:
    """Go back to `revision`; for tests, and for an admin who was told to."""
    with db.engine.connect() as connection:
        command.downgrade(_config(connection), revision)


def make_revision(db: Database, message: str) -> None:
    """Write a new migration from the difference between the database and the tables in code."""
    number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
    with db.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=f"{number:04d}")


def status(db: Database) -> Status:
    """Where this database stands."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return Status(current, newest or "")


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
