"""What was read before is revalidated: the same answer isn't sent twice, a changed one always is."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from app.media import ranges
from tests.app.mastodon.people import Person

HOME = "/api/v1/timelines/home"


def again(person: Person, path: str, etag: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {person.token}", "If-None-Match": etag}
    return person.http.get(path, headers=headers)


@pytest.mark.parametrize(
    "path",
    [
        HOME, "/api/v1/timelines/public", "/api/v1/notifications", "/api/v1/accounts/{ana}", "/api/v1/custom_emojis",
        "/api/v2/instance", "/api/v1/accounts/{ana}/statuses",
    ],
)  # fmt: skip
def test_the_same_answer_is_not_sent_again(ana: Person, path: str) -> None:
    ana.says("One")
    path = path.format(ana=ana.id)
    first = ana.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"') and first.data
    for asked in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        same = again(ana, path, asked)
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag), asked
        assert same.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again(ana, path, '"other"').data == first.data
    head = ana.send("HEAD", path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == str(len(first.data))


def test_a_page_that_shows_something_else_has_another_tag(ana: Person, ben: Person) -> None:
    post = ana.says("One")
    path = f"/api/v1/statuses/{post['id']}"
    home, one = (ana.get(each).headers["ETag"] for each in (HOME, path))
    assert again(ana, HOME, home).status_code == again(ana, path, one).status_code == 304
    ben.do(f"{path}/favourite")
    assert again(ana, HOME, home).json[0]["favourites_count"] == 1
    assert again(ana, path, one).json["favourites_count"] == 1 and ben.get(path).json["favourited"] is True
    ana.send("DELETE", path)
    assert again(ana, HOME, home).json == [] and again(ana, path, one).status_code == 404


def test_what_is_sent_has_no_tag(ana: Person) -> None:
    made = ana.post("/api/v1/statuses", json={"status": "One"})
    assert made.status_code == 200 and "ETag" not in made.headers


@pytest.mark.parametrize("header", ["bytes=0-0", "bytes=5-", "bytes=-5", "bytes=1-2, 5-9", "BYTES=0-1"])
def test_a_part_can_be_asked_for(header: str) -> None:
    assert ranges.is_valid(header)


@pytest.mark.parametrize("header", ["", "bytes=", "bytes=5-2", "bytes=0-1,5-2", "bytes=a-b", "lines=1-2", "bytes=-"])
def test_what_is_no_part_is_taken_for_none(header: str) -> None:
    assert not ranges.is_valid(header)
