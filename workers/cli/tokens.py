"""`ostiary token`: access tokens for programs."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options


@click.group()
def token() -> None:
    """Access tokens."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("read write follow push",),
    show_default=True,
    help="Several with spaces between, or given several times.",
)
@settings_options
def create(name: str, scopes: tuple[str, ...], port: int, data: Path | None) -> None:
    """Print a new access token of member NAME; it is shown this once."""
    from app.accounts import lookup
    from app.oauth import tokens

    with services(port, data) as made:
        with made.db.read() as session:
            actor = lookup.find_by_handle(session, made.settings, name)
        if actor is None or not actor.local:
            raise click.ClickException(f"there is no member named {name}")
        click.echo(tokens.make(made, actor.id, " ".join(scopes), second_factored=True))
