"""What `OSTIARY_S3_URL` may be."""

from __future__ import annotations

import pytest

from app.objects import place
from app.objects.place import BadPlaceError
from app.settings import SettingsError, read


def test_amazon_is_named_by_its_bucket_alone() -> None:
    found = place.read("s3://pictures/ostiary?region=eu-central-1", "id", "secret")
    assert (found.endpoint, found.bucket) == ("https://s3.eu-central-1.amazonaws.com", "pictures")
    assert (found.region, found.prefix) == ("eu-central-1", "ostiary/")


def test_any_other_store_is_named_by_its_address() -> None:
    found = place.read("https://s3.house.example:9000/pictures/", "id", "secret")
    assert (found.endpoint, found.bucket, found.prefix) == ("https://s3.house.example:9000", "pictures", "")
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        "https://id:secret@s3.house.example/pictures", "https://s3.house.example/", "s3://", "s3://UPPER",
        "https://s3.house.example/pictures/../other", "https://s3.house.example/pictures?x=1",
        "https://s3.house.example/pictures?region=a%2Fb", "https://s3.house.example/pictures/a b",
    ],
)  # fmt: skip
def test_what_names_no_bucket_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(BadPlaceError):
        place.read(url, "id", "secret")
    with pytest.raises(SettingsError, match="OSTIARY_S3_URL"):
        read({"OSTIARY_S3_URL": url, "OSTIARY_S3_ACCESS_KEY": "id", "OSTIARY_S3_SECRET_KEY": "secret"})


def test_a_bucket_without_keys_and_keys_without_a_bucket_are_refused() -> None:
    with pytest.raises(SettingsError, match="needs OSTIARY_S3_ACCESS_KEY"):
        read({"OSTIARY_S3_URL": "s3://pictures"})
    with pytest.raises(SettingsError, match="for the bucket of"):
        read({"OSTIARY_S3_ACCESS_KEY": "id"})
    assert read({}).s3 is None
