"""Weak ETags (RFC 9110, 8.8.3) for what is read by GET: who has the same answer already is told so, without it."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import Response, request

LARGEST: Final = 512 * 1024
"""Bytes of an answer that is looked at."""


def of(body: bytes) -> str:
    """The tag of an answer: a digest of what it says."""
    return f'W/"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'


def revalidate(response: Response) -> Response:
    """Tag an answer that can be; empty it (304) for whom it isn't new. What it says was made and judged anew before."""
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.is_streamed:
        return response
    tag = response.headers.get("ETag")
    if tag is None:
        body = response.get_data()
        if len(body) > LARGEST:
            return response
        tag = response.headers["ETag"] = of(body)
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(tag[3:-1]):
        response.set_data(b"")
        response.status_code = 304
        for name in ("Content-Length", "Content-Type"):
            response.headers.pop(name, None)
    return response
