"""`ostiary preserve`: orders of courts, authorities and lawyers that something be kept, and what lies sealed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from workers.cli.common import services, settings_options

BY = "command line"
KINDS = ("account", "post", "case", "domain")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def preserve() -> None:
    """Orders to preserve: what they reach is purged by nothing until they end."""


@preserve.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("target")
@click.option("--ordered-by", required=True, help="The court, authority or lawyer.")
@click.option("--reference", default="", help="Their reference.")
@click.option("--jurisdiction", default="", help="Whose law: a country's code, for instance.")
@click.option("--from", "begins", type=_DAY, help="The first day (UTC); now if not given.")
@click.option("--until", "ends", type=_DAY, help="The day on which it ends (UTC); until lifted if not given.")
@settings_options
def add(
    kind: str,
    target: str,
    ordered_by: str,
    reference: str,
    jurisdiction: str,
    begins: datetime | None,
    ends: datetime | None,
    port: int,
    data: Path | None,
) -> None:
    """Write an order down: an account (@name), a post (its address), a case (its number), or a domain."""
    from app.preservation import making
    from moderation.preservation.orders import Order
    from moderation.preservation.tables import OrderKind

    with services(port, data) as made:
        order = Order(OrderKind(kind), target, ordered_by, reference, jurisdiction, _utc(begins), _utc(ends))
        row = making.make(made, order, BY)
        click.echo(f"order {row.id}: {row.kind.value} {row.target}, until {_day(row.ends_at)}")


@preserve.command()
@click.argument("number", type=int)
@click.option("--why", required=True)
@settings_options
def lift(number: int, why: str, port: int, data: Path | None) -> None:
    """End an order; what it alone kept goes with the next purge."""
    from app.preservation import making

    with services(port, data) as made:
        row = making.lift(made, number, BY, why)
        click.echo(f"order {row.id}: lifted")


@preserve.command()
@click.argument("number", type=int)
@click.option("--until", "ends", type=_DAY, help="The new day on which it ends (UTC); until lifted if not given.")
@click.option("--why", required=True)
@settings_options
def extend(number: int, ends: datetime | None, why: str, port: int, data: Path | None) -> None:
    """Give an order another end."""
    from app.preservation import making

    with services(port, data) as made:
        row = making.change_end(made, number, _utc(ends), BY, why)
        click.echo(f"order {row.id}: until {_day(row.ends_at)}")


@preserve.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print every order: number, what, by whom, reference, from, until, lifted."""
    from moderation.preservation import orders

    with services(port, data) as made, made.db.read() as session:
        for row in orders.listed(session):
            named = f"{row.id}\t{row.kind.value} {row.target}\t{row.ordered_by}\t{row.reference}\t{row.jurisdiction}"
            lifted = f"lifted {_day(row.lifted_at)}" if row.lifted_at else ""
            click.echo(f"{named}\t{_day(row.begins_at)}\t{_day(row.ends_at)}\t{lifted}")


@preserve.command()
@settings_options
def copies(port: int, data: Path | None) -> None:
    """Print what was deleted and lies sealed: number, kind, address, when, SHA-256."""
    from app.preservation import copies as kept

    with services(port, data) as made, made.db.read() as session:
        for row in kept.listed(session):
            click.echo(f"{row.id}\t{row.kind.value}\t{row.uri}\t{row.made_at.isoformat()}\t{row.sha256}")


@preserve.command("open")
@click.argument("number", type=int)
@click.option("--why", required=True, help="Stands in the log.")
@settings_options
def reveal(number: int, why: str, port: int, data: Path | None) -> None:
    """Print a sealed copy as JSON, to be handed over."""
    from app.preservation import copies as kept

    with services(port, data) as made:
        click.echo(json.dumps(kept.opened(made, number, BY, why), ensure_ascii=False, indent=2))


def _utc(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else "lifted"
