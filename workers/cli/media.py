"""`ostiary media`: where pictures, films and sounds lie."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options

BUCKET, DISK = "bucket", "disk"


@click.group()
def media() -> None:
    """Pictures, films and sounds: on disk, or in a bucket."""


@media.command()
@click.option("--to", type=click.Choice((BUCKET, DISK)), required=True, help="Where everything goes.")
@click.option("--dry-run", is_flag=True, help="Count, and do nothing.")
@settings_options
def move(to: str, dry_run: bool, port: int, data: Path | None) -> None:
    """Move everything between the disk and the bucket of OSTIARY_S3_URL, while the server runs with that set.

    Each file leaves where it was once it is known to be whole where it goes. Ended half-way, it is begun again with
    the same command, which goes on with what is left.
    """
    from app.media import moving

    with services(port, data) as made:
        if made.settings.s3 is None:
            raise click.ClickException("set OSTIARY_S3_URL and its keys: they say which bucket")
        work = moving.to_bucket if to == BUCKET else moving.to_disk
        try:
            files, size = work(made.settings, dry_run=dry_run)
        except OSError as error:
            raise click.ClickException(f"stopped: {error}; run it again to go on") from error
    said = "would be moved" if dry_run else "moved"
    click.echo(f"{files} files {said}, {size / 1024**2:.1f} MB")
