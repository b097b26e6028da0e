"""`ostiary replay`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import BinaryIO

import click

from workers.cli.common import services, settings_options


@click.command()
@click.argument("file", type=click.File("rb"))
@settings_options
def replay(file: BinaryIO, port: int, data: Path | None) -> None:
    """Put recorded activities or texts (JSONL) through the door without publishing, or storing, anything."""
    from workers import replaying

    counted: Counter[str] = Counter()
    with services(port, data) as made:
        for one in replaying.replay(made, file):
            click.echo(one.as_json())
            outcome = one.judgement.outcome if one.judgement else None
            counted["refused" if one.judgement is None else outcome.value if outcome else "retry"] += 1
    click.echo(
        ", ".join(f"{name}: {number}" for name, number in sorted(counted.items())) or "nothing to replay", err=True
    )
