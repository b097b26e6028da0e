"""Answers: JSON by orjson, and pages with the Link header by which clients go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from app import current
from app.paging import Paging

_PAGING = frozenset({"max_id", "since_id", "min_id"})


def json(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(data), status=status, mimetype="application/json")


def raw(body: bytes, link: str | None = None, etag: str | None = None) -> Response:
    """A JSON answer that is bytes already."""
    response = Response(body, mimetype="application/json")
    if etag:
        response.headers["ETag"] = etag
    if link:
        response.headers["Link"] = link
    return response


def page(items: Sequence[Any], ids: Sequence[int], paging: Paging) -> Response:
    """A page of things; `ids` are what their list is ordered by, newest first."""
    return raw(orjson.dumps(items), link(ids, paging))


def link(ids: Sequence[int], paging: Paging) -> str | None:
    """The Link header: `next` is older, `prev` newer. Without a full page there is nothing older."""
    return span(ids[-1], ids[0], len(ids), paging) if ids else None


def span(lowest: int, highest: int, count: int, paging: Paging) -> str:
    """The same for a page of so many things that reach from one id to another."""
    parts = []
    if count >= paging.limit or paging.upwards:
        parts.append(f'<{_address("max_id", lowest)}>; rel="next"')
    parts.append(f'<{_address("min_id", highest)}>; rel="prev"')
    return ", ".join(parts)


def _address(name: str, value: int) -> str:
    kept = [(key, item) for key, item in request.args.items(multi=True) if key not in _PAGING]
    query = urlencode([*kept, (name, str(value))], errors="replace")
    return f"{current.services().settings.base_url}{request.path}?{query}"
