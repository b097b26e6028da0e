"""`ostiary purge`: forget what has outlived its time, count it first, and read what was deleted where."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from workers.cli.common import services, settings_options

BY = "command line"


@click.group()
def purge() -> None:
    """Purges: what the job does every six hours, by hand; and the reports of all of them."""


@purge.command("run")
@click.option("--dry-run", is_flag=True, help="Count what would go, and delete nothing.")
@settings_options
def carry_out(dry_run: bool, port: int, data: Path | None) -> None:
    """Forget what has outlived its time: what an order to preserve reaches stays."""
    from app.purging import running
    from app.purging.tables import PurgeKind

    with services(port, data) as made:
        found = running.count(made) if dry_run else running.run(made, PurgeKind.BY_HAND, BY)
        for each in found.gone:
            click.echo(f"{each.store.value}\t{each.where}\t{each.purge}\t{each.count}")
        said = "would go; nothing was deleted" if dry_run else f"went; report {found.report}"
        click.echo(f"{found.rows} {said}")


@purge.command()
@click.option("--last", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many.")
@settings_options
def reports(last: int, port: int, data: Path | None) -> None:
    """Print the latest reports: number, what made it, by whom, about whom, when, how much went."""
    from app.purging import reports as kept

    with services(port, data) as made, made.db.read() as session:
        for row in kept.listed(session, last):
            failed = f"\tfailed: {', '.join(row.failed)}" if row.failed else ""
            said = f"{row.id}\t{row.kind.value}\t{row.by}\t{row.subject or '-'}\t{_second(row.began_at)}"
            click.echo(f"{said}\t{_whole(row.gone)}{failed}")


@purge.command()
@click.argument("number", type=int)
@settings_options
def show(number: int, port: int, data: Path | None) -> None:
    """Print a report as JSON."""
    from app.purging import reports as kept

    with services(port, data) as made, made.db.read() as session:
        row = kept.find(session, number)
        report = {
            "report": row.id,
            "kind": row.kind.value,
            "by": row.by,
            "subject": row.subject,
            "began_at": row.began_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "orders_in_force": row.orders,
            "gone": row.gone,
            "failed": row.failed,
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))


def _whole(gone: Iterable[Mapping[str, Any]]) -> int:
    return sum(int(each["count"]) for each in gone if each["where"] != "bytes")


def _second(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
