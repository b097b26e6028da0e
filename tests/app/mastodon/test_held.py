"""What waits for a moderator, as its author's client shows it."""

from __future__ import annotations

import html
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.clock import FrozenClock
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation import alarms
from moderation.holds.tables import HoldRow
from moderation.policy import store
from moderation.queues import keeping
from moderation.queues.values import Ageing, Match, Queue
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


def test_its_last_line_says_how_long_it_takes_now_while_more_waits_than_people_can_answer(
    ana: Person, services: Services
) -> None:
    status = ana.says(DOUBTFUL)
    until = (services.clock.now() + timedelta(hours=4)).isoformat()
    with services.db.write() as session:
        details = {"logits": 1.0, "until": until, "why": "wave", "minutes": 80}
        alarms.raise_(session, store.ADAPTED, services.clock.now(), details)
    assert "about 80 minutes just now" in ana.read(f"/api/v1/statuses/{status['id']}")["content"]


def test_nobody_else_sees_it(ana: Person, ben: Person, http: FlaskClient) -> None:
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    status = ana.says(DOUBTFUL)
    for reader in (ben, None):
        get = reader.get if reader else http.get
        assert get(f"/api/v1/statuses/{status['id']}").status_code == 404
        assert get(f"/api/v1/accounts/{ana.id}/statuses").json == []
        assert get("/api/v1/timelines/public").json == []
    assert ben.read("/api/v1/timelines/home") == []


def test_its_author_sees_it_wherever_it_will_be(ana: Person) -> None:
    status = ana.says(DOUBTFUL)
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public", f"/api/v1/accounts/{ana.id}/statuses"):
        assert [one["id"] for one in ana.read(path)] == [status["id"]], path
    [found] = ana.read("/api/v2/search?q=vermin&type=statuses")["statuses"]
    assert found["id"] == status["id"]


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


def test_its_author_alone_reads_how_it_ends_if_nobody_looks(
    ana: Person, services: Services, clock: FrozenClock
) -> None:
    with services.db.write() as session:
        queue = Queue(0, "Hatred", Match(categories=("hate",)), ageing=Ageing.LIMITED, ageing_hours=6)
        keeping.put(session, queue, "lea", services.clock.now())
    status = ana.says(DOUBTFUL)
    path = f"/api/v1/statuses/{status['id']}"
    last = html.unescape(status["content"]).split("</p>")[1]
    assert "If nobody has read it in 6 hours (" in last
    assert "UTC), it is let in, off the public timelines." in last
    assert "If nobody has read it" not in ana.read(f"{path}/source")["text"]
    clock.move(timedelta(hours=4))
    assert "If nobody has read it in 2 hours (" in html.unescape(ana.read(path)["content"])


def test_what_only_a_person_may_end_says_so(ana: Person, services: Services) -> None:
    status = ana.says(DOUBTFUL)
    with services.db.write() as session:
        session.execute(update(HoldRow).values(due_at=None))
    content = html.unescape(ana.read(f"/api/v1/statuses/{status['id']}")["content"])
    assert "It stays so until somebody has read it." in content
