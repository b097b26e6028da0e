"""`ostiary planner`: how many people a house needs, and which lines fit those it has; it changes nothing."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from workers.cli import common

if TYPE_CHECKING:
    from app.reviewing.planner import Planned
    from moderation.planning.history import Known
    from moderation.planning.plans import Outcome

NUMBERS: Final = (
    *("members", "moderators", "hours-a-week", "from-hour", "to-hour", "posts-a-day", "from-elsewhere", "strangers"),
    *("harmful", "seconds", "others", "minutes", "share", "wrong-hold", "harmless-at-most"),
)
ABSENT: Final = (
    "not enough is known of this house yet: it takes 500 posts that the text model in use judged, twenty "
    "decisions and two hours of work; `--house large` and `--house club` are examples"
)


def _with_numbers(command: Any) -> Any:
    for name in reversed(NUMBERS):
        command = click.option(f"--{name}", type=float)(command)
    return command


@click.command()
@common.settings_options
@click.option("--house", type=click.Choice(["own", "large", "club"]), help="Ours, or an example to change.")
@_with_numbers
def planner(port: int, data: Path | None, house: str | None, **numbers: float | None) -> None:
    """Print what the lines for holding come to at a staffing, and which lines would do the least harm.

    Without a number it is this house, from its own figures; with one of a house it is the large example, changed.
    """
    from app.reviewing import planner as planning

    given = {name: value for name, value in numbers.items() if value is not None}
    for name in planning.outside(given):
        least, most = planning.LIMITS[name]
        raise click.UsageError(f"--{name.replace('_', '-')}: from {least:g} to {most:g}")
    if house == planning.OWN and (described := sorted(set(given) & set(planning.FIELDS))):
        names = ", ".join(f"--{name.replace('_', '-')}" for name in described)
        raise click.UsageError(f"{names}: --house own has its own figures; `large` and `club` can be changed")
    which = house or ("large" if set(given) & set(planning.FIELDS) else planning.OWN)
    with common.services(port, data) as services, services.db.read() as session:
        found = planning.look(services, session, which, given, services.clock.now())
    if found is None:
        raise click.ClickException(ABSENT)
    _print(found)


def _print(found: Planned) -> None:
    plan, aim = found.plan, found.aim
    if found.known is None:
        click.echo(
            "assumed: " + ", ".join(f"{each.name} {getattr(found.house, each.name):g}" for each in fields(found.house))
        )
    click.echo(f"wanted: {aim.share:.0%} of held posts answered within {aim.minutes:g} minutes")
    click.echo(f"possible at these hours: {plan.reachable:.0%}; room for {plan.room_a_day:.1f} held posts a day")
    outcomes = [("in force", plan.current), ("suggested", plan.suggested)]
    for name, outcome in outcomes if plan.closes else [*outcomes, ("with people enough", plan.unlimited)]:
        _print_outcome(name, outcome, aim.minutes)
    for each in found.situation.labels:
        if each.waits and each.line is not None:
            click.echo(f"\n{each.name} isn't held yet, for the start is a careful one", nl=False)
        elif each.lifted and each.line is not None:
            click.echo(f"\n{each.name} is held from higher up than {each.line:.3g} for a while", nl=False)
    if plan.closes:
        click.echo("\nThe people there are are enough.")
    for label, amount in plan.gives_up.items():
        click.echo(f"\ngiven up for want of people: {amount:.2g} a day of {label}", nl=False)
    if not plan.closes:
        click.echo(f"\nIt would take {_hours(found)} hours a week, at the same times of day, to give nothing up.")
    borrowed = [each.name for each in found.situation.labels if each.borrowed]
    if borrowed and found.known is None:
        click.echo(f"Borrowed from the model's card, for want of decisions: {', '.join(borrowed)}.")
    if found.known is not None:
        _print_scores(found.known)
        _print_paces(found.known)


def _hours(found: Planned) -> str:
    """So many hours a week give nothing up."""
    from moderation.planning.plans import MOST_PEOPLE

    people = found.plan.people
    more = "more than " if math.isinf(people) else ""
    return f"{more}{found.situation.staffing.hours_a_week * min(people, MOST_PEOPLE):.0f}"


def _print_scores(known: Known) -> None:
    """What is reckoned with in place of the model's scores."""
    from moderation.planning.plans import Z

    click.echo(f"\nwhat a score of .5 means here, by what people decided of posts that {known.version} judged:")
    for label, curve in known.curves.items():
        low, high = curve.between(0.5, Z)
        click.echo(f"  {label:12} {curve.means(0.5):.2f} ({low:.2f} - {high:.2f}), {curve.decided} decisions")
    alarm, overlooked, samples = known.errors.false_alarm, known.errors.overlooked, known.samples
    click.echo(
        f"  people take {alarm.mean:.1%} of harmless posts for harmful, and let {overlooked.mean:.1%} of harmful "
        f"ones be; of {samples.harmful} samples found harmful another has read {samples.twice}, and agreed on "
        f"{samples.agreed}"
    )
    if known.others:
        click.echo(f"  {known.others} posts that other versions judged tell how many come, and no more")


def _print_paces(known: Known) -> None:
    if not known.paces.cases:
        click.echo(
            f"\na case takes {known.busy_seconds:.0f} s at most: hours worked by cases decided. Too few were taken and "
            "decided one by one, so people count as busy all that time; how much more they could do isn't known"
        )
        return
    click.echo(
        f"\na case takes {known.paces.mean:.0f} s in hand, on average of {known.paces.cases} cases, without breaks; "
        f"hours worked by cases decided, gaps of up to five minutes included, are {known.busy_seconds:.0f} s"
    )
    for each in known.paces.groups:
        said = f"{each.by.value} {each.word or '(none)'}"
        click.echo(f"  {said:24} {each.cases:5} cases, half within {each.median:.0f} s, reckoned x {each.factor:.2f}")


def _print_outcome(name: str, outcome: Outcome, minutes: float) -> None:
    waits, half = outcome.waits, outcome.waits.quantile(0.5)
    answer = "falling behind" if waits.falls_behind else "more than a week" if half is None else f"{half:.0f} min"
    click.echo(
        f"\n{name}: {outcome.held_a_day:.3g} held a day, half answered within {answer}, "
        f"{waits.share_within(minutes):.0%} in time, {waits.load:.0%} of people's time, "
        f"{outcome.ended_a_day:.3g} holds a day end unanswered"
    )
    for label, line in outcome.lines.items():
        missed = outcome.missed[label]
        held = "never held" if line is None else f"held from {line:.3g}"
        click.echo(f"  {label:12} {held:16} missed a day {missed.a_day:.3g} ({missed.low:.3g} - {missed.high:.3g})")
    wrong = outcome.wrongly_held
    click.echo(
        f"  wrongly held a day {wrong.a_day:.3g} ({wrong.low:.3g} - {wrong.high:.3g}), "
        f"of {outcome.wronged_authors:.3g} authors"
    )
