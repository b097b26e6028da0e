"""The last two of the first steps on a terminal: the practice post, and what stands on a closed door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from workers.cli.asking import ask

if TYPE_CHECKING:
    from app.accounts.tables import AccountRow
    from app.services import Services
    from app.setup.practice import Practice

LEAVE = "leave"


def practice(made: Services, admin: AccountRow) -> bool:
    """Plant a spam post, see what the door does, let it in, undo that, clear it away; whether it was cleared away."""
    from app.setup import practice as exercise
    from app.setup.practice import Stage

    acts: Mapping[str, Callable[[Services, AccountRow], object]] = {
        "plant": exercise.plant,
        "let-in": exercise.let_in,
        "undo": exercise.undo,
        "clear": exercise.clear,
    }
    next_acts = {
        Stage.WAITS: ["let-in", "clear"],
        Stage.LET_IN: ["undo", "clear"],
        Stage.UNDONE: ["clear", "let-in"],
        Stage.DECIDED: ["undo", "clear"],
        Stage.NOT_HELD: ["clear"],
    }
    click.echo("A spam post is sent to this server's own door, from a server that doesn't exist:")
    click.echo(f"  {exercise.text_for(admin)[1]}")
    was_cleared = False
    while True:
        with made.db.read() as session:
            found = exercise.of(session)
        may = next_acts.get(found.stage, ["plant"])
        if found.stage in next_acts:
            click.echo(_said(made, found))
        usual = LEAVE if may == ["plant"] else may[0]
        wish = click.prompt("What now", type=click.Choice([*may, LEAVE]), default=usual)
        if wish == LEAVE:
            exercise.clear(made, admin)
            return was_cleared
        acts[wish](made, admin)
        was_cleared = wish == "clear"
        if was_cleared:
            click.echo("The practice post and its author are gone.")


def _said(made: Services, found: Practice) -> str:
    from app.setup.practice import Stage

    case = f"case {found.case}, {made.settings.url(f'/review/case/{found.case}')}"
    return {
        Stage.WAITS: f"The door held it: nobody sees it ({case}).",
        Stage.LET_IN: f"It was let in: it stands in the public timeline ({case}).",
        Stage.UNDONE: f"That was taken back: nobody sees it any more ({case}).",
        Stage.DECIDED: f"It was decided otherwise ({case}).",
        Stage.NOT_HELD: "The door let it through: the policy holds no such posts now.",
    }[found.stage]


def doors(made: Services, admin: AccountRow) -> bool:
    """Offer a waiting list and other servers where sign-ups are closed; it is a step taken, whatever is chosen."""
    from app.accounts import signup
    from app.accounts.tables import Role
    from app.doors import choices, hand, others

    by = hand.of(admin, Role.ADMIN)
    with made.db.read() as session:
        chosen, mode = choices.chosen(session), signup.registration(session, made)
        listed = [row.name for row in others.listed(session)]
    click.echo(f"Who may sign up now: {mode.value}. This is what people find once nobody may:")
    if made.settings.smtp_url is None:
        click.echo("  No mail server is named (OSTIARY_SMTP_URL): a waiting list confirms addresses by mail.")
    waits = click.confirm("A waiting list, to invite from", default=chosen.waiting_list)
    names = click.confirm("Your list of other servers", default=chosen.others)
    choices.choose(made, by, replace(chosen, waiting_list=waits, others=names))
    if listed:
        click.echo(f"  Others that are named: {', '.join(listed)}")
    while names and (name := ask("Another server to name, as its domain (empty: no more)", _other(made, admin))):
        click.echo(f"  {name} stands on the list.")
    click.echo(f"More of it, with words of your own: {made.settings.url('/review/closed')}")
    return True


def _other(made: Services, admin: AccountRow) -> Callable[[str], str]:
    """A check that puts the server on the list."""
    from app.accounts.tables import Role
    from app.doors import hand, others
    from app.doors.others import Door

    def add(typed: str) -> str:
        return others.add(made, hand.of(admin, Role.ADMIN), Door(typed, typed)).name if typed else ""

    return add
