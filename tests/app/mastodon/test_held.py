"""What waits for a moderator, as its author's client shows it."""

from __future__ import annotations

import html

from flask.testing import FlaskClient
from sqlalchemy import select

from app.posts.tables import PostRow, PostState
from app.services import Services
from tests.app.mastodon.people import Person

DOUBTFUL = "Those people are vermin"


def test_a_held_post_is_an_ordinary_status_with_a_last_line(ana: Person, services: Services) -> None:
    status = ana.says(DOUBTFUL)
    with services.db.read() as session:
        assert session.scalars(select(PostRow)).one().state is PostState.HELD
    first, last = html.unescape(status["content"]).split("</p>")[:2]
    assert "vermin" in first and "Waiting for a moderator" in last
    assert f"https://ostiary.example/held/{status['id']}" in status["content"]
    assert ana.read(f"/api/v1/statuses/{status['id']}")["content"] == status["content"]


def test_nobody_else_sees_it(ana: Person, ben: Person, http: FlaskClient) -> None:
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    status = ana.says(DOUBTFUL)
    for reader in (ben, None):
        get = reader.get if reader else http.get
        assert get(f"/api/v1/statuses/{status['id']}").status_code == 404
        assert get(f"/api/v1/accounts/{ana.id}/statuses").json == []
        assert get("/api/v1/timelines/public").json == []
    assert ben.read("/api/v1/timelines/home") == []


def test_the_last_line_is_no_part_of_the_post(ana: Person) -> None:
    status = ana.says(DOUBTFUL)
    path = f"/api/v1/statuses/{status['id']}"
    assert ana.read(f"{path}/source")["text"] == DOUBTFUL
    assert "Waiting" not in ana.read(f"{path}/history")[-1]["content"]
    deleted = ana.send("DELETE", path).json
    assert deleted["text"] == DOUBTFUL


def test_its_author_is_notified_in_a_way_that_every_client_shows(ana: Person) -> None:
    status = ana.says(DOUBTFUL)
    [notification] = ana.read("/api/v1/notifications")
    assert notification["type"] == "status" and notification["account"]["acct"] == "ana"
    assert notification["status"]["id"] == status["id"]
    assert "Waiting for a moderator" in notification["status"]["content"]


def test_editing_it_keeps_it_waiting(ana: Person) -> None:
    status = ana.says(DOUBTFUL)
    changed = ana.send("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "Rats are vermin, people aren't"})
    assert changed.status_code == 200
    assert "Rats" in changed.json["content"] and "Waiting for a moderator" in changed.json["content"]


def test_a_doubtful_edit_waits_while_the_old_version_is_shown(ana: Person, ben: Person) -> None:
    status = ana.says("Harmless")
    path = f"/api/v1/statuses/{status['id']}"
    changed = ana.send("PUT", path, json={"status": DOUBTFUL}).json
    assert "Harmless" in changed["content"] and "edit waits" in html.unescape(changed["content"])
    seen = ben.read(path)
    assert "Harmless" in seen["content"] and "waits" not in seen["content"]
