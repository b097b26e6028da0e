"""The stream process: app.stream, with this process's services."""

from __future__ import annotations

from app.settings import Settings


def start(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    from app import logs
    from app.stream import server
    from app.wiring import make_services

    logs.configure("stream")
    server.serve(make_services(settings), host, port)
