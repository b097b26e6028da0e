"""`ostiary hashes`: lists of hashes of files and pictures that aren't to be shown, or not without a look."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, TextIO

import click

from moderation.listed.tables import HashKind, ListSeverity
from moderation.policy.parsing import LABEL_NAMES
from workers.cli.common import services, settings_options

BY = "command line"
_KIND = click.Choice([kind.value for kind in HashKind])


@click.group()
def hashes() -> None:
    """Listed hashes: files and pictures that people have put on a list."""


@hashes.command("lists")
@settings_options
def lists(port: int, data: Path | None) -> None:
    """Print every list: name, severity, label, how many hashes, whether it's on."""
    from moderation.listed import bank

    with services(port, data) as made, made.db.read() as session:
        for each in bank.lists(session, made.clock.now()):
            state = "off" if each.row.off_at else "on"
            click.echo(f"{each.row.name}\t{each.row.severity.value}\t{each.row.label}\t{each.total}\t{state}")


@hashes.command()
@click.argument("name")
@click.option("--severity", type=click.Choice([each.value for each in ListSeverity]), required=True)
@click.option("--label", type=click.Choice(list(LABEL_NAMES)), default="sexual", show_default=True)
@click.option("--origin", default="", help="Where its hashes come from.")
@settings_options
def make(name: str, severity: str, label: str, origin: str, port: int, data: Path | None) -> None:
    """Make a list."""
    from moderation.errors import RefusedError
    from moderation.listed import bank

    with services(port, data) as made, made.db.write() as session:
        try:
            row = bank.make(session, name, ListSeverity(severity), label, origin, BY, made.clock.now())
        except RefusedError as error:
            raise click.ClickException(error.safe) from error
        click.echo(f"{row.name}: {row.severity.value}")


@hashes.command("import")
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--kind", type=_KIND, help="What hashes of 64 digits are whose line doesn't say.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@settings_options
def take(name: str, file: TextIO, kind: str | None, dry_run: bool, port: int, data: Path | None) -> None:
    """Put a file's hashes on a list: all valid lines at once; each refused line is printed with its reason."""
    from moderation.errors import NotFoundError
    from moderation.listed import bank, sheets

    sheet = sheets.parse(file.read(), HashKind(kind) if kind else None)
    with services(port, data) as made, made.db.write() as session:
        try:
            row = bank.named(session, name)
        except NotFoundError as error:
            raise click.ClickException(error.safe) from error
        added = 0 if dry_run else bank.add(session, row, sheet.entries, BY, made.clock.now())
    for refusal in sheet.refused:
        click.echo(f"line {refusal.line} refused: {refusal.reason}: {refusal.text}")
    said = f"{len(sheet.entries)} would be listed" if dry_run else f"{added} added of {len(sheet.entries)}"
    click.echo(f"{said}, {len(sheet.refused)} refused")


@hashes.command()
@click.argument("name")
@settings_options
def export(name: str, port: int, data: Path | None) -> None:
    """Print a list as CSV."""
    from moderation.errors import NotFoundError
    from moderation.listed import bank, sheets

    with services(port, data) as made, made.db.read() as session:
        try:
            rows = bank.whole(session, bank.named(session, name))
        except NotFoundError as error:
            raise click.ClickException(error.safe) from error
        click.echo(sheets.write(rows), nl=False)


@hashes.command()
@click.argument("file", type=click.File("rb"))
@settings_options
def check(file: BinaryIO, port: int, data: Path | None) -> None:
    """Say by which hashes a file would be known, and on which lists it stands."""
    from app.media import process, seeing
    from app.media.process import NotDrawnError
    from app.media.shapes import Shape
    from moderation.listed import matching
    from moderation.policy import store
    from moderation.values import Media

    body = file.read()
    try:
        glimpses = process.draw(body, Shape.PICTURE).glimpses
    except NotDrawnError:
        glimpses = ()
    seen = seeing.see(seeing.digests(body), glimpses)
    for kind, digest in zip(("md5", "sha1", "sha256"), seen.digests, strict=True):
        click.echo(f"{kind}\t{digest}")
    for picture in seen.pictures:
        click.echo(f"pdq\t{picture.bits[0]}\tquality {picture.quality}")
    media = Media("file", digests=seen.digests, pictures=seen.pictures)
    with services(port, data) as made, made.db.read() as session:
        rule = store.current(session).pictures
        found = matching.find(session, [media], matching.BankCache(), rule, made.clock.now()).get(media, ())
    for match in found:
        turned = ", turned" if match.turned else ""
        click.echo(
            f"on {match.list_name}\t{match.severity.value}\t{match.kind.value}, distance {match.distance}{turned}"
        )
    if not found:
        click.echo("on no list")
