"""Answers of Ostiary's API: JSON from frozen values, lists with a Link header, one shape for errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from app import current
from app.api import naming
from app.errors import AppError, RateLimitedError
from moderation.errors import ClaimedError, ModerationError, StaleError

PREFIX = "/api/ostiary/v1"


def json(data: Any, status: int = 200) -> Response:
    """A JSON answer; dataclasses, times and enumerations are rendered, and colleagues are called as they chose."""
    return Response(orjson.dumps(naming.shown(plain(data))), status=status, mimetype="application/json")


def plain(value: Any) -> Any:
    """Values as JSON's own kinds: ids above 2^53 don't occur here, times are ISO 8601 in UTC, spans are seconds."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def page(items: Sequence[Any], following: str | None) -> Response:
    """A list; `following` is the cursor of the next page."""
    response = json(list(items))
    if following is not None:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        query = urlencode([*kept, ("cursor", following)], errors="replace")
        address = f"{current.services().settings.base_url}{request.path}?{query}"
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


def make(name: str) -> Blueprint:
    """A blueprint of this API."""
    blueprint = Blueprint(f"ostiary_{name}", __name__, url_prefix=PREFIX)
    blueprint.register_error_handler(AppError, _app_error)
    blueprint.register_error_handler(ModerationError, _moderation_error)
    blueprint.register_error_handler(HTTPException, _http_error)
    blueprint.after_request(_private)
    return blueprint


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _error(status: int, text: str, code: str, **more: Any) -> Response:
    return json({"error": text, "error_description": code, **more}, status)


def _app_error(error: AppError) -> Response:
    response = _error(error.status, error.text, error.code)
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _moderation_error(error: ModerationError) -> Response:
    error = naming.told(error)
    if isinstance(error, ClaimedError):
        return _error(409, error.safe, "claimed", holder=error.holder, until=error.until)
    if isinstance(error, StaleError):
        return _error(409, error.safe, "stale", what=error.what, by=error.by, at=error.at, version=error.version)
    return _error(error.status, error.safe, type(error).__name__.removesuffix("Error").lower())


def _http_error(error: HTTPException) -> Response:
    response = _error(error.code or 500, error.name, (error.description or error.name))
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers["Allow"] = value
    return response
