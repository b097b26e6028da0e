"""POST /inbox and /users/NAME/inbox: a delivery goes through the gate, and is answered."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from app import current
from app.current import EXTENSION
from app.errors import AppError, BadRequestError, RateLimitedError, TooLargeError
from app.federation import counters
from app.federation.answers import json_answer
from app.federation.gate import LARGEST_BODY_BYTES, Gate
from app.federation.incoming import signed_request
from app.federation.wire.errors import WireError

blueprint = Blueprint("inbox", __name__)
GATE = "ostiary-inbox-gate"


def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions[GATE] = Gate(state.app.extensions[EXTENSION])


blueprint.record(_prepare)


@blueprint.post("/inbox")
@blueprint.post("/users/<name>/inbox")
def receive(name: str | None = None) -> Response:
    """Take a delivery in: 202 once it is on disk. A personal inbox is the shared one; the activity says for whom."""
    gate = cast(Gate, current_app.extensions[GATE])
    address = request.remote_addr or ""
    gate.spend(address)
    gate.receive(signed_request(current.services().settings, _body()), address)
    return Response(status=202)


def _body() -> bytes:
    length = request.content_length
    if length is None:
        raise LengthMissingError("Content-Length is missing")
    if length > LARGEST_BODY_BYTES:
        raise TooLargeError(f"More than {LARGEST_BODY_BYTES} bytes", code="document_too_large")
    return request.get_data(cache=False)


class LengthMissingError(BadRequestError):
    """We read nothing whose size we don't know beforehand."""

    status = 411
    code = "length_required"


@blueprint.errorhandler(WireError)
def _wire_error(error: WireError) -> Response:
    return _refusal(error.status, error.code, str(error))


@blueprint.errorhandler(AppError)
def _app_error(error: AppError) -> Response:
    answer = _refusal(error.status, error.code, error.text)
    if isinstance(error, RateLimitedError):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


@blueprint.errorhandler(HTTPException)
def _http_error(error: HTTPException) -> Response:
    return _refusal(error.code or 400, "bad_request", error.name)


def _refusal(status: int, code: str, text: str) -> Response:
    counters.REFUSED.labels(code).inc()
    return json_answer({"error": text, "error_description": code}, status=status, mimetype="application/json")
