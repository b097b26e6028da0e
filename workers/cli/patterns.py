"""`ostiary pattern`: links, hashtags and names that people made a rule about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from moderation.patterns.tables import PatternKind, PatternSeverity
from moderation.policy.parsing import LABEL_NAMES
from workers.cli.common import services, settings_options

BY = "command line"
_KIND = click.Choice([each.value for each in PatternKind])
_SEVERITY = click.Choice([each.value for each in PatternSeverity])
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def pattern() -> None:
    """Patterns: links, hashtags and names that are held, refused or shown less."""


@pattern.command()
@click.argument("kind", type=_KIND)
@click.argument("what")
@click.option("--severity", type=_SEVERITY, default=PatternSeverity.HOLD.value, show_default=True)
@click.option("--label", type=click.Choice(list(LABEL_NAMES)), default="spam", show_default=True)
@click.option("--note", default="", help="Why, for the crew.")
@click.option("--until", type=_DAY, help="The day on which it ends by itself.")
@settings_options
def add(
    kind: str, what: str, severity: str, label: str, note: str, until: datetime | None, port: int, data: Path | None
) -> None:
    """Add one: a host (with a path), a hashtag or a user name; a star stands for any letters in the latter two."""
    from moderation.patterns import keeping

    ends = until.replace(tzinfo=UTC) if until else None
    draft = keeping.Draft(PatternKind(kind), what, PatternSeverity(severity), label, note, ends)
    with services(port, data) as made, made.db.write() as session:
        row = keeping.add(session, draft, BY, made.clock.now(), made.settings.domain)
        click.echo(f"{row.id}\t{row.kind.value}\t{row.pattern}\t{row.severity.value}")


@pattern.command("list")
@click.option("--kind", type=_KIND)
@settings_options
def show(kind: str | None, port: int, data: Path | None) -> None:
    """Print what holds: number, kind, pattern, severity, label, end."""
    from moderation.patterns import keeping

    with services(port, data) as made, made.db.read() as session:
        for row in keeping.in_force(session, made.clock.now(), PatternKind(kind) if kind else None):
            ends = f"{row.expires_at:%Y-%m-%d}" if row.expires_at else ""
            click.echo(f"{row.id}\t{row.kind.value}\t{row.pattern}\t{row.severity.value}\t{row.label}\t{ends}")


@pattern.command()
@click.argument("number", type=int)
@settings_options
def lift(number: int, port: int, data: Path | None) -> None:
    """End one now."""
    from moderation.patterns import keeping

    with services(port, data) as made, made.db.write() as session:
        row = keeping.lift(session, number, BY, made.clock.now())
        click.echo(f"{row.pattern}: holds no more")


@pattern.command("import")
@click.argument("kind", type=_KIND)
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--severity", type=_SEVERITY, default=PatternSeverity.HOLD.value, show_default=True)
@click.option("--label", type=click.Choice(list(LABEL_NAMES)), default="spam", show_default=True)
@click.option("--note", default="", help="Why, for the crew.")
@click.option("--until", type=_DAY, help="The day on which they end by themselves.")
@settings_options
def take(
    kind: str,
    file: TextIO,
    severity: str,
    label: str,
    note: str,
    until: datetime | None,
    port: int,
    data: Path | None,
) -> None:
    """Add one for each line of a file, in one transaction; each refused line is printed with its reason."""
    from moderation.patterns import keeping

    ends = until.replace(tzinfo=UTC) if until else None
    like = keeping.Draft(PatternKind(kind), "", PatternSeverity(severity), label, note, ends)
    with services(port, data) as made, made.db.write() as session:
        lines = file.read().splitlines()
        added, refused = keeping.add_lines(session, like, lines, BY, made.clock.now(), made.settings.domain)
    for each in refused:
        click.echo(f"line {each.line} refused: {each.reason}: {each.text}")
    click.echo(f"{len(added)} added, {len(refused)} refused")
