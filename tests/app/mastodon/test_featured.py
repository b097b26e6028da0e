"""What members show on their profiles: hashtags and people; for everybody to see, and for peers."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.federation.tables import OutboxActivityRow
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from tests.app import people as rows
from tests.app.mastodon.people import Person, sign_in

TAGS = "/api/v1/featured_tags"


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one.get("name") or one["acct"] for one in found]


def test_a_hashtag_is_shown_with_how_often_it_was_used_in_public(ana: Person, http: FlaskClient) -> None:
    ana.says("One #Cats")
    ana.says("Two #cats #dogs")
    ana.says("Quietly #cats", visibility="private")
    ana.says("These are vermin #cats")
    made = ana.do(TAGS, json={"name": "#Cats"})
    assert made["name"] == "Cats" and made["statuses_count"] == "2" and made["last_status_at"] == "2026-03-02"
    assert made["url"].endswith("/tags/cats") and ana.do(TAGS, json={"name": "cats"})["id"] == made["id"]
    assert ana.do(TAGS, json={"name": "birds"})["last_status_at"] is None
    assert names(ana.read(TAGS)) == ["Cats", "birds"]
    assert names(http.get(f"/api/v1/accounts/{ana.id}/featured_tags").json) == ["Cats", "birds"]
    assert ana.send("DELETE", f"{TAGS}/{made['id']}").json == {}
    assert names(ana.read(TAGS)) == ["birds"]


def test_peers_read_them_as_a_collection(ana: Person, http: FlaskClient) -> None:
    ana.do(TAGS, json={"name": "Cats"})
    wants = {"Accept": "application/activity+json"}
    address = http.get("/users/ana", headers=wants).json["featuredTags"]
    found = http.get(address.removeprefix("https://ostiary.example"), headers=wants).json
    assert (found["type"], found["totalItems"]) == ("Collection", 1)
    assert found["items"] == [{"type": "Hashtag", "href": "https://ostiary.example/tags/cats", "name": "#Cats"}]


@pytest.mark.parametrize("name", ["", "12", "a b", "x" * 300])
def test_what_is_no_hashtag_is_refused(ana: Person, name: str) -> None:
    assert ana.post(TAGS, json={"name": name}).status_code == 422


def test_ten_can_be_shown_and_nobody_takes_away_another_s(ana: Person, ben: Person) -> None:
    made = [ana.do(TAGS, json={"name": f"tag{number}"}) for number in range(10)]
    assert ana.post(TAGS, json={"name": "more"}).status_code == 422
    assert ben.send("DELETE", f"{TAGS}/{made[0]['id']}").status_code == 404


def test_who_changes_hashtags_all_day_tells_the_servers_of_their_followers_only_so_often(ana: Person) -> None:
    answers = []
    for _ in range(16):
        answers += [ana.post(f"/api/v1/tags/cats/{what}").status_code for what in ("feature", "unfeature")]
    assert answers == [200] * 30 + [429] * 2
    assert ana.post(TAGS, json={"name": "dogs"}).status_code == 429


def test_the_hashtags_used_most_are_suggested(ana: Person) -> None:
    for text in ("#cats", "#cats #dogs", "#birds"):
        ana.says(text)
    ana.do("/api/v1/tags/birds/feature")
    found = ana.read(f"{TAGS}/suggestions")
    assert names(found) == ["cats", "dogs"] and len(found[0]["history"]) == 7 and found[0]["history"][0]["uses"] == "2"


def test_a_hashtag_says_whether_it_is_shown(ana: Person) -> None:
    assert ana.do("/api/v1/tags/cats/feature")["featuring"] is True
    assert ana.read("/api/v1/tags/cats")["featuring"] is True and names(ana.read(TAGS)) == ["cats"]
    assert ana.do("/api/v1/tags/cats/unfeature")["featuring"] is False
    assert ana.read("/api/v1/tags/cats")["featuring"] is False and ana.read(TAGS) == []


@pytest.mark.parametrize(("on", "off"), [("endorse", "unendorse"), ("pin", "unpin")])
def test_whom_one_follows_can_be_recommended(ana: Person, ben: Person, http: FlaskClient, on: str, off: str) -> None:
    path = f"/api/v1/accounts/{ben.id}"
    assert ana.post(f"{path}/{on}").status_code == 422
    ana.do(f"{path}/follow")
    for _time in range(2):
        assert ana.do(f"{path}/{on}")["endorsed"] is True
    assert names(ana.read("/api/v1/endorsements")) == ["ben"]
    assert names(http.get(f"/api/v1/accounts/{ana.id}/endorsements").json) == ["ben"]
    assert ben.read("/api/v1/endorsements") == []
    assert ana.do(f"{path}/{off}")["endorsed"] is False and ana.read("/api/v1/endorsements") == []


def test_who_isn_t_followed_any_more_isn_t_recommended_either(ana: Person, ben: Person) -> None:
    for act in ("follow", "endorse"):
        ana.do(f"/api/v1/accounts/{ben.id}/{act}")
    assert ana.do(f"/api/v1/accounts/{ben.id}/unfollow")["endorsed"] is False
    assert ana.read("/api/v1/endorsements") == []


def test_who_is_suspended_is_recommended_by_nobody(ana: Person, http: FlaskClient, services: Services) -> None:
    gone = sign_in(http, services, "gone")
    for act in ("follow", "endorse"):
        ana.do(f"/api/v1/accounts/{gone.id}/{act}")
    with services.db.write() as session:
        session.merge(gone.account).actor.suspended_at = services.clock.now()
    assert ana.read("/api/v1/endorsements") == []


def test_another_s_unknown_account_has_none(ana: Person, services: Services) -> None:
    far = rows.remote(services, "far")
    assert ana.read(f"/api/v1/accounts/{far.id}/featured_tags") == []
    assert ana.read(f"/api/v1/accounts/{far.id}/endorsements") == []
    assert ana.get("/api/v1/accounts/1/endorsements").status_code == 404


def test_followers_elsewhere_are_told_of_a_hashtag_that_is_shown_and_of_one_that_isn_t_any_more(
    ana: Person, services: Services
) -> None:
    far = rows.remote(services, "nina")
    with services.db.write() as session:
        session.add(
            FollowRow(
                id=1, follower_id=far.id, target_id=int(ana.id), uri="https://far.example/follows/1",
                state=FollowState.ACCEPTED, created_at=services.clock.now(),
            )
        )  # fmt: skip
    ana.do(TAGS, json={"name": "Cats"})
    ana.do(TAGS, json={"name": "cats"})
    ana.do("/api/v1/tags/cats/unfeature")
    with services.db.read() as session:
        sent = [
            orjson.loads(body)
            for body in session.scalars(select(OutboxActivityRow.body).order_by(OutboxActivityRow.id))
        ]
    tag = {"type": "Hashtag", "href": "https://ostiary.example/tags/cats", "name": "#Cats"}
    assert [(one["type"], one["object"]) for one in sent] == [("Add", tag), ("Remove", tag)]
    assert {one["target"] for one in sent} == {"https://ostiary.example/users/ana/collections/featured"}
