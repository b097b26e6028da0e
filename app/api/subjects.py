"""The whole history of a subject."""

from __future__ import annotations

from flask import Response

from app import current
from app.api import answers, bodies, who
from app.errors import InvalidError
from moderation import history

api = answers.make("subjects")


@api.get("/subjects/history")
def of_subject() -> Response:
    """Every event on a subject, oldest first."""
    who.reader()
    uri = bodies.argument("uri")
    if uri is None:
        raise InvalidError("uri is missing")
    with current.services().db.read() as session:
        return answers.json(history.of(session, uri))
