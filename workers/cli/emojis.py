"""`ostiary emoji`: the house's custom emojis, added, listed, disabled and deleted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from app.emojis.tables import CustomEmojiRow
    from app.services import Services

BY = "command line"
PICTURES = frozenset((".png", ".gif", ".webp", ".jpg", ".jpeg", ".avif"))


@click.group()
def emoji() -> None:
    """Custom emojis: small pictures that members write by their shortcodes."""


@emoji.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--category", default="", help="Under what clients list them.")
@click.option("--shortcode", default="", help="Of a single file; else each is called as its file.")
@settings_options
def add(files: tuple[Path, ...], category: str, shortcode: str, port: int, data: Path | None) -> None:
    """Add pictures, or whole folders of them. What can't be taken is named, with its reason; the rest is kept."""
    from app.emojis import keeping, shortcodes
    from app.errors import AppError

    found = [path for given in files for path in ([given] if given.is_file() else _pictures(given))]
    if shortcode and len(found) != 1:
        raise click.UsageError("a shortcode is for a single file")
    refused = 0
    with services(port, data) as made:
        for path in found:
            code = shortcode or shortcodes.of_file(path.name)
            try:
                row = keeping.add(made, code, path.read_bytes(), category, BY)
            except AppError as error:
                refused += 1
                click.echo(f"{path}: {error.text}", err=True)
            else:
                click.echo(f":{row.shortcode}:")
    if refused:
        raise click.ClickException(f"{refused} of {len(found)} weren't taken")


@emoji.command("list")
@settings_options
def show(port: int, data: Path | None) -> None:
    """Print every emoji: shortcode, category, whether it's shown, where it was copied from."""
    from app.emojis import keeping

    after: str | None = ""
    with services(port, data) as made, made.db.read() as session:
        while after is not None:
            page = keeping.listed(session, after=after)
            for row in page.rows:
                state = "disabled" if row.disabled_at else "shown"
                click.echo(f":{row.shortcode}:\t{row.category or ''}\t{state}\t{row.copied_from or ''}")
            after = page.after


@emoji.command()
@click.argument("shortcode")
@settings_options
def disable(shortcode: str, port: int, data: Path | None) -> None:
    """Show one nowhere, until it is enabled."""
    from app.emojis import keeping

    _do(keeping.disable, shortcode, port, data)


@emoji.command()
@click.argument("shortcode")
@settings_options
def enable(shortcode: str, port: int, data: Path | None) -> None:
    """Show one again."""
    from app.emojis import keeping

    _do(keeping.enable, shortcode, port, data)


@emoji.command()
@click.argument("shortcode")
@settings_options
def remove(shortcode: str, port: int, data: Path | None) -> None:
    """Delete one for good."""
    from app.emojis import keeping

    _do(keeping.remove, shortcode, port, data)


def _do(what: Callable[[Services, int, str], CustomEmojiRow], shortcode: str, port: int, data: Path | None) -> None:
    from app.emojis import keeping

    with services(port, data) as made:
        with made.db.read() as session:
            number = keeping.named(session, shortcode).id
        row = what(made, number, BY)
    click.echo(f":{row.shortcode}:")


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES and path.is_file())
