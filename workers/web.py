"""The web process: granian's WSGI server over the Flask application; the choice is measured in docs/adr."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable
from functools import partial
from typing import Any

from app.settings import Settings

THREADS = 4
PRELOADED = ("app.factory", "app.wiring", "app.blueprints")


def serve(settings: Settings, host: str, port: int, workers: int, threads: int = THREADS) -> None:
    """Serve until SIGTERM. The modules are imported before granian forks, so that its processes share them."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    from app import logs

    logs.configure("web")
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    Granian(
        "ostiary",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        http=HTTPModes.http1,
        backlog=1024,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_dictconfig={"version": 1, "disable_existing_loggers": False},
    ).serve(target_loader=partial(_load, settings))


def _load(settings: Settings, _target: str) -> Callable[..., Any]:
    """The WSGI application, made inside granian's worker: connections must not be shared over a fork."""
    from app import logs
    from app.factory import create_app
    from app.parentage import die_with_parent
    from app.wiring import make_services

    die_with_parent()
    logs.configure("web")
    return create_app(make_services(settings))
