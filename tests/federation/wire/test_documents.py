"""Bytes are read as one JSON object within bounds, or refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.federation.wire import errors
from app.federation.wire.documents import MAX_BYTES, MAX_DEPTH, MAX_WIDTH, load


def nested(levels: int, opening: bytes = b'{"a":', closing: bytes = b"}") -> bytes:
    return opening * levels + b"1" + closing * levels


def test_an_object_is_read() -> None:
    assert load('{"a": ["é", null, 1.5]}'.encode()) == {"a": ["é", None, 1.5]}


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert load(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", errors.NotJsonError),
        (b"{", errors.NotJsonError),
        (b"{'a': 1}", errors.NotJsonError),
        (b'{"a": NaN}', errors.NotJsonError),
        (b'{"a": Infinity}', errors.NotJsonError),
        (b'{"a": "\xff"}', errors.NotJsonError),
        (b'{"a": "\\ud800"}', errors.NotJsonError),
        ('{"a": "é"}'.encode("latin-1"), errors.NotJsonError),
        ('{"a": 1}'.encode("utf-16"), errors.NotJsonError),
        (b'{"a": 1} {"b": 2}', errors.NotJsonError),
        (b"[]", errors.NotAnObjectError),
        (b'"text"', errors.NotAnObjectError),
        (b"null", errors.NotAnObjectError),
        (b" " * (MAX_BYTES + 1), errors.TooLargeError),
        (nested(MAX_DEPTH + 1), errors.TooDeepError),
        (b'{"a":' + nested(MAX_DEPTH, b"[", b"]") + b"}", errors.TooDeepError),
        (nested(100_000), errors.NotJsonError),
        (json.dumps({"a": [0] * MAX_WIDTH}).encode(), errors.TooWideError),
        (json.dumps({str(i): [0] for i in range(MAX_WIDTH)}).encode(), errors.TooWideError),
    ],
)
def test_what_is_no_acceptable_object_is_refused(data: bytes, error: type[errors.DocumentError]) -> None:
    with pytest.raises(error) as caught:
        load(data)
    assert caught.value.status in (400, 413)
    assert caught.value.code


def test_what_is_just_within_the_bounds_is_read() -> None:
    assert load(nested(MAX_DEPTH))
    assert load(json.dumps({"a": [0] * (MAX_WIDTH - 1)}).encode())


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        assert isinstance(load(data), dict)
    except errors.DocumentError as error:
        assert error.status in (400, 413)
