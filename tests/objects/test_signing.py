"""Signatures, against the examples that Amazon publishes with its specification of them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from app.objects import signing
from app.objects.place import Place

PLACE = Place(
    "https://examplebucket.s3.amazonaws.com", "examplebucket", "us-east-1", "",
    "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)  # fmt: skip
AT = datetime(2013, 5, 24, tzinfo=UTC)
LIST = signing.query({"prefix": "J", "max-keys": "2"})


@pytest.mark.parametrize(
    ("method", "path", "body", "more", "signature"),
    [
        ("GET", "/test.txt", b"", {"Range": "bytes=0-9"}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        (
            "PUT", "/test%24file.text", b"Welcome to Amazon S3.",
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        ("GET", f"/?{LIST}", b"", {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_it_is_the_signature_of_the_specification(
    method: str, path: str, body: bytes, more: dict[str, str], signature: str
) -> None:
    made = signing.headers(PLACE, method, PLACE.endpoint + path, sha256(body).hexdigest(), AT, more)
    assert made["authorization"].endswith(f"Signature={signature}")
