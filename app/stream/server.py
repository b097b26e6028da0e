"""The stream process: the endpoints under granian's embedded server, in one process with one event loop."""

from __future__ import annotations

import asyncio
import resource
import signal

import structlog
from granian.constants import Interfaces
from granian.server.embed import Server
from redis.asyncio import Redis

from app.media.endpoints import MediaEndpoints
from app.services import Services
from app.stores.heartbeats import Beating
from app.stream.endpoints import Streaming
from app.stream.hub import Hub
from app.stream.rendering import Rendering

log = structlog.get_logger()
THREADS = 4
MOST_CONNECTIONS = 20_000
"""What the server lets in at once: each is one that stays. Left alone it is 128, and the next one hangs."""
BACKLOG = 1024


def serve(services: Services, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    beating = Beating(services.redis, "stream")
    beating.start()
    try:
        asyncio.run(_until_a_signal(services, host, port))
    finally:
        beating.stop()


async def _until_a_signal(services: Services, host: str, port: int) -> None:
    over = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sig, over.set)
    await run(services, host, port, over)


async def run(services: Services, host: str, port: int, over: asyncio.Event) -> None:
    """Serve until `over`."""
    redis = Redis.from_url(services.settings.redis_url)
    hub = Hub(redis)
    hub.start()
    threads = asyncio.Semaphore(THREADS)
    streaming = Streaming(hub, Rendering(services), threads)
    application = streaming.application(MediaEndpoints(services, threads).routes())
    _open_many_files()
    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        backlog=BACKLOG,
        backpressure=MOST_CONNECTIONS,
    )
    serving = asyncio.create_task(server.serve(), name="granian")
    waiting = asyncio.create_task(over.wait())
    log.info("stream_started", host=host, port=port)
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    await hub.stop()
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
    await serving
    waiting.cancel()
    await redis.aclose()
    log.info("stream_stopped")


def _open_many_files() -> None:
    """Each connection is a file: as many as this process may have, which is more than it has at first."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
