"""Logs: one JSON line for each event, with the request's or activity's id, and never a secret.

`bound(request_id=…)` adds names to every line of a stretch of code; the standard library's loggers (granian, rq,
alembic) come out in the same form.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any

import structlog

_SECRET_NAMES = re.compile(r"passw|secret|token|cookie|authori[sz]ation|private_key|session_salt|smtp_url|s3_url", re.I)
_SECRET_TEXT = re.compile(
    r"(?i)(bearer\s+|[?&](?:access_token|refresh_token|token|code|client_secret|password)=)[^\s&\"']+|(://[^/\s:@]+:)[^@\s/]+@"
)
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_QUIET = ("rq.worker", "rq.queue", "rq.job", "httpx", "httpcore", "alembic", "_granian", "websockets")


def configure(process: str, *, level: int = logging.INFO) -> None:
    """Set up this process's logs, to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[structlog.typing.Processor] = [
        _Named(process),
        structlog.processors.format_exc_info,
        without_secrets,
        structlog.processors.JSONRenderer(default=str),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def bound(**names: object) -> AbstractContextManager[None]:
    """Every line logged inside carries these names."""
    return structlog.contextvars.bound_contextvars(**names)


def request_id(given: str | None) -> str:
    """A proxy's id of the request when it looks like one, else a fresh one."""
    return given if given and _REQUEST_ID.match(given) else secrets.token_hex(8)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank what is named like a secret, and what looks like one inside texts."""
    return {name: _clean(name, value) for name, value in event.items()}


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAMES.search(name):
        return "[hidden]"
    if isinstance(value, str):
        return _SECRET_TEXT.sub(lambda m: f"{m.group(1) or m.group(2)}[hidden]{'@' if m.group(2) else ''}", value)
    if isinstance(value, dict):
        return {key: _clean(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", item) for item in value]
    return value


class _Named:
    """Adds the process's name."""

    def __init__(self, process: str) -> None:
        self._process = process

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = self._process
        return event
