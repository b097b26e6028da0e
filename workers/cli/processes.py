"""`ostiary run`, and one process each: `web`, `stream`, `worker`, `scheduler`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.stores.jobs import QUEUES
from workers.cli.common import one_line, settings, settings_options

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")


@click.command()
@settings_options
@host_option
@click.option("--demo", is_flag=True, help="Fill an empty server with members, posts and a small queue.")
@click.option("--workers", "web_workers", default=1, show_default=True, help="How many web processes.")
def run(port: int, data: Path | None, host: str, demo: bool, web_workers: int) -> None:
    """Run everything on this machine; one Ctrl-C stops all of it."""
    from app import logs
    from workers import supervisor
    from workers.valkey import ValkeyError

    logs.configure("supervisor")
    environment = dict(os.environ)  # noqa: TID251 - handed on to the children, who read their own settings
    given = supervisor.Run(settings(port, data), host, port, demo, environment, click.echo, web_workers)
    try:
        supervisor.run(given)
    except (supervisor.RunError, ValkeyError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@settings_options
@host_option
@click.option("--workers", default=1, show_default=True, help="How many processes.")
@click.option("--threads", type=int, help="Threads of each process; the default was measured.")
def web(port: int, data: Path | None, host: str, workers: int, threads: int | None) -> None:
    """Serve pages, APIs and inboxes."""
    from app import logs
    from workers import web as server

    logs.configure("web")
    server.serve(settings(port, data), host, port, workers, threads or server.THREADS)


@click.command()
@settings_options
@host_option
@click.option("--stream-port", type=int, help="Where to listen (--port + 1).")
def stream(port: int, data: Path | None, host: str, stream_port: int | None) -> None:
    """Serve the streaming API."""
    from app import logs
    from app.stream import server

    logs.configure("stream")
    server.serve(settings(port, data), host, stream_port or port + 1)


@click.command()
@settings_options
@click.option("--queue", "queues", multiple=True, type=click.Choice(QUEUES), help="Only this queue; may be repeated.")
def worker(port: int, data: Path | None, queues: tuple[str, ...]) -> None:
    """Work on what waits: received activities, fan-out, deliveries, mail."""
    from app import logs
    from app.wiring import make_services
    from workers import worker as working

    logs.configure("worker")
    working.serve(make_services(settings(port, data)), queues or QUEUES)


@click.command()
@settings_options
def scheduler(port: int, data: Path | None) -> None:
    """Ask for what is due: one for each installation (`run` has its own)."""
    from app import logs
    from workers import scheduler as scheduling
    from workers.stopping import until_stopped

    logs.configure("scheduler")
    scheduling.serve(settings(port, data), until_stopped())


@click.command()
@settings_options
@click.option("--demo", is_flag=True, help="Fill an empty server with members, posts and a small queue.")
def prepare(port: int, data: Path | None, demo: bool) -> None:
    """Migrate, settle the domain, make the first admin's link (`run` does it by itself)."""
    import logging

    from app import logs
    from app.wiring import make_services
    from workers import prepare as preparing

    logs.configure("prepare", level=logging.WARNING)
    services = make_services(settings(port, data))
    with one_line():
        preparing.prepare(services, click.echo, demo=demo)
