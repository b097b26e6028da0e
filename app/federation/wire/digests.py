"""Digests of a body: Digest (RFC 3230), which everybody sends, and Content-Digest (RFC 9530), RFC 9421's."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, cast

import http_sf

from app.federation.wire.errors import DigestError

MAX_HEADER = 1024
_HASHES: Mapping[str, Callable[[bytes], Any]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
"""The stronger of what came isn't better here: SHA-256 is what everybody has, so it is looked at first."""


def digest(body: bytes) -> str:
    """The Digest header of a body."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def content_digest(body: bytes) -> str:
    """The Content-Digest header of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def check_digest(header: str | None, body: bytes) -> None:
    """Whether a Digest header has the body's SHA-256 or, without one, its SHA-512. Raises DigestError."""
    if header is None:
        raise DigestError("there is no Digest", code="digest_missing")
    if len(header) > MAX_HEADER:
        raise DigestError("the Digest is too long", code="digest_syntax")
    claimed: dict[str, list[str]] = {}
    for part in header.split(","):
        name, _, value = part.partition("=")
        claimed.setdefault(name.strip().lower(), []).append(value.strip())
    for name in _HASHES:
        if name in claimed:
            for value in claimed[name]:
                _compare(name, _from_base64(value), body)
            return
    raise DigestError("the Digest has no SHA-256", code="digest_algorithm")


def check_content_digest(header: str | None, body: bytes) -> None:
    """The same for Content-Digest."""
    if header is None:
        raise DigestError("there is no Content-Digest", code="digest_missing")
    if len(header) > MAX_HEADER:
        raise DigestError("the Content-Digest is too long", code="digest_syntax")
    try:
        claimed = cast("dict[str, Any]", http_sf.parse(header.encode("ascii", "replace"), tltype="dictionary"))
    except (ValueError, OverflowError, OSError) as error:  # the last two: a Date beyond the calendar
        raise DigestError("the Content-Digest can't be read", code="digest_syntax") from error
    for name in _HASHES:
        if name in claimed:
            value = claimed[name][0]
            if not isinstance(value, bytes):
                raise DigestError("the Content-Digest is not a byte sequence", code="digest_syntax")
            _compare(name, value, body)
            return
    raise DigestError("the Content-Digest has no SHA-256", code="digest_algorithm")


def _compare(name: str, claimed: bytes, body: bytes) -> None:
    if not hmac.compare_digest(claimed, _HASHES[name](body).digest()):
        raise DigestError("the body is not the one that was signed")


def _from_base64(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DigestError("the Digest is not base64", code="digest_syntax") from error
