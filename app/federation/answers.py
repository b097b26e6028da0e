"""Answers to other servers: JSON with the right type, and who is asked for JSON rather than a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, request

ACTIVITY_TYPE = "application/activity+json"
JRD_TYPE = "application/jrd+json"
NOT_KEPT = "private, no-store"
_ACTIVITY_TYPES = (ACTIVITY_TYPE, "application/ld+json", "application/json")


def json_answer(document: Mapping[str, Any], *, status: int = 200, mimetype: str = ACTIVITY_TYPE) -> Response:
    """One line of JSON."""
    return Response(orjson.dumps(document), status=status, content_type=f"{mimetype}; charset=utf-8")


def document_answer(document: Mapping[str, Any], *, status: int = 200, public: bool = True) -> Response:
    """A document for peers, which a page for people shares its address with."""
    answer = json_answer(document, status=status)
    answer.headers["Vary"] = "Accept, Signature"
    answer.headers["Cache-Control"] = "public, max-age=180" if public else NOT_KEPT
    return answer


def wants_activity() -> bool:
    """Whether the request prefers a document over a page. Saying nothing in particular (*/*) means the document:

    browsers always name text/html, and programs that fetch an id mean what it is.
    """
    best: str | None = request.accept_mimetypes.best_match((*_ACTIVITY_TYPES, "text/html"))
    return best != "text/html"
