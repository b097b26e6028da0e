"""`ostiary rule`: rules for the door, which people of the house write in CEL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from moderation.instance_rules.tables import RuleState
from moderation.patterns.tables import PatternSeverity
from moderation.policy.parsing import LABEL_NAMES
from workers.cli.common import services, settings_options

BY = "command line"


@click.group()
def rule() -> None:
    """Rules for the door: expressions in CEL about a post, its author, their server and what checks found."""


@rule.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print every rule: number, state, version, severity, name, expression."""
    from moderation.instance_rules import keeping

    with services(port, data) as made, made.db.read() as session:
        for each in keeping.several(session):
            row, said = each.row, each.version
            one_line = " ".join(said.expression.split())
            click.echo(f"{row.id}\t{row.state.value}\t{row.version}\t{said.severity.value}\t{row.name}\t{one_line}")


@rule.command()
@click.argument("expression")
def check(expression: str) -> None:
    """Say whether an expression is sound; it needs no data directory."""
    from moderation.errors import RefusedError
    from moderation.instance_rules import language

    try:
        language.compile_(expression)
    except RefusedError as error:
        raise click.ClickException(error.safe) from error
    click.echo("sound")


@rule.command()
def names() -> None:
    """Print what an expression can name, with its kind."""
    from moderation.instance_rules.language import NAMES

    for each in NAMES:
        click.echo(f"{each.name}\t{each.kind}")


@rule.command()
@click.argument("name")
@click.argument("expression")
@click.option("--severity", type=click.Choice([s.value for s in PatternSeverity]), default="hold", show_default=True)
@click.option("--label", type=click.Choice(list(LABEL_NAMES)), default="spam", show_default=True)
@click.option("--note", default="", help="Why, for the crew.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends by itself.")
@click.option("--number", type=int, help="Say this rule anew, instead of making another.")
@settings_options
def say(
    name: str,
    expression: str,
    severity: str,
    label: str,
    note: str,
    until: datetime | None,
    number: int | None,
    port: int,
    data: Path | None,
) -> None:
    """Make a rule, as a draft; with --number another version of one."""
    from moderation.instance_rules import keeping

    ends = until.replace(tzinfo=UTC) if until else None
    draft = keeping.Draft(name, expression, PatternSeverity(severity), label, note, ends)
    with services(port, data) as made, made.db.write() as session:
        now = made.clock.now()
        anew = number is not None
        done = keeping.say(session, number or 0, draft, BY, now) if anew else keeping.make(session, draft, BY, now)
        click.echo(f"{done.row.id}\t{done.row.state.value}\tversion {done.row.version}")


@rule.command()
@click.argument("number", type=int)
@click.argument("state", type=click.Choice([s.value for s in RuleState]))
@settings_options
def move(number: int, state: str, port: int, data: Path | None) -> None:
    """Put a rule into another state: draft, shadow (only watched), live, off."""
    from moderation.instance_rules import keeping

    with services(port, data) as made, made.db.write() as session:
        done = keeping.move(session, number, RuleState(state), BY, made.clock.now())
        click.echo(f"{done.row.name}: {done.row.state.value}")


@rule.command("roll-back")
@click.argument("number", type=int)
@settings_options
def roll_back(number: int, port: int, data: Path | None) -> None:
    """Let a rule say again what it said before."""
    from moderation.instance_rules import keeping

    with services(port, data) as made, made.db.write() as session:
        done = keeping.roll_back(session, number, BY, made.clock.now())
        click.echo(f"{done.row.name}: version {done.row.version}")


@rule.command("try")
@click.argument("number", type=int)
@click.option("--days", type=click.IntRange(1, 30), default=14, show_default=True)
@settings_options
def try_out(number: int, days: int, port: int, data: Path | None) -> None:
    """Try a rule on what was judged in the last days, here and now, beside what people decided."""
    from app.reviewing import instance_rules
    from moderation.instance_rules import trials
    from moderation.instance_rules.tables import TrialState

    with services(port, data) as made:
        asked = instance_rules.try_out_as(made, BY, number, days)
        while True:
            instance_rules.work(made)
            with made.db.read() as session:
                trial = trials.find(session, asked.id)
            if trial.state is not TrialState.WAITING:
                break
    found = trial.result
    click.echo(
        f"of {trial.looked_at} posts it would have matched {found['matched']}, of which people allowed "
        f"{found['allowed']} and restrained {found['restrained']}; {found['failed']} had no answer"
    )
