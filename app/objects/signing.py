"""AWS Signature Version 4, as S3 asks for it in headers. Pure.

https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import quote, urlsplit

from app.objects.place import Place

ALGORITHM: Final = "AWS4-HMAC-SHA256"


def query(fields: Mapping[str, str]) -> str:
    """Fields as a query, in the order and with the escapes in which they are signed."""
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(fields.items()))


def headers(
    place: Place, method: str, url: str, digest: str, now: datetime, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a request is sent with. `digest` is the SHA-256 of its body in hex, `now` in UTC; `more` is signed, too."""
    parts = urlsplit(url)
    at = now.strftime("%Y%m%dT%H%M%SZ")
    signed = {"host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": at}
    signed |= {name.lower(): value.strip() for name, value in (more or {}).items()}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = "\n".join((method, quote(parts.path, safe="/-._~%"), parts.query, lines, names, digest))
    scope = f"{at[:8]}/{place.region}/s3/aws4_request"
    text = "\n".join((ALGORITHM, at, scope, sha256(request.encode()).hexdigest()))
    signature = hmac.new(_key(place, at[:8]), text.encode(), sha256).hexdigest()
    said = f"{ALGORITHM} Credential={place.access_key}/{scope},SignedHeaders={names},Signature={signature}"
    return {name: value for name, value in signed.items() if name != "host"} | {"authorization": said}


def _key(place: Place, day: str) -> bytes:
    key = f"AWS4{place.secret_key}".encode()
    for part in (day, place.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
