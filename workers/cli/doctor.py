"""`ostiary doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import settings, settings_options


@click.command()
@settings_options
def doctor(port: int, data: Path | None) -> None:
    """Look at settings, stores, disk, clock, model, log, queues and holds; exits 1 when something is wrong."""
    from workers import checkup

    given = settings(port, data)
    answers = [(name, check(given)) for name, check in checkup.CHECKS]
    for name, answer in answers:
        click.echo(f"{'ok   ' if answer.well else 'WRONG'} {name}: {answer.text}")
    if not all(answer.well for _, answer in answers):
        raise SystemExit(1)
