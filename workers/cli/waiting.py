"""`ostiary waiting`: who stands before the closed door, invited or taken off the list."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options


@click.group()
def waiting() -> None:
    """The waiting list of a house whose sign-ups are closed."""


@waiting.command("list")
@click.option("--addresses", is_flag=True, help="As CSV with the mail addresses; this is written into the log.")
@settings_options
def show(addresses: bool, port: int, data: Path | None) -> None:
    """Print who waits, oldest first: number, state, since when, language."""
    from app.doors import glass, hand
    from app.doors import waiting as door

    with services(port, data) as made:
        if addresses:
            click.echo(glass.sheet(made, hand.COMMAND_LINE), nl=False)
            return
        with made.db.read() as session:
            counts = door.counts(session, made.clock.now())
            for row in door.listed(session, counts.waiting + counts.invited):
                since = f"{row.confirmed_at:%Y-%m-%d}" if row.confirmed_at else ""
                click.echo(f"{row.id}\t{row.state.value}\t{since}\t{row.language}")
    click.echo(f"{counts.waiting} waiting, {counts.invited} invited", err=True)


@waiting.command()
@click.argument("count", type=click.IntRange(min=1))
@settings_options
def invite(count: int, port: int, data: Path | None) -> None:
    """Mail an invitation to the next ones, oldest first."""
    from app.doors import hand
    from app.doors import waiting as door

    with services(port, data) as made:
        click.echo(f"{door.invite_next(made, hand.COMMAND_LINE, count)} invited")


@waiting.command()
@click.argument("who")
@settings_options
def remove(who: str, port: int, data: Path | None) -> None:
    """Take one off the list, by number or mail address."""
    from app.doors import hand
    from app.doors import waiting as door

    with services(port, data) as made:
        if who.isdecimal():
            door.remove(made, hand.COMMAND_LINE, int(who))
        else:
            door.remove_address(made, hand.COMMAND_LINE, who)
    click.echo("removed")
