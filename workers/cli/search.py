"""`ostiary search`: the index of what posts say."""

from __future__ import annotations

from pathlib import Path

import click

from workers.cli.common import services, settings_options


@click.group()
def search() -> None:
    """The index of what posts say."""


@search.command()
@settings_options
def rebuild(port: int, data: Path | None) -> None:
    """Make the index anew from the posts, newest first; the server may run meanwhile."""
    from app.search import index

    done, below = 0, None
    with services(port, data) as made:
        while True:
            written, below = index.rebuild(made, below)
            done += written
            if below is None:
                break
    click.echo(f"{done} posts are in the index.")
