"""The stream process: the endpoints under uvicorn, in one process with one event loop (docs/adr/0030)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import signal
from collections.abc import Iterator

import structlog
import uvicorn
from redis.asyncio import Redis
from starlette.types import ASGIApp

from app.media.endpoints import MediaEndpoints
from app.services import Services
from app.stores.heartbeats import Beating
from app.stream.endpoints import Streaming
from app.stream.hub import MOST_LISTENERS, Hub
from app.stream.protocols import Http, WebSocket
from app.stream.rendering import Rendering
from app.stream.shutting_out import ShuttingOut

log = structlog.get_logger()
THREADS = 4
MOST_CONNECTIONS = MOST_LISTENERS + 1000
"""Those who listen, and some who look at pictures; who comes after them is told to come again."""
BACKLOG = 1024
LARGEST_MESSAGE = 64 * 1024
PING_SECONDS = 30.0
STOP_SECONDS = 3


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
    working = hub.start()
    threads = asyncio.Semaphore(THREADS)
    streaming = Streaming(hub, Rendering(services), threads)
    _open_many_files()
    application = streaming.application(MediaEndpoints(services, threads).routes())
    server = _server(ShuttingOut(application, services), host, port)
    serving = asyncio.create_task(server.serve(), name="uvicorn")
    waiting = asyncio.create_task(over.wait(), name="over")
    log.info("stream_started", host=host, port=port)
    await asyncio.wait({serving, waiting, *working}, return_when=asyncio.FIRST_COMPLETED)
    broken = [task for task in working if task.done()]
    await hub.stop()
    server.should_exit = True
    await serving
    await _let_go_of_the_rest(server)
    waiting.cancel()
    await redis.aclose()
    log.info("stream_stopped")
    await asyncio.gather(*broken)  # raises what broke it; whoever watches this process starts it anew


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are this module's."""
        yield


def _server(application: ASGIApp, host: str, port: int) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            interface="asgi3",
            lifespan="off",
            http=Http,
            ws=WebSocket,
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # each connection would keep a window, and what is sent is short
            ws_ping_interval=PING_SECONDS,
            ws_ping_timeout=PING_SECONDS,
            log_config=None,
            log_level=logging.WARNING,  # below it addresses are logged, with the tokens in them
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )


async def _let_go_of_the_rest(server: uvicorn.Server) -> None:
    """Whoever doesn't read would be waited for without an end."""
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    await asyncio.sleep(0)  # the loop closes them


def _open_many_files() -> None:
    """Each connection is a file: as many as this process may have, which is more than it has at first."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
