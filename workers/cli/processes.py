"""`ostiary run`, and one process each: `web`, `stream`, `worker`, `scheduler`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from app.stores.jobs import QUEUES
from workers import machine
from workers.cli.common import one_line, settings, settings_options

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")


class _Processes(click.ParamType[int]):
    """A number of processes; `auto` is what fits this machine."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto":
            return machine.web_processes()
        return click.IntRange(min=1).convert(value, param, ctx)


web_workers_option = click.option(
    "--workers",
    "web_workers",
    type=_Processes(),
    default="auto",
    show_default=True,
    help="How many web processes; auto: two where there are two cores and 2 GB of memory, else one.",
)


@click.command()
@settings_options
@host_option
@click.option("--demo", is_flag=True, help="Fill an empty server with members, posts and a small queue.")
@web_workers_option
def run(port: int, data: Path | None, host: str, demo: bool, web_workers: int) -> None:
    """Run everything on this machine; one Ctrl-C stops all of it."""
    given_settings = settings(port, data)
    _begin_again_with(given_settings.data_dir)
    from app import logs
    from workers import supervisor
    from workers.valkey import ValkeyError

    logs.configure("supervisor")
    given = supervisor.Run(given_settings, host, port, demo, click.echo, web_workers)
    try:
        supervisor.run(given)
    except (supervisor.RunError, ValkeyError) as error:
        raise click.ClickException(str(error)) from error


def _begin_again_with(data: Path) -> None:
    """Start this program anew with what must stand in its environment from the first moment."""
    from workers.running import environment

    wanted = environment(data)
    there = dict(os.environ)  # noqa: TID251 - not settings: how Python and its libraries use memory
    (data / "metrics").mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(there.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, sys.orig_argv, there | wanted)  # noqa: S606


@click.command()
@settings_options
@host_option
@click.option("--workers", default=1, show_default=True, help="How many processes.")
@click.option("--threads", type=int, help="Threads of each process; the default was measured.")
def web(port: int, data: Path | None, host: str, workers: int, threads: int | None) -> None:
    """Serve pages, APIs and inboxes."""
    from workers import web as server

    server.serve(settings(port, data), host, port, workers, threads or server.THREADS)


@click.command()
@settings_options
@host_option
@click.option("--stream-port", type=int, help="Where to listen (--port + 1).")
def stream(port: int, data: Path | None, host: str, stream_port: int | None) -> None:
    """Serve the streaming API."""
    from workers import stream as server

    server.start(settings(port, data), host, stream_port or port + 1)


@click.command()
@settings_options
@click.option("--queue", "queues", multiple=True, type=click.Choice(QUEUES), help="Only this queue; may be repeated.")
def worker(port: int, data: Path | None, queues: tuple[str, ...]) -> None:
    """Work on what waits: received activities, fan-out, deliveries, mail."""
    from workers import worker as working

    working.start(settings(port, data), queues or QUEUES)


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
