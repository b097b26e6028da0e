"""What Mastodon 4.3 to 4.6 added: links' timelines, profiles, refreshes, and the number that says so."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts.tables import ActorRow
from app.federation.tables import Wanted, WantedRow
from app.posts.tables import PostRow
from app.services import Services
from app.trends.tables import TrendKind, TrendRow
from tests.app import people as rows
from tests.app.mastodon.people import Person

LINK = "/api/v1/timelines/link"
URL = "https://paper.example/a?b=1&c=2"


def texts(found: list[dict[str, Any]]) -> list[str]:
    return [one["content"] for one in found]


def trend(services: Services, url: str, *, allowed: bool | None = True, score: float = 1.0) -> None:
    with services.db.write() as session:
        now = services.clock.now()
        session.add(TrendRow(kind=TrendKind.LINK, key=url, name=url, score=score, allowed=allowed, scored_at=now))


def be_found(services: Services, *who: Person) -> None:
    with services.db.write() as session:
        ids = [one.account.id for one in who]
        session.execute(update(ActorRow).where(ActorRow.id.in_(ids)).values(discoverable=True))


def test_a_link_has_a_timeline_while_it_trends(ana: Person, ben: Person, http: FlaskClient, services: Services) -> None:
    trend(services, URL)
    be_found(services, ana)
    first, _other = ana.says(f"Read {URL}"), ana.says(f"Not this {URL}3")
    waiting = ana.says(f"Those vermin {URL}")
    ana.says(f"For friends {URL}", visibility="private")
    ben.says(f"Don't find me {URL}")
    seen: Any = http.get(LINK, query_string={"url": URL}).json
    for answer in (seen, ben.read(LINK, query_string={"url": URL})):
        assert [one["id"] for one in answer] == [first["id"]]
    own = ana.read(LINK, query_string={"url": URL})
    assert [one["id"] for one in own] == [waiting["id"], first["id"]], "and its author what waits"


@pytest.mark.parametrize("state", [{"allowed": None}, {"allowed": False}, {"score": 0.0}])
def test_what_isn_t_shown_among_the_trends_has_none(ana: Person, services: Services, state: dict[str, Any]) -> None:
    trend(services, URL, **state)
    assert ana.get(LINK, query_string={"url": URL}).status_code == 404
    assert ana.get(LINK).status_code == 404


def test_a_hashtag_s_timeline_takes_others_along(ana: Person) -> None:
    both, one, other = (ana.says(text)["id"] for text in ("#cats #dogs", "#cats", "#birds"))
    path = "/api/v1/timelines/tag/cats"

    def ids(query: str) -> list[str]:
        return [status["id"] for status in ana.read(f"{path}?{query}")]

    assert ids("any[]=birds") == [other, one, both]
    assert ids("all[]=dogs") == [both] and ids("none[]=Dogs") == [one]
    assert ids("remote=true") == [] and ids("only_media=true") == []


def test_a_profile_is_read_and_changed_as_it_was_typed(ana: Person) -> None:
    ana.do("/api/v1/featured_tags", json={"name": "cats"})
    sent = {"display_name": "Ana", "note": "Hello", "fields_attributes": [{"name": "a", "value": "b"}]}
    changed = ana.send("PATCH", "/api/v1/profile", json={**sent, "attribution_domains": ["Paper.example", "b.example"]})
    assert changed.status_code == 200 and changed.json == ana.read("/api/v1/profile")
    told = changed.json
    assert (told["display_name"], told["note"], told["avatar"]) == ("Ana", "Hello", None)
    assert told["fields"] == [{"name": "a", "value": "b", "verified_at": None}]
    assert told["attribution_domains"] == ["paper.example", "b.example"]
    assert [tag["name"] for tag in told["featured_tags"]] == ["cats"]
    assert ana.read("/api/v1/accounts/verify_credentials")["attribution_domains"] == ["paper.example", "b.example"]


def test_other_servers_are_told_which_websites_may_name_an_author(ana: Person, http: FlaskClient) -> None:
    wants = {"Accept": "application/activity+json"}

    def document() -> Any:
        return http.get("/users/ana", headers=wants).json

    assert "attributionDomains" not in document()
    ana.send("PATCH", "/api/v1/profile", json={"attribution_domains": ["paper.example"]})
    assert document()["attributionDomains"] == ["paper.example"]
    for wrong in (["no website"], [f"w{number}.example" for number in range(11)]):
        assert ana.send("PATCH", "/api/v1/profile", json={"attribution_domains": wrong}).status_code == 422
    ana.send("PATCH", "/api/v1/profile", json={"attribution_domains": []})
    assert ana.read("/api/v1/profile")["attribution_domains"] == []


def test_a_thread_that_is_asked_for_says_so(ana: Person, services: Services) -> None:
    post: PostRow = rows.post(services, rows.remote(services, "far"))
    answer = ana.get(f"/api/v1/statuses/{post.id}/context")
    key = f"context-{post.id}"
    assert answer.headers["Mastodon-Async-Refresh"] == f'id="{key}", retry=3'
    path = f"/api/v1_alpha/async_refreshes/{key}"
    assert ana.read(path) == {"async_refresh": {"id": key, "status": "running", "result_count": None}}
    with services.db.write() as session:
        this = WantedRow.uri == post.uri, WantedRow.what == Wanted.REPLIES
        session.execute(update(WantedRow).where(*this).values(next_at=None))
    assert ana.read(path)["async_refresh"]["status"] == "finished"
    assert "Mastodon-Async-Refresh" not in ana.get(f"/api/v1/statuses/{post.id}/context").headers
    for nothing in ("context-1", "context-x", "x"):
        assert ana.get(f"/api/v1_alpha/async_refreshes/{nothing}").status_code in (404, 422)


def test_the_instance_says_what_it_can_do(http: FlaskClient) -> None:
    told: Any = http.get("/api/v2/instance").json
    assert told["api_versions"] == {"mastodon": 7} and told["version"].startswith("4.5.0 ")
    assert told["configuration"]["translation"] == {"enabled": False}
    assert told["configuration"]["accounts"]["max_featured_tags"] == 10
    assert told["configuration"]["timelines_access"]["live_feeds"] == {"local": "public", "remote": "public"}
    assert http.get("/api/v1/instance/translation_languages").status_code == 404
