"""`ostiary domain published` and `purge`: our own list as others read it; what a suspended server left here."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.instance.our_list import Reader
from workers.cli.common import services, settings_options

if TYPE_CHECKING:
    from app.purging.domains import Foreseen

BY = "command line"
NOT_SUSPENDED = "it isn't suspended by a rule: only a suspended server's data can be purged"
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


@click.command()
@click.argument("name")
@click.option("--order", is_flag=True, help="Order it. It begins in ten minutes; nothing brings back what it deletes.")
@click.option("--call-off", is_flag=True, help="What isn't gone yet stays.")
@settings_options
def purge(name: str, order: bool, call_off: bool, port: int, data: Path | None) -> None:
    """Count what purging a suspended domain's data would take; with --order, have it done."""
    from app.purging import domains
    from moderation.domains.names import canonical
    from moderation.errors import BadDomainError

    try:
        domain = canonical(name)
    except BadDomainError as error:
        raise click.ClickException(f"{name}: {error}") from error
    with services(port, data) as made:
        if order:
            domains.order(made, domain, BY, domain)
        elif call_off:
            domains.call_off(made, domain, BY)
        with made.db.read() as session:
            found = domains.foresee(session, domain, made.clock.now())
            rows = domains.of(session, domain)
    if found.may_from is None and not rows:
        raise click.ClickException(f"{domain}: {NOT_SUSPENDED}")
    _foreseen(found, made.clock.now())
    for row in rows:
        gone = ", ".join(f"{where} {count}" for where, count in sorted(row.gone.items()))
        of = row.foreseen["people"] + row.foreseen["kept_people"]
        click.echo(f"{row.id}\t{row.state.value}\t{row.ordered_by}\t{row.people_done} of {of} people\t{gone}")
        for each in row.kept:
            click.echo(f"\tkept\t{each['what']}\t{each.get('uri', each.get('count'))}")


def _foreseen(found: Foreseen, now: datetime) -> None:
    if found.may_from is None:
        click.echo(NOT_SUSPENDED)
        return
    click.echo(f"would go: {found.people} profiles, {found.posts} posts, {found.follows} follows, {found.likes} likes")
    click.echo(f"would stay: {found.kept_people} profiles, {found.kept_posts} posts, {found.sealed_cases} sealed cases")
    if found.may_from > now:
        click.echo(f"possible from {found.may_from:%Y-%m-%d} on")
