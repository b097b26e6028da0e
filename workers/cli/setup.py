"""`ostiary setup`: the admin's account, then the first steps, as on the pages; what is left empty is left out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli import setup_doors, setup_lists
from workers.cli.asking import ask
from workers.cli.common import one_line, services, settings_options

if TYPE_CHECKING:
    from app.accounts.tables import AccountRow, Role
    from app.services import Services
    from app.setup.steps import Step

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
    from app.accounts import names
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
    name = ask("The admin's name", names.require_username, None)
    email = ask("E-mail address", names.require_email, None)
    password = ask("Password", _password(name, email), None, secret=True)
    with one_line():
        row = create_account(made, name, email, password, Role.ADMIN)
    click.echo(f"@{row.actor.username}@{made.settings.domain} is the admin. Sign in at {made.settings.url('/sign-in')}")
    return row


def _password(name: str, email: str) -> Callable[[str], str]:
    from app.accounts.credentials import require_good_password

    def check(typed: str) -> str:
        require_good_password(typed, username=name, email=email)
        return typed

    return check


def _go_on(made: Services, admin: AccountRow) -> None:
    from app.setup import steps
    from app.setup.steps import Step, Went

    asks: Mapping[Step, Callable[[Services, AccountRow], bool]] = {
        Step.NAME: _name,
        Step.HOUSE: _house,
        Step.CREW: _crew,
        Step.BLOCKLIST: setup_lists.blocklist,
        Step.INVITE: _invite,
        Step.PRACTICE: setup_doors.practice,
        Step.DOORS: setup_doors.doors,
    }
    with made.db.read() as session:
        went = steps.of(session).went
    for place, (step, take) in enumerate(asks.items(), start=1):
        if step in went:
            continue
        click.echo(f"\nStep {place} of {len(asks)}: {step}")
        done = _taken(take, made, admin)
        steps.mark(made, admin.actor.username, step, Went.DONE if done else Went.SKIPPED)
    click.echo(f"That was all. Each step can be taken up again at {made.settings.url('/review/setup')}")


def _taken(take: Callable[[Services, AccountRow], bool], made: Services, admin: AccountRow) -> bool:
    """Whether a step was taken. One that fails is said in a line, and asked again or left out; the others go on."""
    while True:
        try:
            with one_line():
                return take(made, admin)
        except click.ClickException as error:
            error.show()
            if not click.confirm("Take this step once more?", default=True):
                return False


def _name(made: Services, _admin: AccountRow) -> bool:
    from app.setup import reach

    click.echo(f"This server is {made.settings.domain}. This can never change.")
    if made.settings.trial:
        click.echo("It is a trial: it can't be kept, and federates with nothing. For real: set OSTIARY_DOMAIN.")
    elif click.confirm("Look now whether others can reach it?", default=False):
        for check in reach.look(made):
            state = {True: "well", False: "WRONG", None: "not compared, not tried"}[check.well]
            click.echo(f"  {check.what}: {state}{f' ({check.detail})' if check.detail else ''}")
    return True


def _house(made: Services, admin: AccountRow) -> bool:
    """Each answer is kept as soon as it is given: who stops goes on from there."""
    from app.instance import house, registrations
    from app.settings import Registration

    with made.db.read() as session:
        now, mode = house.house(session, made.settings), registrations.chosen(session, made.settings)
    for field, text, default in (
        ("title", "What it is called", now.title),
        ("languages", "Languages, as codes", " ".join(now.languages)),
        ("country", "Its country, two letters", now.country),
        ("contact_email", "Mail address for people (public)", now.contact_email),
    ):
        given = ask(text, lambda typed, field=field: house.checked(field, _as_kept(field, typed)), default)  # type: ignore[misc]
        house.change(made, admin.actor.username, **{field: given})
    modes = click.Choice([each.value for each in Registration])
    registrations.choose(
        made, admin.actor.username, Registration(click.prompt("Who may sign up", type=modes, default=mode.value))
    )
    click.echo(f"Its rules are at {made.settings.url('/review/rules')}")
    return True


def _as_kept(field: str, typed: str) -> str:
    return typed.strip().upper() if field == "country" else typed.strip()


def _crew(made: Services, admin: AccountRow) -> bool:
    from app.setup import staffing

    people = ask("How many people moderate (empty: later)", lambda typed: staffing.read(typed, "1") if typed else None)
    if people is None:
        return False
    number = str(people.people)
    hours = ask("Hours a week, each", lambda typed: staffing.read(number, typed), "5").hours
    crew = ask("Languages that they read, as codes", lambda typed: staffing.read(number, str(hours), typed))
    waits = crew.answered_within.total_seconds() / 3600
    click.echo(f"About {crew.cases_a_day} cases a day, holds answered in about {waits:.1f} hours.")
    with made.db.read() as session:
        unread = staffing.unread(session, made.settings, crew)
    if unread:
        click.echo(f"Nobody reads {', '.join(unread)}, which this server says its people write.")
    staffing.settle(made, admin, crew)
    return True


def _invite(made: Services, admin: AccountRow) -> bool:
    from app.accounts import roles as account_roles
    from app.accounts.tables import Role
    from app.instance import house
    from app.workforce import invitations
    from app.workforce.invitations import Wanted
    from moderation.workforce.records import Record

    called = click.prompt("Whom to invite to moderate (empty: nobody now)", default="", show_default=False)
    if not called:
        return False
    roles = click.Choice([each.value for each in invitations.may_give(Role.ADMIN)])
    role = Role(click.prompt("Role", type=roles, default=Role.MODERATOR.value))
    languages = tuple(ask("Languages that they read, as codes (empty: all)", house.codes).split())
    with made.db.read() as session:
        last_day = account_roles.last_day(session, made.clock.now()) if role is Role.REVIEWER else ""
    until = ask("Last day of access, as 2027-01-31 (empty: no end)", _end(made, role), last_day)
    days = click.prompt(
        "Days to take the invitation",
        type=click.IntRange(1, invitations.LONGEST.days),
        default=invitations.GOOD_FOR.days,
    )
    wanted = Wanted(called, role, Record("", languages=languages), None, until, timedelta(days=days))
    token = invitations.make(made, admin, wanted)
    click.echo(f"Give them this link; it is shown this once: {made.settings.url('/join/' + token)}")
    return True


def _end(made: Services, role: Role) -> Callable[[str], datetime | None]:
    """A check of a last day: the midnight after it, UTC, if the role may end then."""
    from app.accounts import roles as account_roles
    from app.errors import InvalidError

    def check(typed: str) -> datetime | None:
        try:
            day = date.fromisoformat(typed) if typed else None
            until = datetime.combine(day + timedelta(days=1), time(), UTC) if day is not None else None
        except (ValueError, OverflowError) as error:
            raise InvalidError("a day is written as in 2027-01-31") from error
        with made.db.read() as session:
            account_roles.require_good_end(session, role, until, made.clock.now())
        return until

    return check
