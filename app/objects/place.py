"""Which bucket: read from `OSTIARY_S3_URL` and its keys, once, and refused when wrong. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

USUAL_REGION: Final = "us-east-1"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")


class BadPlaceError(ValueError):
    """It names no bucket; the text says why."""


@dataclass(frozen=True)
class Place:
    """A bucket, and the folder of it that is ours. `prefix` is empty or ends with a slash."""

    endpoint: str
    """Scheme and host, without a slash at its end."""
    bucket: str
    region: str
    prefix: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def read(url: str, access_key: str | None, secret_key: str | None) -> Place:
    """`s3://BUCKET/FOLDER?region=R` at Amazon, or `https://HOST/BUCKET/FOLDER?region=R`. Raises BadPlaceError."""
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise BadPlaceError("must not hold keys: they go into OSTIARY_S3_ACCESS_KEY and OSTIARY_S3_SECRET_KEY")
    if not access_key or not secret_key:
        raise BadPlaceError("needs OSTIARY_S3_ACCESS_KEY and OSTIARY_S3_SECRET_KEY")
    asked = dict(parse_qsl(parts.query))
    region = asked.pop("region", USUAL_REGION)
    if asked or parts.fragment or not _REGION.fullmatch(region):
        raise BadPlaceError("may end with ?region=NAME, and with nothing else")
    path = parts.path.strip("/")
    if parts.scheme == "s3":
        bucket, prefix, endpoint = parts.netloc, path, f"https://s3.{region}.amazonaws.com"
    else:
        bucket, _, prefix = path.partition("/")
        endpoint = f"{parts.scheme}://{parts.netloc}"
    if not _BUCKET.fullmatch(bucket):
        raise BadPlaceError("must name a bucket: s3://BUCKET, or https://HOST/BUCKET")
    if prefix and (not _PREFIX.fullmatch(prefix) or any(set(part) == {"."} for part in prefix.split("/"))):
        raise BadPlaceError("has a folder of letters, digits, dots, dashes and underscores at most")
    return Place(endpoint, bucket, region, f"{prefix}/" if prefix else "", access_key, secret_key)
