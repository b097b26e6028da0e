"""`ostiary setup`: the admin's account, then the first steps, as on the pages; what is left empty is left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli.common import one_line, services, settings_options

if TYPE_CHECKING:
    from app.accounts.tables import AccountRow
    from app.services import Services
    from app.setup.steps import Step
    from moderation.domains.lists.values import Import

MOST_SAID = 20
"""Lines and servers of a list that are left out, each with its reason; the rest is counted."""
LATER = "The rest can be taken up at any time: `ostiary setup`, or {}"


@click.command()
@settings_options
def setup(port: int, data: Path | None) -> None:
    """Make the admin's account, then go through the first steps that are left."""
    with services(port, data, logged=logging.ERROR) as made:  # that nobody is there to be nudged is no news here
        from app.instance import start

        start.prepare(made)
        admin = _admin(made)
        pages = made.settings.url("/review/setup")
        try:
            _go_on(made, admin)
        except click.Abort:
            click.echo("\n" + LATER.format(pages))


def _admin(made: Services) -> AccountRow:
    """Who is admin already, or is made now."""
    from app.accounts.signup import create_account
    from app.accounts.tables import AccountRow, Role

    with made.db.read() as session:
        from sqlalchemy import select
        from sqlalchemy.orm import joinedload

        admins = select(AccountRow).options(joinedload(AccountRow.actor)).where(AccountRow.role == Role.ADMIN)
        found = session.scalars(admins.order_by(AccountRow.id).limit(1)).first()
    if found is not None:
        click.echo(f"This server has an admin, @{found.actor.username}.")
        return found
    click.echo(f"This server is {made.settings.domain}; its name can never change.")
    name = click.prompt("The admin's name")
    email = click.prompt("E-mail address")
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with one_line():
        row = create_account(made, name, email, password, Role.ADMIN)
    click.echo(f"@{row.actor.username}@{made.settings.domain} is the admin. Sign in at {made.settings.url('/sign-in')}")
    return row


def _go_on(made: Services, admin: AccountRow) -> None:
    from app.setup import steps
    from app.setup.steps import Step, Went

    asks: Mapping[Step, Callable[[Services, AccountRow], bool]] = {
        Step.NAME: _name,
        Step.HOUSE: _house,
        Step.CREW: _crew,
        Step.BLOCKLIST: _blocklist,
        Step.INVITE: _invite,
        Step.PRACTICE: _practice,
        Step.DOORS: _doors,
    }
    with made.db.read() as session:
        went = steps.of(session).went
    for place, (step, ask) in enumerate(asks.items(), start=1):
        if step in went:
            continue
        click.echo(f"\nStep {place} of {len(asks)}: {step}")
        with one_line():
            done = ask(made, admin)
        steps.mark(made, admin.actor.username, step, Went.DONE if done else Went.SKIPPED)
    click.echo(f"That was all. Each step can be taken up again at {made.settings.url('/review/setup')}")


def _name(made: Services, _admin: AccountRow) -> bool:
    from app.setup import reach

    click.echo(f"This server is {made.settings.domain}. This can never change.")
    if made.settings.trial:
        click.echo("It is a trial: it can't be kept, and federates with nothing. For real: set OSTIARY_DOMAIN.")
    elif click.confirm("Look now whether others can reach it?", default=False):
        for check in reach.look(made):
            state = {True: "well", False: "WRONG", None: "not looked at"}[check.well]
            click.echo(f"  {check.what}: {state}{f' ({check.detail})' if check.detail else ''}")
    return True


def _house(made: Services, admin: AccountRow) -> bool:
    from app.instance import house, registrations
    from app.settings import Registration

    with made.db.read() as session:
        now, mode = house.house(session, made.settings), registrations.chosen(session, made.settings)
    wanted = {
        "title": click.prompt("What it is called", default=now.title),
        "languages": click.prompt("Languages, as codes", default=" ".join(now.languages)),
        "country": click.prompt("Its country, two letters", default=now.country, show_default=bool(now.country)),
        "contact_email": click.prompt("Mail address for people (public)", default=now.contact_email),
    }
    house.change(made, admin.actor.username, **wanted)
    modes = click.Choice([each.value for each in Registration])
    registrations.choose(
        made, admin.actor.username, Registration(click.prompt("Who may sign up", type=modes, default=mode.value))
    )
    click.echo(f"Its rules are at {made.settings.url('/review/rules')}")
    return True


def _crew(made: Services, admin: AccountRow) -> bool:
    from app.setup import staffing

    people = click.prompt("How many people moderate (empty: later)", default="", show_default=False)
    if not people:
        return False
    crew = staffing.read(people, click.prompt("Hours a week, each", default="5"))
    hours = crew.answered_within.total_seconds() / 3600
    click.echo(f"About {crew.cases_a_day} cases a day, holds answered in about {hours:.1f} hours.")
    staffing.settle(made, admin, crew)
    return True


def _blocklist(made: Services, admin: AccountRow) -> bool:
    from app.setup import blocklist
    from app.setup.blocklist import Choice

    path = click.prompt("A list of servers, as a file (empty: none)", default="", show_default=False)
    if not path:
        return False
    text = _read(path)
    excludes = blocklist.excludes(click.prompt("First: servers that it may not touch", default="", show_default=False))
    found = blocklist.read(made, text)
    groups = blocklist.groups(found, excludes)
    _say_what_stays_out(found, excludes)
    for number, group in enumerate(groups, start=1):
        click.echo(f"  {number}. {group.severity}: {group.reason or 'no reason given'} ({len(group.domains)})")
    taken = _chosen(click.prompt("Which to take (numbers, all, or empty)", default="", show_default=False), len(groups))
    asked = click.prompt("Which of them to suspend; the others are silenced", default="", show_default=False)
    meant = _chosen(asked, len(groups))
    choice = Choice(
        frozenset(groups[each].key for each in taken), frozenset(groups[each].key for each in meant), excludes
    )
    count = len(blocklist.take(made, admin, text, choice).rules) if taken else 0
    click.echo(f"{count} rules are in force.")
    return bool(count)


def _say_what_stays_out(found: Import, excludes: frozenset[str]) -> None:
    from app.setup import blocklist

    for row in found.refused[:MOST_SAID]:
        click.echo(f"  left out: line {row.line}: {row.reason}")
    if len(found.refused) > MOST_SAID:
        click.echo(f"  left out: {len(found.refused) - MOST_SAID} more lines")
    if found.repeated:
        click.echo(f"  said twice: {len(found.repeated)} lines")
    for why, domains in (
        ("no list may touch it", blocklist.spared(found, excludes)),
        ("it covers what no list may touch", blocklist.covering(found, excludes)),
    ):
        for domain in domains[:MOST_SAID]:
            click.echo(f"  left out: {domain}: {why}")


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error


def _chosen(typed: str, count: int) -> list[int]:
    """Places in a list that was shown from 1 on."""
    if typed.strip().lower() == "all":
        return list(range(count))
    words = typed.replace(",", " ").split()
    if not all(each.isascii() and each.isdecimal() and 1 <= int(each) <= count for each in words):
        raise click.ClickException(f"numbers from 1 to {count}, or all")
    return sorted({int(each) - 1 for each in words})


def _invite(made: Services, admin: AccountRow) -> bool:
    from app.accounts.tables import Role
    from app.workforce import invitations
    from app.workforce.invitations import Wanted
    from moderation.workforce.records import Record

    called = click.prompt("Whom to invite to moderate (empty: nobody now)", default="", show_default=False)
    if not called:
        return False
    roles = click.Choice([each.value for each in invitations.may_give(Role.ADMIN)])
    role = Role(click.prompt("Role", type=roles, default=Role.MODERATOR.value))
    token = invitations.make(made, admin, Wanted(called, role, Record(""), None))
    click.echo(f"Give them this link; it is shown this once: {made.settings.url('/join/' + token)}")
    return True


def _practice(made: Services, _admin: AccountRow) -> bool:
    click.echo(f"A planted spam post, to see it wait and let it in: {made.settings.url('/review/setup/practice')}")
    return False


def _doors(made: Services, _admin: AccountRow) -> bool:
    click.echo(f"What helps those who stand before a closed door: {made.settings.url('/review/setup/doors')}")
    return False
