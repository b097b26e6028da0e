"""`ostiary setup`: the first-run questions; done once an admin exists."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options


@click.command()
@settings_options
def setup(port: int, data: Path | None) -> None:
    """Ask for the admin's name, address and password, and make that account."""
    from app.accounts import invitations
    from app.accounts.signup import create_account
    from app.accounts.tables import Role
    from app.instance import domain

    with services(port, data) as made:
        domain.settle(made)
        with made.db.read() as session:
            if invitations.admin_exists(session):
                click.echo("This server has an admin; everything else is on its pages.")
                return
        click.echo(f"This server is {made.settings.domain}; its name can never change.")
        name = click.prompt("The admin's name")
        email = click.prompt("E-mail address")
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        row = create_account(made, name, email, password, Role.ADMIN)
        click.echo(
            f"@{row.actor.username}@{made.settings.domain} is the admin. Sign in at {made.settings.url('/sign-in')}"
        )
