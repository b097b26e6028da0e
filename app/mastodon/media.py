"""What members send: pictures, drawn at once; films and sounds, which the worker makes while clients ask (202, 206)."""

from __future__ import annotations

from flask import Response, request

from app import current
from app.errors import InvalidError
from app.mastodon import answers, blueprint, params
from app.mastodon.params import Params
from app.mastodon.serialise import statuses as entities
from app.oauth import bearer
from app.posts import resolve
from app.uploads import keeping, taking
from app.uploads.recordings import kinds
from app.uploads.recordings import taking as recordings
from app.uploads.recordings.refusals import sentence
from app.uploads.tables import UploadKind, UploadRow, UploadState
from app.uploads.taking import Focus

api = blueprint.make("media")
LARGEST_REQUEST = recordings.LARGEST_BYTES + 256 * 1024
"""The file, and what is said of it."""
WAITS, PARTLY = 202, 206


@api.post("/api/v1/media")
@api.post("/api/v2/media")
@bearer.require("write:media")
def take() -> Response:
    """Take a picture, a film or a sound."""
    request.max_content_length = LARGEST_REQUEST
    file = request.files.get("file")
    if file is None:
        raise InvalidError("Validation failed: File can't be blank")
    sent, services, account_id = params.sent(), current.services(), bearer.account_id()
    description, point = sent.text("description"), focus(sent)
    kind = kinds.guess(file.stream.read(kinds.HEAD_BYTES))
    file.stream.seek(0)
    if kind is not UploadKind.IMAGE:
        row = recordings.take(services, account_id, file.stream, kind, description=description, focus=point)
        return answers.json(_entity(row), WAITS)
    body = file.stream.read(taking.LARGEST_BYTES + 1)
    return answers.json(_entity(taking.take(services, account_id, body, description=description, focus=point)))


@api.get("/api/v1/media/<public_id>")
@bearer.require("write:media")
def one(public_id: str) -> Response:
    """One that isn't in a post yet."""
    services = current.services()
    with services.db.read() as session:
        row = keeping.unused(session, bearer.account_id(), resolve.parse_id(public_id), services.clock.now())
    if row.state is UploadState.FAILED:
        raise InvalidError(sentence(row.error or ""), code=row.error or "no_recording")
    return answers.json(_entity(row), PARTLY if row.state is UploadState.WAITING else 200)


@api.put("/api/v1/media/<public_id>")
@bearer.require("write:media")
def describe(public_id: str) -> Response:
    """Say what is to be seen."""
    sent, number = params.sent(), resolve.parse_id(public_id)
    description = sent.text_or_none("description")
    return answers.json(
        _entity(keeping.describe(current.services(), bearer.account_id(), number, description, focus(sent)))
    )


@api.delete("/api/v1/media/<public_id>")
@bearer.require("write:media")
def remove(public_id: str) -> Response:
    """Let go of one that is in no post."""
    keeping.drop(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


def _entity(row: UploadRow) -> dict[str, object]:
    services = current.services()
    return entities.upload(row, services.settings, services.clock.now())


def focus(sent: Params) -> Focus | None:
    """What must stay in sight, where it is said. Raises InvalidError."""
    text = sent.text_or_none("focus", most=100)
    if not text:
        return None
    parts = text.split(",")
    try:
        x, y = (float(part) for part in parts)
    except ValueError as error:
        raise InvalidError("Validation failed: Focus must be two numbers") from error
    if not (-1 <= x <= 1 and -1 <= y <= 1):
        raise InvalidError("Validation failed: Focus must be between -1 and 1")
    return Focus(x, y)
