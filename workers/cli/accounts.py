"""`ostiary account`: made here, they are confirmed and second-factored; roles, keys, memorials, deletion."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.accounts.tables import Role
from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from app.services import Services


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


@account.command("rotate-key")
@click.argument("name", required=False)
@click.option("--server", is_flag=True, help="The server's own key, which signs its fetches.")
@settings_options
def rotate_key(name: str | None, server: bool, port: int, data: Path | None) -> None:
    """Give an account a new key, and tell its followers' servers. The worker has to run for these to hear of it."""
    from app.accounts.instance_actor import instance_actor
    from app.lifecycle import keys

    if (name is None) == (not server):
        raise click.UsageError("give a NAME, or --server")
    with services(port, data) as made:
        actor_id = instance_actor(made).id if name is None else _member_id(made, name)
        actor = keys.rotate(made, actor_id)
        click.echo(f"@{actor.username}@{actor.domain} has a new key: {actor.key_id}")


@account.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Don't ask again.")
@settings_options
def delete(name: str, yes: bool, port: int, data: Path | None) -> None:
    """Delete an account for good: its posts, its data, its name. Other servers are told."""
    from app.lifecycle import leaving

    with services(port, data) as made:
        account_id = _member_id(made, name)
        if not yes:
            click.confirm(f"Delete @{name}@{made.settings.domain}, and all that they wrote, for good?", abort=True)
        leaving.remove(made, account_id, by="command line")
        click.echo(f"@{name}@{made.settings.domain} is deleted")


@account.command()
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day (UTC) on which it ends by itself.")
@settings_options
def role(name: str, role: str, until: datetime | None, port: int, data: Path | None) -> None:
    """Give an account a role."""
    from app.accounts import roles

    with services(port, data) as made:
        ends = until.replace(tzinfo=UTC) if until else None
        roles.give(made, _member_id(made, name), Role(role), ends, by=roles.BY_COMMAND)
        click.echo(f"@{name}@{made.settings.domain} is {role}" + (f" until {until:%Y-%m-%d}" if until else ""))


@account.command("reset-second-factor")
@click.argument("name")
@settings_options
def reset_second_factor(name: str, port: int, data: Path | None) -> None:
    """Take a second factor away from somebody who lost phone and recovery codes: the password lets them in again."""
    from app.accounts.factors import enrol

    with services(port, data) as made:
        enrol.reset(made, _member_id(made, name))
        click.echo(f"@{name}@{made.settings.domain} has no second factor any more")


@account.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="It wasn't so.")
@settings_options
def memorial(name: str, off: bool, port: int, data: Path | None) -> None:
    """Keep an account in memory of somebody who died: it is shown, and nobody signs in."""
    from app.lifecycle import memorials

    with services(port, data) as made:
        memorials.keep(made, _member_id(made, name), kept=not off)
        click.echo(f"@{name}@{made.settings.domain} is {'an account like others' if off else 'kept in memory'}")


def _member_id(made: Services, name: str) -> int:
    from app.accounts import lookup
    from app.errors import NotFoundError

    with made.db.read() as session:
        actor = lookup.find_by_handle(session, made.settings, name)
    if actor is None or not actor.local:
        raise NotFoundError(f"there is no account {name} here")
    return actor.id
