"""What commands share: the settings and services that they work on, and errors as one line."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from app.settings import Settings, SettingsError, from_environment, with_secret

if TYPE_CHECKING:
    from app.services import Services

F = TypeVar("F", bound=Callable[..., Any])

port_option = click.option("--port", default=8000, show_default=True, help="Where the web process listens.")
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory (OSTIARY_DATA_DIR, else ./data).",
)


def settings_options(command: F) -> F:
    """Give a command `--port` and `--data`."""
    return port_option(data_option(command))


def settings(port: int, data: Path | None) -> Settings:
    """The settings; a bad one ends the command with its one line."""
    with one_line():
        given = from_environment(port, data)
        given.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return with_secret(given)


@contextlib.contextmanager
def services(port: int, data: Path | None, *, logged: int = logging.WARNING) -> Iterator[Services]:
    """Services for one command, on a database that is migrated; closed at its end. `logged` is the least level that it
    tells."""
    from app import logs
    from app.database import migrate
    from app.database.engine import Database
    from app.instance import domain
    from app.wiring import make_services

    logs.configure("cli", level=logged)
    given = settings(port, data)
    db = Database(given.database_url, pool_size=1)
    with one_line():
        if not migrate.status(db).up_to_date:
            if not given.sqlite:
                raise click.ClickException("the database isn't up to date: run `ostiary db upgrade` first")
            migrate.upgrade(db)
        given = domain.of_trial(given, db)
    db.dispose()
    made = make_services(given)
    try:
        with one_line():
            yield made
    finally:
        made.db.dispose()
        made.redis.close()


@contextlib.contextmanager
def one_line() -> Iterator[None]:
    """Errors that a person can do something about end a command with one line instead of a traceback."""
    from redis.exceptions import RedisError
    from sqlalchemy.exc import OperationalError

    from app.errors import AppError
    from models.errors import ModelError
    from moderation.errors import ModerationError

    try:
        yield
    except (SettingsError, ModelError, ModerationError) as error:
        raise click.ClickException(str(error)) from error
    except AppError as error:
        raise click.ClickException(error.text) from error
    except OperationalError as error:
        raise click.ClickException(f"the database doesn't answer: {error.orig}") from error
    except RedisError as error:
        raise click.ClickException(f"Redis doesn't answer: {error}") from error
