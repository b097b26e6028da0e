"""`ostiary transparency`: what the house owes the public, as files."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from workers.cli.common import services, settings_options

BY = "command line"


@click.group()
def transparency() -> None:
    """What the house owes the public, as files."""


@transparency.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day (UTC).")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day, included (UTC).")
@settings_options
def export(file: Path, first: datetime, last: datetime, port: int, data: Path | None) -> None:
    """Write statements of reasons for the DSA's transparency database: calls of a hundred, without personal data."""
    from app.instance import statements

    if last < first:
        raise click.ClickException("--to is before --from")
    since, until = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1)
    with services(port, data) as made:
        found = statements.export(made, since, until, BY)
        file.write_text(json.dumps(found.document(made.settings.domain), indent=1, ensure_ascii=False) + "\n")
    exempt = sum(found.exempt.values())
    click.echo(f"{found.statements} statements in {len(found.calls)} calls, {exempt} exempt, written to {file}")
    for puid, wrong in found.refused.items():
        click.echo(f"left out {puid}: {'; '.join(wrong)}", err=True)
    if found.refused:
        raise click.exceptions.Exit(1)
