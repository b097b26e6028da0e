"""`ostiary db`: migrations."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import one_line, settings, settings_options


@click.group()
def db() -> None:
    """Migrations of the database."""


@db.command()
@settings_options
def upgrade(port: int, data: Path | None) -> None:
    """Bring the tables to this version."""
    from app.database import migrate
    from app.database.engine import Database

    database = Database(settings(port, data).database_url, pool_size=1)
    with one_line():
        before = migrate.status(database).current
        migrate.upgrade(database)
        after = migrate.status(database).current
    click.echo(f"The database stands at {after}" + (", as before." if before == after else f"; it was {before}."))


@db.command()
@settings_options
def status(port: int, data: Path | None) -> None:
    """Say where the tables stand; exits 1 when they aren't this version's."""
    from app.database import migrate
    from app.database.engine import Database

    database = Database(settings(port, data).database_url, pool_size=1)
    with one_line():
        found = migrate.status(database)
    click.echo(f"current: {found.current or 'none'}\nnewest:  {found.newest}")
    if not found.up_to_date:
        raise SystemExit(1)


@db.command(hidden=True)
@click.argument("message")
@settings_options
def revision(message: str, port: int, data: Path | None) -> None:
    """Write a new migration: for developers, `make migration M="…"`."""
    from app.database import migrate
    from app.database.engine import Database

    database = Database(settings(port, data).database_url, pool_size=1)
    migrate.upgrade(database)
    migrate.make_revision(database, message)
