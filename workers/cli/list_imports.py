"""`ostiary domain imports`: lists that were taken by hand, and undoing one."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options

BY = "command line"


@click.group("imports")
def imports() -> None:
    """Lists that were taken by hand, each of which can be undone in one step."""


@imports.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print the lists that were taken, the latest first."""
    from app.reviewing.list_imports import MOST
    from moderation.domains import imports as taken

    with services(port, data) as made, made.db.read() as session:
        rows = taken.taken(session, MOST)
    for row in rows:
        undone = f"undone {row.undone_at:%Y-%m-%d %H:%M} UTC by {row.undone_by}" if row.undone_at else "in force"
        click.echo(f"{row.id}\t{row.taken_at:%Y-%m-%d %H:%M} UTC\t{row.taken_by}\t{row.rules} rules\t{undone}")


@imports.command()
@click.argument("number", type=int)
@click.option("--dry-run", is_flag=True, help="Say what would come back, and change nothing.")
@settings_options
def undo(number: int, dry_run: bool, port: int, data: Path | None) -> None:
    """Undo a list: its rules go back to what was before it, except where somebody had another word since."""
    from app.accounts import marking
    from app.reviewing import list_imports
    from workers.cli.domains import tell

    with services(port, data) as made:
        with made.db.read() as session:
            found = list_imports.foresee(made, session, number)
        done = found.undoing
        if not dry_run:
            done = list_imports.undo_as(made, BY, number)
            marking.work(made, tell)
    for each in done.kept:
        click.echo(f"{each.domain} kept: {each.what} by {each.by}, {each.at:%Y-%m-%d %H:%M} UTC")
    would = "would be " if dry_run else ""
    click.echo(f"{len(done.lifted)} {would}lifted, {len(done.put_back)} {would}put back, {len(done.kept)} kept")
    offered = found.offered
    click.echo(
        f"{offered.members} members are offered {offered.follows} follows back"
        if offered.follows
        else "no follows ended"
    )
