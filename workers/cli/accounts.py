"""`ostiary account`: accounts made on the command line are confirmed and count as second-factored."""

from __future__ import annotations

from pathlib import Path

import click

from app.accounts.tables import Role
from workers.cli.common import services, settings_options


@click.group()
def account() -> None:
    """Accounts."""


@account.command()
@click.argument("name")
@click.option("--email", required=True)
@click.option("--password", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value, show_default=True)
@click.option("--locale", type=click.Choice(["en", "fr"]), default="en", show_default=True)
@settings_options
def create(name: str, email: str, password: str, role: str, locale: str, port: int, data: Path | None) -> None:
    """Make an account."""
    from app.accounts.signup import create_account

    with services(port, data) as made:
        row = create_account(made, name, email, password, Role(role), locale=locale)
        click.echo(f"@{row.actor.username}@{made.settings.domain} ({row.role.value}), id {row.id}")
