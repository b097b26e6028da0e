"""`ostiary relay`: servers that pass public posts on, added and removed."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options

BY = "command line"


@click.group()
def relay() -> None:
    """Relays: servers that pass public posts of many on to many."""


@relay.command()
@click.argument("address")
@settings_options
def add(address: str, port: int, data: Path | None) -> None:
    """Ask a relay: by its inbox (Mastodon's way), or by its actor (LitePub's)."""
    from app.federation import relays

    with services(port, data) as made:
        row = relays.add(made, address, BY)
    click.echo(f"{row.address}: {row.state.value}")


@relay.command()
@click.argument("address")
@settings_options
def remove(address: str, port: int, data: Path | None) -> None:
    """Part from a relay; it's told."""
    from app.federation import relays

    with services(port, data) as made:
        with made.db.read() as session:
            known = relays.by_address(session, address).id
        row = relays.remove(made, known, BY)
    click.echo(f"{row.address}: {row.state.value}")


@relay.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print every relay: address, state, and how many posts it named, were shown at once, were held."""
    from app.federation import relays

    with services(port, data) as made, made.db.read() as session:
        for row in relays.listed(session):
            click.echo(f"{row.address}\t{row.state.value}\t{row.came}\t{row.shown}\t{row.held}")
