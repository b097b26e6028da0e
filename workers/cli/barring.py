"""`ostiary bar`: mail providers, mailboxes and networks from which nobody signs up, or not without a look."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from workers.cli.common import services, settings_options

BY = "command line"
_KIND = click.Choice(["provider", "mailbox", "network"])


@click.group()
def bar() -> None:
    """From where nobody signs up, or not without a look. Who is in already stays."""


@bar.command()
@click.argument("kind", type=_KIND)
@click.argument("what")
@click.option("--look", is_flag=True, help="They may ask, and wait for a yes (providers and networks).")
@click.option("--no-access", is_flag=True, help="Nothing is answered to anybody there (networks).")
@click.option("--comment", default="", help="Why, for the crew (networks).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which it ends by itself (networks).")
@settings_options
def add(
    kind: str,
    what: str,
    look: bool,
    no_access: bool,
    comment: str,
    until: datetime | None,
    port: int,
    data: Path | None,
) -> None:
    """Bar a mail domain with all below it, a mailbox (only a digest is kept), or a network in CIDR notation."""
    from app.barring import keep, spelling
    from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity

    if no_access and (look or kind != "network"):
        raise click.UsageError("--no-access is for a network, and without --look")
    with services(port, data) as made:
        row: BarredMailDomainRow | BarredMailboxRow | BarredNetworkRow
        if kind == "provider":
            row = BarredMailDomainRow(domain=spelling.mail_domain(what), with_approval=look)
        elif kind == "mailbox":
            row = BarredMailboxRow(digest=spelling.mailbox_digest(what))
        else:
            severity = NetworkSeverity.APPROVAL if look else NetworkSeverity.BLOCK
            severity = NetworkSeverity.NO_ACCESS if no_access else severity
            ends = until.replace(tzinfo=UTC) if until else None
            row = BarredNetworkRow(network=spelling.network(what), severity=severity, comment=comment, expires_at=ends)
        done = keep.add_as(made, BY, row)
        click.echo(f"{kind} {done.id}: barred")


@bar.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print all of it: kind, number, what, how."""
    from sqlalchemy import select

    from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow

    with services(port, data) as made, made.db.read() as session:
        for provider in session.scalars(select(BarredMailDomainRow).order_by(BarredMailDomainRow.id)):
            click.echo(f"provider\t{provider.id}\t{provider.domain}\t{'look' if provider.with_approval else 'block'}")
        for box in session.scalars(select(BarredMailboxRow).order_by(BarredMailboxRow.id)):
            click.echo(f"mailbox\t{box.id}\t{box.digest}\tblock")
        for network in session.scalars(select(BarredNetworkRow).order_by(BarredNetworkRow.id)):
            ends = f"{network.expires_at:%Y-%m-%d}" if network.expires_at else ""
            how = {"approval": "look", "block": "block", "no_access": "no access"}[network.severity.value]
            click.echo(f"network\t{network.id}\t{network.network}\t{how}\t{ends}\t{network.comment}")


@bar.command()
@click.argument("kind", type=_KIND)
@click.argument("number", type=int)
@settings_options
def lift(kind: str, number: int, port: int, data: Path | None) -> None:
    """Let one be."""
    from app.barring import keep
    from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow

    kinds: dict[str, type[keep.Barred]] = {
        "provider": BarredMailDomainRow,
        "mailbox": BarredMailboxRow,
        "network": BarredNetworkRow,
    }
    with services(port, data) as made:
        keep.drop_as(made, BY, kinds[kind], number)
    click.echo(f"{kind} {number}: holds no more")
