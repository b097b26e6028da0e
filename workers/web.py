"""The web process: granian's WSGI server over the Flask application; the choice is measured in docs/adr."""

from __future__ import annotations

import gc
import multiprocessing
from functools import partial

from flask import Flask

from app.settings import Settings

THREADS = 4


def serve(settings: Settings, host: str, port: int, workers: int, threads: int = THREADS) -> None:
    """Serve until SIGTERM. The application is made before granian forks, so that its processes share it."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    from app import logs

    logs.configure("web")
    application = _application(settings)
    gc.collect()
    gc.freeze()
    multiprocessing.set_start_method("fork", force=True)  # granian starts its processes by it
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
    ).serve(target_loader=partial(_load, application))


def _application(settings: Settings) -> Flask:
    """The WSGI application, with what the first request would have made of it, and without a connection."""
    from sqlalchemy.orm import configure_mappers

    from app.factory import create_app
    from app.wiring import make_services

    services = make_services(settings)
    application = create_app(services)
    application.url_map.update()
    configure_mappers()
    services.db.dispose()  # connections mustn't be shared over a fork
    services.redis.close()
    return application


def _load(application: Flask, _target: str) -> Flask:
    """In granian's worker."""
    from app import logs
    from app.parentage import die_with_parent

    die_with_parent()
    logs.configure("web")
    return application
