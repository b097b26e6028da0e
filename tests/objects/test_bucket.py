"""A bucket of a real store: what goes in comes out, to whoever has the keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.objects.bucket import Bucket, BucketError

pytestmark = pytest.mark.xdist_group("s3")


def test_what_goes_in_comes_out_and_is_gone_when_it_is_removed(bucket: Bucket, tmp_path: Path) -> None:
    assert bucket.get("here/a") is None and bucket.size("here/a") is None
    bucket.put("here/a", b"a picture", "image/webp")
    film = tmp_path / "film"
    film.write_bytes(bytes(range(256)) * 5000)
    bucket.put("here/b", film)
    bucket.put("elsewhere/a", b"")
    assert bucket.get("here/a") == b"a picture" and bucket.get("elsewhere/a") == b""
    assert list(bucket.listed("here/")) == [("here/a", 9), ("here/b", 1_280_000)]
    copy = tmp_path / "copies" / "film"
    assert bucket.fetch("here/b", copy) and copy.read_bytes() == film.read_bytes()
    assert not bucket.fetch("here/c", tmp_path / "none") and not (tmp_path / "none").exists()
    bucket.remove("here/a")
    bucket.remove("here/a")
    assert bucket.get("here/a") is None


def test_a_list_is_read_to_its_end(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.objects import signing

    whole = signing.query
    monkeypatch.setattr(signing, "query", lambda fields: whole(fields | {"max-keys": "2"}))
    for name in ("a", "b", "c", "d", "e"):
        bucket.put(f"here/{name}", name.encode())
    assert [name for name, _size in bucket.listed("here/")] == [f"here/{name}" for name in "abcde"]


def test_without_the_keys_nothing_is_given(bucket: Bucket) -> None:
    bucket.put("here/a", b"a picture")
    assert not bucket.is_open("here/a")
    for wrong in ({"secret_key": "guessed"}, {"access_key": "guessed"}):
        with pytest.raises(BucketError, match="refuses"):
            Bucket(replace(bucket.place, **wrong)).get("here/a")


def test_a_store_that_isn_t_there_is_an_error_and_no_missing_file(bucket: Bucket, tmp_path: Path) -> None:
    gone = Bucket(replace(bucket.place, endpoint="http://127.0.0.1:1"))
    for ask in (lambda: gone.get("a"), lambda: gone.fetch("a", tmp_path / "a"), lambda: list(gone.listed(""))):
        with pytest.raises(BucketError, match="doesn't answer"):
            ask()
    with pytest.raises(BucketError, match="NoSuchBucket"):
        Bucket(replace(bucket.place, bucket="no-such-bucket")).get("a")
