"""`ostiary backup` and `ostiary restore`."""

from __future__ import annotations

from pathlib import Path

import click

from app.settings import from_environment
from workers.cli.common import one_line, settings_options

file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@file_argument
@settings_options
def backup(file: Path, port: int, data: Path | None) -> None:
    """Write the database and the data directory into one tar file; the server may run meanwhile."""
    from workers import backups

    with one_line():
        given = from_environment(port, data)
    try:
        names = backups.backup(given, file)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{file}: {', '.join(names)}. It holds keys and private posts: keep it as safe as the server.")
    if given.s3 is not None:
        click.echo(f"Media lie in the bucket {given.s3.bucket}, and aren't in it.")


@click.command()
@file_argument
@settings_options
def restore(file: Path, port: int, data: Path | None) -> None:
    """Unpack a backup into an empty data directory."""
    from workers import backups

    with one_line():
        given = from_environment(port, data)
    try:
        backups.restore(given, file)
    except backups.BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored into {given.data_dir}.")
