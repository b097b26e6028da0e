"""Numbers for dashboards: counted by day in UTC, ranked, and who stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.instance import activity
from app.posts.tables import PostTagRow
from app.services import Services
from tests.app import people
from tests.app.mastodon.people import Person, sign_in

MEASURES, DIMENSIONS, RETENTION = (f"/api/v1/admin/{name}" for name in ("measures", "dimensions", "retention"))


@pytest.fixture
def mia(http: FlaskClient, services: Services) -> Person:
    """A moderator."""
    return sign_in(http, services, "mia", "read write admin:read admin:write", role=Role.MODERATOR)


def days(clock: FrozenClock, back: int = 2) -> dict[str, str]:
    """From so many days ago until today."""
    today = clock.now().date()
    return {"start_at": (today - timedelta(days=back)).isoformat(), "end_at": today.isoformat()}


def measured(mia: Person, span: dict[str, str], key: str, **about: str) -> dict[str, Any]:
    """One measure."""
    asked: dict[str, Any] = {"keys": [key], **span, **({key: about} if about else {})}
    [found] = mia.do(MEASURES, json=asked)
    assert found["key"] == key
    return found


def values(found: dict[str, Any]) -> list[str]:
    """Its days' numbers."""
    return [day["value"] for day in found["data"]]


def test_members_are_counted_on_the_day_they_joined(mia: Person, services: Services, clock: FrozenClock) -> None:
    clock.move(timedelta(days=1))
    sign_in(mia.http, services, "ana")
    found = measured(mia, days(clock), "new_users")
    assert (values(found), found["total"], found["previous_total"]) == (["0", "1", "1"], "2", "0")
    assert found["data"][0]["date"].endswith("T00:00:00.000Z") and found["unit"] is None
    before = measured(mia, days(clock, back=0), "new_users")
    assert (before["total"], before["previous_total"]) == ("1", "1")


def test_who_is_here_on_two_days_is_one_member(mia: Person, services: Services, clock: FrozenClock) -> None:
    ana = sign_in(mia.http, services, "ana")
    for _ in range(2):
        clock.move(timedelta(days=1))
        activity.mark_seen(services, ana.account.id)
        activity.mark_seen(services, ana.account.id)
    clock.move(timedelta(hours=1))
    found = measured(mia, days(clock, back=1), "active_users")
    assert "previous_total" not in found
    assert values(found)[0] == "1" and int(values(found)[1]) >= 1 and int(found["total"]) <= 2


def test_what_is_done_with_members_posts_is_counted(mia: Person, services: Services, clock: FrozenClock) -> None:
    ana, ben = (sign_in(mia.http, services, name) for name in ("ana", "ben"))
    post = ana.says("Hello")
    ben.do(f"/api/v1/statuses/{post['id']}/favourite")
    ben.do(f"/api/v1/statuses/{post['id']}/reblog")
    ben.says("@ana yes", in_reply_to_id=post["id"])
    olga = people.remote(services, "olga")
    there = people.post(services, olga, "Far away")
    ben.do(f"/api/v1/statuses/{there.id}/favourite")
    assert measured(mia, days(clock), "interactions")["total"] == "3"


def test_reports_are_counted_when_they_come_and_when_they_are_settled(
    mia: Person, services: Services, clock: FrozenClock
) -> None:
    ana, rude = (sign_in(mia.http, services, name) for name in ("ana", "rude"))
    filed = ana.do("/api/v1/reports", json={"account_id": rude.id})
    clock.move(timedelta(days=1))
    mia.do(f"/api/v1/admin/reports/{filed['id']}/resolve")
    assert values(measured(mia, days(clock, back=1), "opened_reports")) == ["1", "0"]
    assert values(measured(mia, days(clock, back=1), "resolved_reports")) == ["0", "1"]


def tagged(services: Services, author: ActorRow, tag: str, **columns: Any) -> None:
    """A post with a hashtag."""
    post = people.post(services, author, f"#{tag}", **columns)
    with services.db.write() as session:
        session.add(PostTagRow(post_pk=post.pk, tag=tag, name=tag))


def test_a_hashtag_has_uses_people_and_servers(mia: Person, services: Services, clock: FrozenClock) -> None:
    olga, paul = people.remote(services, "olga"), people.remote(services, "paul", domain="other.example")
    for author in (olga, olga, paul):
        tagged(services, author, "cats", language="fr")
    for key, total in (("tag_uses", "3"), ("tag_accounts", "2"), ("tag_servers", "2")):
        assert measured(mia, days(clock), key, id="Cats")["total"] == total, key
    asked = {"keys": ["tag_servers", "tag_languages"], "tag_servers": {"id": "cats"}, "tag_languages": {"id": "cats"}}
    servers, languages = mia.do(DIMENSIONS, json=asked | days(clock))
    assert [(each["key"], each["value"]) for each in servers["data"]] == [("far.example", "2"), ("other.example", "1")]
    assert [(each["key"], each["value"]) for each in languages["data"]] == [("fr", "3")]


def test_a_server_has_accounts_and_posts(mia: Person, services: Services, clock: FrozenClock) -> None:
    people.post(services, people.remote(services, "olga"), "Far away")
    for key, total in (
        ("instance_accounts", "1"),
        ("instance_statuses", "1"),
        ("instance_follows", "0"),
        ("instance_followers", "0"),
        ("instance_reports", "0"),
    ):
        assert measured(mia, days(clock), key, domain="far.example")["total"] == total, key
    media = measured(mia, days(clock), "instance_media_attachments", domain="far.example")
    assert (media["unit"], media["human_value"]) == ("bytes", "0 Bytes")


def test_the_house_says_what_it_runs_on(mia: Person, clock: FrozenClock) -> None:
    asked = {"keys": ["software_versions", "space_usage", "servers", "languages", "sources"], **days(clock)}
    found = {each["key"]: each["data"] for each in mia.do(DIMENSIONS, json=asked)}
    assert set(found) == {"software_versions", "space_usage", "servers", "languages"}
    assert {each["key"] for each in found["software_versions"]} >= {"ostiary", "python", "redis"}
    assert all(int(each["value"]) >= 0 and each["unit"] == "bytes" for each in found["space_usage"])


def test_of_those_who_joined_some_stay(mia: Person, services: Services, clock: FrozenClock) -> None:
    for name, stays in (("ana", True), ("ben", False)):
        account = people.member(services, name)
        with services.db.write() as session:
            session.get_one(AccountRow, account.id).last_seen_at = clock.now() + timedelta(days=2 if stays else 0)
    clock.move(timedelta(days=2))
    found = mia.do(RETENTION, json={"frequency": "day", **days(clock)})
    assert [len(cohort["data"]) for cohort in found] == [3, 2, 1]
    joined = found[0]["data"]
    assert [each["value"] for each in joined] == ["3", "2", "2"]
    assert (joined[0]["rate"], joined[2]["rate"]) == (1.0, pytest.approx(2 / 3))
    [month] = mia.do(RETENTION, json={"frequency": "month", **days(clock, back=0)})
    assert month["frequency"] == "month" and month["period"].endswith("-01T00:00:00.000Z")


@pytest.mark.parametrize(
    "bad",
    [
        {"start_at": "2020-01-01", "end_at": "2026-01-01"},
        {"start_at": "2026-02-01", "end_at": "2026-01-01"},
        {"start_at": "never"},
        {"start_at": "0001-01-01"},
        {"keys": ["tag_uses"]},
    ],
)
def test_days_that_make_no_sense_are_refused(mia: Person, bad: dict[str, Any]) -> None:
    assert mia.post(MEASURES, json={"keys": ["new_users"], **bad}).status_code == 422
    if "keys" not in bad:
        assert mia.post(RETENTION, json={"frequency": "day", **bad}).status_code == 422
    assert mia.post(RETENTION, json={"frequency": "hour"}).status_code == 422


def test_numbers_are_for_moderators(mia: Person, services: Services, clock: FrozenClock) -> None:
    remy = sign_in(mia.http, services, "remy", "read admin:read", role=Role.REVIEWER)
    ana = sign_in(mia.http, services, "ana", "read admin:read")
    for path in (MEASURES, DIMENSIONS, RETENTION):
        for person in (remy, ana):
            assert person.post(path, json={"keys": ["new_users"], "frequency": "day"}).status_code == 403, path
