"""`ostiary domain lists`: lists of servers that are followed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from moderation.domains.planning import BOUNDS
from moderation.values import Severity
from workers.cli.common import services, settings_options
from workers.cli.servers import printable

if TYPE_CHECKING:
    from app.reviewing.followed_lists import Wish
    from app.services import Services

BY = "command line"
_SEVERITIES = click.Choice([one.value for one in Severity])
_BOUNDS = click.Choice([*(one.value for one in BOUNDS), "all"])


def _wishes(command: Any) -> Any:
    """The options of how a list is followed; what isn't given stays as it is."""
    for option in (
        click.option("--name", help="What it is called here."),
        click.option("--priority", type=int, help="Where lists disagree the greater one's word counts."),
        click.option("--at-once/--looked-at", default=None, help="Do what it says at once, or after somebody's look."),
        click.option("--unsaid", type=_SEVERITIES, help="What rows mean that don't say."),
        click.option("--at-most", type=_BOUNDS, help="The most that it may do."),
        click.option("--together", type=int, help="So many of the lists must name a domain before this one counts."),
        click.option("--spare-followed/--no-spare-followed", default=None, help="Silence where members follow people."),
        click.option("--adopts/--no-adopts", default=None, help="Take over rules of lists that aren't followed."),
        click.option("--exclude", "excludes", multiple=True, help="A domain that it never touches; one or more."),
        click.option("--exclude-none", is_flag=True, help="It may touch every domain."),
    ):
        command = option(command)
    return command


@click.group()
def lists() -> None:
    """Lists of servers that are followed: suggestions, asked four times a day."""


@lists.command()
@click.argument("url")
@_wishes
@settings_options
def follow(url: str, port: int, data: Path | None, **wanted: Any) -> None:
    """Follow the list at a URL. Nothing of it is done before somebody has looked, unless --at-once."""
    from app.reviewing import followed_lists
    from app.reviewing.followed_lists import Wish

    with services(port, data) as made:
        wish = _wish(Wish(wanted["name"] or url[:120], url), wanted)
        number = followed_lists.follow_as(made, BY, wish)
        _show(made, number)


@lists.command("list")
@settings_options
def show_all(port: int, data: Path | None) -> None:
    """Print them, the one whose word counts most first."""
    from moderation.domains import following

    with services(port, data) as made:
        with made.db.read() as session:
            numbers = [row.id for row in following.followed(session)]
        for number in numbers:
            _show(made, number)


@lists.command("set")
@click.argument("number", type=int)
@_wishes
@settings_options
def change(number: int, port: int, data: Path | None, **wanted: Any) -> None:
    """Follow a list otherwise: excludes, thresholds, bounds; what isn't given stays."""
    from app.reviewing import followed_lists
    from moderation.domains import following

    with services(port, data) as made:
        with made.db.read() as session:
            before = followed_lists.wish_of(following.one(session, number))
        followed_lists.change_as(made, BY, number, _wish(before, wanted))
        _show(made, number)


@lists.command()
@click.argument("number", type=int)
@click.option("--lift", is_flag=True, help="Lift its rules; else they stay as the house's own.")
@settings_options
def drop(number: int, lift: bool, port: int, data: Path | None) -> None:
    """Follow a list no longer."""
    from app.reviewing import followed_lists

    with services(port, data) as made:
        followed_lists.unfollow_as(made, BY, number, keeps=not lift)
    click.echo(f"{number}: not followed any more, its rules are {'lifted' if lift else 'kept'}")


@lists.command()
@click.argument("number", type=int)
@settings_options
def fetch(number: int, port: int, data: Path | None) -> None:
    """Ask a list now."""
    from app.reviewing import followed_lists

    with services(port, data) as made:
        followed_lists.ask(made, number)
        _show(made, number)


@lists.command("doubtful")
@click.argument("number", type=int)
@click.option("--lift", is_flag=True, help="Lift it all the same.")
@settings_options
def doubtful_ones(number: int, lift: bool, port: int, data: Path | None) -> None:
    """Print the rows of a list that can't be read, and what stays only because they may name it; with --lift, lift
    that."""
    from app.reviewing import doubtful

    with services(port, data) as made:
        with made.db.read() as session:
            seen = doubtful.look(made, session, number)
        for each in seen.row.unread:
            click.echo(f"row {each['line']} can't be read: {each['reason']}: {printable(each['text'])}")
        more = seen.row.unread_rows - len(seen.row.unread)
        if more:
            click.echo(f"and {more} more")
        for rule in seen.found.lifted:
            click.echo(f"{rule.domain}\t{rule.severity.value}")
        if lift and seen.found.domains:
            doubtful.lift_as(made, BY, number, seen.seen)
    would = "" if lift else " would be"
    of = f"of {len(seen.found.domains)} servers that it may name no longer"
    click.echo(f"{len(seen.found.lifted)} rules{would} lifted, {of}")


@lists.command()
@click.argument("number", type=int, required=False)
@click.option("--apply", is_flag=True, help="Do it.")
@click.option("--decline", multiple=True, help="Leave a domain of it for good; one or more.")
@settings_options
def changes(number: int | None, apply: bool, decline: tuple[str, ...], port: int, data: Path | None) -> None:
    """Print what the lists, or one of them, would change; with --apply, do it."""
    from app.reviewing import followed_lists
    from moderation.domains.planning import Change

    with services(port, data) as made:
        if decline:
            click.echo(f"{followed_lists.decline_as(made, BY, decline)} left for good")
        with made.db.read() as session:
            found = followed_lists.waiting(session, made.clock.now(), number)
        plan, names = found.proposal.plan, found.proposal.names
        for step in (*plan.of(Change.ADDED), *plan.of(Change.CHANGED)):
            now = step.now.severity.value if step.now else "-"
            spared = "\tmembers follow people there" if step.downgraded else ""
            said = f"{step.draft.domain}\t{now}\t{step.draft.severity.value}\t{names.get(step.draft.source, '')}"
            click.echo(said + spared)
        for rule in found.proposal.lifted:
            click.echo(f"{rule.domain}\t{rule.severity.value}\tlifted\t{names.get(rule.source, '')}")
        for step in plan.of(Change.CONFLICT):
            click.echo(f"{step.draft.domain} left as it is: the list says {step.draft.severity.value}, the house else")
        for step in plan.of(Change.COVERS):
            click.echo(f"{step.draft.domain} left as it is: it covers what no list may touch")
        if apply:
            seen = followed_lists.digest(found.proposal)
            click.echo(f"{followed_lists.agree_as(made, BY, number, seen)} rules changed")
        else:
            lost = f"{found.impact.members} members with {found.impact.followed} follows there"
            click.echo(f"{found.proposal.count} rules would change; {found.impact.posts} posts, {lost}")


def _wish(before: Wish, wanted: dict[str, Any]) -> Wish:
    from app.reviewing import followed_lists

    given = {name: value for name, value in wanted.items() if value is not None and name not in _ASKED_OTHERWISE}
    if wanted["unsaid"]:
        given["unsaid"] = Severity(wanted["unsaid"])
    if wanted["at_most"]:
        given["at_most"] = None if wanted["at_most"] == "all" else Severity(wanted["at_most"])
    if wanted["excludes"] or wanted["exclude_none"]:
        given["excludes"] = tuple(wanted["excludes"])
    return followed_lists.with_wishes(before, given)


_ASKED_OTHERWISE = frozenset(("unsaid", "at_most", "excludes", "exclude_none"))


def _show(made: Services, number: int) -> None:
    from moderation.domains import following
    from moderation.domains.doubtful import note

    with made.db.read() as session:
        row = following.one(session, number)
    said = f"{row.id}\t{row.name}\t{row.url}\t{row.entries} servers\tweight {row.priority}, in at least {row.together}"
    how = "at once" if row.at_once else "looked at first"
    at_most = f", at most {row.at_most}" if row.at_most else ""
    broken = f"\tbroken: {row.error}" if row.error else ""
    click.echo(f"{said}\t{how}{at_most}, {len(row.excludes)} excluded{broken}")
    if row.unread_rows:
        click.echo(f"\t{note(row)}: ostiary domain lists doubtful {row.id}")
