"""Each request has an id in its answer and on every line that is logged about it, and is counted and timed."""

from __future__ import annotations

import time
from functools import lru_cache

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from app import logs, metrics

HEADER = "X-Request-Id"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Anybody may send any word as a method, and what is counted stays in memory."""
log = structlog.get_logger()


def prepare(app: Flask) -> None:
    """Observe every request of the app."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.request_id = logs.request_id(request.headers.get(HEADER))
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    """The endpoint's name, never its address: addresses hold names, and are without end."""
    endpoint = request.endpoint or "unknown"
    response.headers.setdefault(HEADER, g.get("request_id", ""))
    _requests(endpoint, request.method if request.method in METHODS else "OTHER", response.status_code).inc()
    if "began" in g:
        _seconds(endpoint).observe(time.perf_counter() - g.began)
    if response.status_code >= 500:
        log.error("answered_with_an_error", endpoint=endpoint, status=response.status_code)
    return response


@lru_cache(maxsize=4096)
def _requests(endpoint: str, method: str, status: int) -> Counter:
    """Found once: finding it costs more than counting."""
    return metrics.REQUESTS.labels(endpoint, method, str(status))


@lru_cache(maxsize=1024)
def _seconds(endpoint: str) -> Histogram:
    return metrics.REQUEST_SECONDS.labels(endpoint)


def _forget(_error: BaseException | None) -> None:
    """The thread's next line of log isn't about this request."""
    structlog.contextvars.clear_contextvars()
