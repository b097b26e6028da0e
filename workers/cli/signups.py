"""`ostiary signups` and `ostiary breakers`: who waits for a yes, and what makes everybody wait for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.tables import AccountRow
    from app.services import Services

BY = "command line"


@click.group()
def signups() -> None:
    """Sign-ups that wait for somebody's word."""


@signups.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print who waits, oldest first: name, since when, language, whether the mail address is confirmed, the reason."""
    from app.accounts import signup

    with services(port, data) as made, made.db.read() as session:
        for account in signup.waiting(session):
            confirmed = "confirmed" if account.confirmed_at else "unconfirmed"
            reason = " ".join((account.signup_reason or "").split())
            since = f"{account.created_at:%Y-%m-%d}"
            click.echo(f"{account.actor.username}\t{since}\t{account.locale}\t{confirmed}\t{reason}")


@signups.command()
@click.argument("names", nargs=-1, required=True)
@settings_options
def approve(names: tuple[str, ...], port: int, data: Path | None) -> None:
    """Let people in; they are told by mail."""
    from app.accounts import signup

    def let_in(made: Services, account: AccountRow) -> None:
        signup.approve(made, account.id, BY)

    _each(names, "approved", let_in, port, data)


@signups.command("turn-down")
@click.argument("names", nargs=-1, required=True)
@settings_options
def turn_down(names: tuple[str, ...], port: int, data: Path | None) -> None:
    """Delete applications; whose they are is told by mail."""
    from app.accounts import signup

    def delete(made: Services, account: AccountRow) -> None:
        signup.turn_down(made, account.id, BY)

    _each(names, "turned down", delete, port, data)


def _each(
    names: tuple[str, ...], said: str, act: Callable[[Services, AccountRow], None], port: int, data: Path | None
) -> None:
    """All names must be of people who wait; nothing is done for anybody where one isn't."""
    with services(port, data) as made:
        with made.db.read() as session:
            found = [_waiting(session, made, name) for name in names]
        for name, account in zip(names, found, strict=True):
            act(made, account)
            click.echo(f"{name}: {said}")


def _waiting(session: Session, made: Services, name: str) -> AccountRow:
    from sqlalchemy import select

    from app.accounts import lookup
    from app.accounts.tables import AccountRow, ActorRow

    plain, domain = lookup.split_handle(made.settings, name)
    query = select(AccountRow).join(ActorRow, ActorRow.id == AccountRow.id)
    wanted = (ActorRow.username_lower == plain, ActorRow.domain == domain, AccountRow.approved_at.is_(None))
    account = session.scalar(query.where(*wanted))
    if account is None:
        raise click.ClickException(f"nobody called {name} waits for a yes")
    return account


@click.group()
def breakers() -> None:
    """What turns open sign-ups into sign-ups by approval by itself."""


@breakers.command("list")
@settings_options
def out(port: int, data: Path | None) -> None:
    """Print each breaker: in or out, since when, and what it goes out for."""
    with services(port, data) as made:
        _print(made)


@breakers.command("set")
@click.option("--quiet-days", type=float, help="Days without any moderator; 0 is never.")
@click.option("--sign-ups", type=int, help="So many sign-ups within the window; 0 is never.")
@click.option("--reports", type=int, help="So many reports within the window; 0 is never.")
@click.option("--window-hours", type=float, help="How long the window is.")
@settings_options
def set_numbers(port: int, data: Path | None, **numbers: float | None) -> None:
    """Say when they go out, in a new version of the policy, and print each. What isn't given stays."""
    from app.reviewing import ruling

    wanted = {name: value for name, value in numbers.items() if value is not None}
    if not wanted:
        raise click.UsageError("say at least one number")
    with services(port, data) as made:
        ruling.change_policy_as(made, BY, {"breakers": wanted})
        _print(made)


def _print(made: Services) -> None:
    from app.barring import breakers as rules

    bars = {
        rules.QUIET: "{days:g} days without a moderator",
        rules.SIGN_UPS: "{count:g} sign-ups in {hours:g} hours",
        rules.REPORTS: "{count:g} reports in {hours:g} hours",
    }
    with made.db.read() as session:
        for each in rules.standing(session):
            since = f"out since {each.since:%Y-%m-%d %H:%M}" if each.since else "in"
            bar = bars[each.name].format(**each.bar) if each.bar else "never"
            click.echo(f"{each.short}\t{since}\t{bar}")


@breakers.command("over")
@click.argument("name", type=click.Choice(["quiet", "sign_ups", "reports"]))
@settings_options
def over(name: str, port: int, data: Path | None) -> None:
    """Say that it is over: who signs up comes in as before."""
    from app.barring import breakers as rules

    with services(port, data) as made:
        was_out = rules.put_back_as(made, BY, f"breaker_{name}")
    click.echo(f"{name}: sign-ups are as they were" if was_out else f"{name}: was in already")
