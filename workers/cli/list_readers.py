"""`ostiary domain readers`: tokens with which named readers read our list, for who can't sign what they ask."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options
from workers.cli.servers import printable

BY = "command line"


@click.group()
def readers() -> None:
    """Who reads our list with a token."""


@readers.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print them, those in force first: number, name, audience, server, last use, state."""
    from app.instance import list_readers

    with services(port, data) as made, made.db.read() as session:
        rows = list_readers.listed(session)
    for row in rows:
        used = f"used {row.used_at:%Y-%m-%d %H:%M} UTC" if row.used_at else "never used"
        state = f"revoked {row.revoked_at:%Y-%m-%d %H:%M} UTC by {row.revoked_by}" if row.revoked_at else "good"
        click.echo("\t".join((str(row.id), printable(row.name), row.audience, row.domain or "-", used, state)))


@readers.command()
@click.argument("name")
@click.option("--for", "audience", type=click.Choice(["members", "peers"]), default="peers", show_default=True)
@click.option("--server", default="", help="Theirs: while it is suspended, the token reads nothing.")
@settings_options
def add(name: str, audience: str, server: str, port: int, data: Path | None) -> None:
    """Print a token with which NAME reads our list while it is for such readers; it is shown this once."""
    from app.instance import list_readers
    from app.instance.our_list import Reader

    with services(port, data) as made:
        click.echo(list_readers.make(made, BY, name, Reader(audience), server).token)


@readers.command()
@click.argument("number", type=int)
@settings_options
def revoke(number: int, port: int, data: Path | None) -> None:
    """The token of reader NUMBER, as `list` has it, opens nothing from now on."""
    from app.instance import list_readers

    with services(port, data) as made:
        row = list_readers.revoke(made, BY, number)
    click.echo(f"{row.id}\t{printable(row.name)}\trevoked")
