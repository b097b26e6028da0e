"""The request that Flask has in hand, as the value that signatures are checked against."""

from __future__ import annotations

from flask import request

from app.federation.wire.signatures import SignedRequest
from app.settings import Settings


def signed_request(settings: Settings, body: bytes = b"") -> SignedRequest:
    """Method, raw target, headers and body. Raises MissingHeaderError where a header that counts came twice."""
    query = request.query_string.decode("latin-1")
    target = request.environ.get("RAW_URI") or request.path + (f"?{query}" if query else "")
    return SignedRequest.of(request.method, str(target), request.headers.items(), body, settings.scheme)
