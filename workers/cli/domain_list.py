"""`ostiary domain published`: our own list as others read it, and who may."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.instance.our_list import Reader
from workers.cli.common import services, settings_options

BY = "command line"
FORMS = ("csv", "json", "fires")


@click.command()
@click.option("--format", "form", type=click.Choice(FORMS), help="Print the list.")
@click.option(
    "--readers",
    type=click.Choice([*(one.value for one in Reader), "nobody"]),
    multiple=True,
    help="Say who may read it, one or more.",
)
@settings_options
def published(form: str | None, readers: tuple[str, ...], port: int, data: Path | None) -> None:
    """Our list as others read it: rules with a public comment, and who may read them."""
    from app.instance import our_list
    from moderation.domains import exporting, fires, publishing

    if "nobody" in readers and len(readers) > 1:
        raise click.UsageError("nobody stands alone")
    with services(port, data) as made:
        if readers:
            our_list.choose(made, BY, [Reader(one) for one in readers if one != "nobody"])
        with made.db.read() as session:
            allowed = our_list.readers(session)
            rules, back = publishing.in_force(session), publishing.retracted(session)
            records, latest = publishing.snapshot(session), publishing.latest(session)
    if form == "csv":
        click.echo(exporting.published(rules), nl=False)
    elif form == "json":
        click.echo(json.dumps([exporting.told(each) for each in (*rules, *back)], ensure_ascii=False, indent=1))
    elif form == "fires":
        home = f"{made.settings.base_url}/about/blocks"
        click.echo(json.dumps(fires.snapshot(home, records, latest), ensure_ascii=False, indent=1))
    else:
        words = ", ".join(one.value for one in Reader if one in allowed) or "nobody"
        click.echo(f"{len(rules)} rules, {len(back)} taken back; read by {words}")
