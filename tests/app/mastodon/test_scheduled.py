"""Posts that are to be published later: kept for their author alone, then through the door, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.errors import ConflictError
from app.lifecycle import leaving
from app.mail import MailBox
from app.notifications import post_office
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from app.scheduled import keeping, publishing
from app.scheduled.tables import ScheduledPostRow
from app.services import Services
from app.uploads import upkeep
from tests.app.mastodon.people import Person
from tests.app.mastodon.test_media import upload

PATH = "/api/v1/scheduled_statuses"
HOUR = timedelta(hours=1)


def when(services: Services, by: timedelta = HOUR) -> str:
    at: datetime = services.clock.now() + by
    return at.isoformat()


def later(services: Services, by: timedelta = HOUR) -> int:
    """Time goes by, and the job runs."""
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(by)
    return publishing.drain(services)


def own(who: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.read(f"/api/v1/accounts/{who.id}/statuses")
    return found


def test_a_post_is_published_when_it_is_due_and_looks_like_any_other(ana: Person, services: Services) -> None:
    poll = {"options": ["Tea", "Coffee"], "expires_in": 3600}
    kept = ana.says("Breakfast", scheduled_at=when(services), poll=poll, visibility="unlisted", language="en")
    assert kept["scheduled_at"] == "2026-03-02T13:00:00.000Z" and kept["media_attachments"] == []
    assert kept["params"]["text"] == "Breakfast" and kept["params"]["visibility"] == "unlisted"
    assert kept["params"]["poll"] == {**poll, "multiple": False, "hide_totals": False}
    assert own(ana) == [] and ana.read(PATH) == [kept] and ana.read(f"{PATH}/{kept['id']}") == kept
    assert later(services, HOUR - timedelta(seconds=1)) == 0
    assert later(services, timedelta(seconds=1)) == 1
    [status] = own(ana)
    assert status["created_at"] == "2026-03-02T13:00:00.000Z" and status["visibility"] == "unlisted"
    assert status["poll"]["expires_at"] == "2026-03-02T14:00:00.000Z"
    assert ana.read(PATH) == [] and later(services) == 0


def test_its_pictures_are_kept_for_it(ana: Person, services: Services) -> None:
    media = upload(ana, description="A wall")["id"]
    kept = ana.says("Look", scheduled_at=when(services, timedelta(days=3)), media_ids=[media])
    assert kept["params"]["media_ids"] == [media] and kept["media_attachments"][0]["description"] == "A wall"
    assert ana.post("/api/v1/statuses", json={"status": "Mine", "media_ids": [media]}).status_code == 422
    assert ana.send("DELETE", f"/api/v1/media/{media}").status_code == 422
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=2))
    assert upkeep.forget(services) == 0
    later(services, timedelta(days=1))
    assert [one["id"] for one in own(ana)[0]["media_attachments"]] == [media]


def test_what_is_called_off_is_never_published_and_lets_its_pictures_go(ana: Person, services: Services) -> None:
    media = upload(ana)["id"]
    kept = ana.says("Look", scheduled_at=when(services), media_ids=[media])
    assert ana.send("DELETE", f"{PATH}/{kept['id']}").json == {}
    assert later(services) == 0 and own(ana) == [] and ana.get(f"{PATH}/{kept['id']}").status_code == 404
    assert ana.says("Look", media_ids=[media])["media_attachments"]


def test_another_time_can_be_chosen(ana: Person, services: Services) -> None:
    number = ana.says("Later", scheduled_at=when(services))["id"]
    answer = ana.send("PUT", f"{PATH}/{number}", json={"scheduled_at": when(services, 2 * HOUR)})
    assert answer.status_code == 200 and answer.json["scheduled_at"] == "2026-03-02T14:00:00.000Z"
    assert later(services) == 0
    assert later(services) == 1 and len(own(ana)) == 1


@pytest.mark.parametrize("by", [timedelta(minutes=4), timedelta(days=-1), timedelta(days=3000)])
def test_a_time_that_is_too_soon_or_too_far_is_refused(ana: Person, services: Services, by: timedelta) -> None:
    answer = ana.post("/api/v1/statuses", json={"status": "Now", "scheduled_at": when(services, by)})
    assert answer.status_code == 422 and "Scheduled at" in answer.json["error"]
    assert own(ana) == [] and ana.read(PATH) == []
    number = ana.says("Later", scheduled_at=when(services))["id"]
    assert ana.send("PUT", f"{PATH}/{number}", json={"scheduled_at": when(services, by)}).status_code == 422
    assert ana.send("PUT", f"{PATH}/{number}", json={"scheduled_at": "soon"}).status_code == 422
    assert ana.send("PUT", f"{PATH}/{number}", json={}).status_code == 422


def test_what_could_not_be_posted_now_is_refused_now(ana: Person, services: Services) -> None:
    for wrong in ({"status": ""}, {"in_reply_to_id": "123"}, {"media_ids": ["7"]}, {"poll": {"options": ["One"]}}):
        sent = {"status": "Hello", "scheduled_at": when(services), **wrong}
        assert ana.post("/api/v1/statuses", json=sent).status_code in (404, 422), wrong
    assert ana.read(PATH) == []


def test_the_same_key_gives_the_same_one(ana: Person, ben: Person, services: Services) -> None:
    sent = {"status": "Once", "scheduled_at": when(services)}
    first, again, bens = (
        who.post("/api/v1/statuses", json=sent, headers={"Idempotency-Key": "k"}).json for who in (ana, ana, ben)
    )
    assert first == again and bens["id"] != first["id"] and first["params"]["idempotency"] == "k"


def test_they_are_their_author_s_alone(ana: Person, ben: Person, services: Services) -> None:
    number = ana.says("Private", scheduled_at=when(services))["id"]
    assert ben.read(PATH) == []
    for method in ("GET", "PUT", "DELETE"):
        body = {"scheduled_at": when(services)} if method == "PUT" else None
        assert ben.send(method, f"{PATH}/{number}", json=body).status_code == 404


def test_they_are_paged_and_bounded(ana: Person, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_A_DAY", 2)
    monkeypatch.setattr(keeping, "MOST", 3)
    days = (HOUR, HOUR, timedelta(days=2))
    ids = [ana.says("x", scheduled_at=when(services, by))["id"] for by in days]
    page = ana.get(f"{PATH}?limit=2")
    assert [one["id"] for one in page.json] == ids[:0:-1] and 'rel="next"' in page.headers["Link"]
    for by in (HOUR, timedelta(days=5)):
        answer = ana.post("/api/v1/statuses", json={"status": "x", "scheduled_at": when(services, by)})
        assert answer.status_code == 422
    assert ana.send("PUT", f"{PATH}/{ids[2]}", json={"scheduled_at": when(services, 2 * HOUR)}).status_code == 422
    assert ana.send("PUT", f"{PATH}/{ids[0]}", json={"scheduled_at": when(services, 2 * HOUR)}).status_code == 200


def test_it_passes_the_door_when_it_is_published(ana: Person, ben: Person, services: Services) -> None:
    ana.says("Those people are vermin", scheduled_at=when(services))
    with services.db.read() as session:
        assert session.scalars(select(PostRow)).all() == []
    later(services)
    with services.db.read() as session:
        assert session.scalars(select(PostRow)).one().state is PostState.HELD
    assert len(own(ana)) == 1 and ben.read(f"/api/v1/accounts/{ana.id}/statuses") == []
    assert [one["type"] for one in ana.read("/api/v1/notifications")] == ["status"]


@pytest.mark.parametrize("column", ["frozen_at", "disabled_at"])
def test_who_may_not_write_by_then_is_told_and_loses_nothing(ana: Person, services: Services, column: str) -> None:
    number = ana.says("Later", scheduled_at=when(services))["id"]
    with services.db.write() as session:
        session.execute(
            update(AccountRow).where(AccountRow.id == ana.account.id).values({column: services.clock.now()})
        )
    assert later(services) == 1 and later(services) == 0
    with services.db.write() as session:
        assert session.scalars(select(PostRow)).all() == []
        session.execute(update(AccountRow).where(AccountRow.id == ana.account.id).values({column: None}))
    [told] = ana.read("/api/v1/notifications")
    assert told["type"] == "moderation_warning" and told["moderation_warning"]["action"] == "none"
    assert "post" in told["moderation_warning"]["text"].lower()
    post_office.drain(services, 10)
    assert isinstance(services.mailer, MailBox)
    assert [mail.subject for mail in services.mailer.sent] == ["A scheduled post was not published"]
    assert [one["id"] for one in ana.read(PATH)] == [number]
    ana.send("PUT", f"{PATH}/{number}", json={"scheduled_at": when(services)})
    later(services)
    assert len(own(ana)) == 1


def test_what_it_answers_may_be_gone_by_then(ana: Person, ben: Person, services: Services) -> None:
    parent = ben.says("Tea?")["id"]
    ana.says("Yes!", scheduled_at=when(services), in_reply_to_id=parent)
    ben.send("DELETE", f"/api/v1/statuses/{parent}")
    later(services)
    assert own(ana) == [] and "gone" in ana.read("/api/v1/notifications")[0]["moderation_warning"]["text"]
    assert len(ana.read(PATH)) == 1


def test_it_is_published_once_whoever_tries(ana: Person, services: Services) -> None:
    """Two workers at one post, or one who began before it was called off: the second writes nothing."""
    number = int(ana.says("Once", scheduled_at=when(services))["id"])
    with services.db.read() as session:
        request = session.get_one(ScheduledPostRow, number).request
    later(services)

    def forget(session: Any, _stored: Any) -> None:
        raise ConflictError("It isn't scheduled any more")

    with pytest.raises(ConflictError):
        compose.compose(services, ana.account.id, ComposeRequest(request["text"]), alongside=forget)
    publishing._publish(services, number)
    assert len(own(ana)) == 1 and ana.read("/api/v1/notifications") == []


def test_a_worker_that_is_lost_loses_nothing(ana: Person, services: Services) -> None:
    ana.says("Later", scheduled_at=when(services))
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(HOUR)
    assert publishing._take(services) is not None
    assert publishing.drain(services) == 0 and own(ana) == []
    assert later(services, publishing.LEASE) == 1 and len(own(ana)) == 1


def test_who_leaves_takes_it_along(ana: Person, services: Services) -> None:
    ana.says("Later", scheduled_at=when(services))
    leaving.remove(services, ana.account.id)
    with services.db.read() as session:
        assert session.scalars(select(ScheduledPostRow)).all() == []
    assert later(services) == 0
