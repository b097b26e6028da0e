"""Timelines, paging, and pages that are kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.clock import FrozenClock
from app.services import Services
from app.settings import Settings
from tests.app.mastodon.people import Person, sign_in

HOME = "/api/v1/timelines/home"


def ids(statuses: list[dict[str, str]]) -> list[str]:
    return [status["id"] for status in statuses]


def links(header: str) -> dict[str, str]:
    found = re.findall(r'<https://ostiary\.example([^>]+)>; rel="(\w+)"', header)
    return {rel: path for path, rel in found}


def test_home_holds_ones_own_posts_and_those_of_people_followed(ana: Person, ben: Person) -> None:
    mine = ana.says("mine")
    ben.says("before anybody followed")
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    theirs = ben.says("theirs")
    assert ids(ana.read(HOME))[0] == theirs["id"] and mine["id"] in ids(ana.read(HOME))
    assert ids(ben.read(HOME))[0] == theirs["id"] and mine["id"] not in ids(ben.read(HOME))


def test_a_page_that_is_kept_never_shows_what_is_gone(ana: Person, ben: Person) -> None:
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    status = ben.says("Soon gone")
    assert ids(ana.read(HOME)) == ids(ana.read(HOME)) == [status["id"]]
    ben.send("DELETE", f"/api/v1/statuses/{status['id']}")
    assert ana.read(HOME) == []


def test_a_kept_page_knows_of_likes_blocks_and_new_posts(ana: Person, ben: Person) -> None:
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    status = ben.says("one")
    assert ana.read(HOME)[0]["favourited"] is False
    ana.do(f"/api/v1/statuses/{status['id']}/favourite")
    assert ana.read(HOME)[0]["favourited"] is True and ana.read(HOME)[0]["favourites_count"] == 1
    ben.says("two")
    assert len(ana.read(HOME)) == 2
    ben.do(f"/api/v1/accounts/{ana.id}/block")
    assert ana.read(HOME) == []


def test_a_kept_page_is_the_viewers_own(ana: Person, ben: Person) -> None:
    ana.says("for ana's home")
    assert len(ana.read(HOME)) == 1 and ben.read(HOME) == []


def test_what_hangs_on_the_clock_alone_is_a_second_late_at_most(ana: Person, ben: Person, clock: FrozenClock) -> None:
    ana.do(f"/api/v1/accounts/{ben.id}/follow")
    ben.says("muted for a minute")
    ana.do(f"/api/v1/accounts/{ben.id}/mute", json={"duration": 60})
    assert ana.read(HOME) == []
    clock.move(timedelta(seconds=61))
    assert len(ana.read(HOME)) == 1


def test_pages_lead_to_older_and_newer_ones_and_keep_other_parameters(ana: Person, clock: FrozenClock) -> None:
    written = []
    for number in range(5):
        clock.move(timedelta(seconds=1))
        written.append(ana.says(f"number {number}")["id"])
    first = ana.get(f"{HOME}?limit=2&local=true")
    assert ids(first.json) == [written[4], written[3]]
    found = links(first.headers["Link"])
    assert "local=true" in found["next"] and "limit=2" in found["next"]
    second = ana.get(found["next"])
    assert ids(second.json) == [written[2], written[1]]
    assert ids(ana.read(links(second.headers["Link"])["prev"])) == [written[4], written[3]]
    assert ids(ana.read(f"{HOME}?min_id={written[0]}&limit=2")) == [written[2], written[1]]
    assert ids(ana.read(f"{HOME}?since_id={written[0]}&limit=2")) == [written[4], written[3]]
    assert ids(ana.read(f"{HOME}?limit=0")) == [written[4]]
    assert len(ana.read(f"{HOME}?limit=9999")) == 5


@pytest.mark.parametrize("query", ["max_id=abc", "min_id=-5", "since_id=%00", "max_id=1&max_id[]=2"])
def test_a_page_that_cannot_be_is_refused(ana: Person, query: str) -> None:
    answer = ana.get(f"{HOME}?{query}")
    assert answer.status_code in (400, 422) and answer.json["error"]


def test_an_id_beyond_all_bounds_is_an_ordinary_page(ana: Person) -> None:
    status = ana.says("hello")
    assert ids(ana.read(f"{HOME}?max_id={10**39}")) == [status["id"]]


def test_public_timelines_hold_public_posts_of_everybody(ana: Person, ben: Person, http: FlaskClient) -> None:
    status = ana.says("Public #tram")
    ana.says("Unlisted #tram", visibility="unlisted")
    ana.says("Private #tram", visibility="private")
    path = "/api/v1/timelines/public"
    assert ids(http.get(path).json) == ids(http.get(f"{path}?local=true").json) == [status["id"]]
    assert http.get(f"{path}?remote=true").json == []
    assert ids(http.get("/api/v1/timelines/tag/TRAM").json) == [status["id"]]
    assert "favourited" not in http.get(path).json[0]
    assert ben.read(path)[0]["favourited"] is False


def test_a_bad_token_is_refused_even_where_none_is_needed(http: FlaskClient) -> None:
    answer = http.get("/api/v1/timelines/public", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.json) == (401, {"error": "The access token is invalid"})


def test_where_everything_asks_who_is_there_strangers_read_no_timelines(
    http: FlaskClient, services: Services, ana: Person
) -> None:
    assert isinstance(services.settings, Settings)
    object.__setattr__(services.settings, "secure_mode", True)
    assert http.get("/api/v1/timelines/public").status_code == 401
    assert ana.get("/api/v1/timelines/public").status_code == 200


def test_limits_are_told_and_kept(http: FlaskClient, services: Services, ana: Person) -> None:
    answer = ana.get(HOME)
    assert answer.headers["X-RateLimit-Limit"] == "1500" and answer.headers["X-RateLimit-Remaining"] == "1499"
    assert answer.headers["X-RateLimit-Reset"] == "2026-03-02T12:05:00.000000Z"
    ana.says("one")
    assert ana.get(HOME).headers["X-RateLimit-Remaining"] == "1497"
    refused = None
    for _ in range(65):
        refused = http.post("/api/v1/apps", data={"client_name": "x", "redirect_uris": "https://x.example/"})
    assert refused is not None and refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0 and refused.json["error"]


def test_other_origins_may_ask(http: FlaskClient) -> None:
    answer = http.options(HOME, headers={"Origin": "https://client.example"})
    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
    exposed = http.get("/api/v1/instance").headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Link", "X-RateLimit-Remaining", "X-Request-Id", "Mastodon-Async-Refresh"} <= set(exposed)
    asking = {"Origin": "https://client.example", "Access-Control-Request-Headers": "authorization, x-own"}
    allowed = http.options(HOME, headers=asking).headers
    assert allowed.getlist("Access-Control-Allow-Headers") == ["authorization, x-own"]
    assert allowed["Access-Control-Max-Age"] == "7200"


def test_other_origins_follow_pictures_to_where_they_are(http: FlaskClient, services: Services) -> None:
    object.__setattr__(services.settings, "streaming_url", "http://localhost:4000")
    answer = http.get("/media/x/y.webp", headers={"Origin": "https://client.example"})
    assert answer.status_code == 307 and answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/instance/translation_languages", "/api/v1/collections/1", "/api/v1/streaming/user", "/api/v1/nonsense"],
)  # fmt: skip
def test_what_is_not_built_says_so(ana: Person, path: str) -> None:
    answer = ana.get(path)
    assert answer.status_code == 404 and answer.json["error"]


def test_a_wrong_method_says_so_in_json(ana: Person) -> None:
    answer = ana.post(HOME)
    assert answer.status_code == 405 and answer.json["error"]


def test_two_members_share_nothing_but_the_server(http: FlaskClient, services: Services) -> None:
    names = [sign_in(http, services, name) for name in ("carla", "dora")]
    for person in names:
        person.says(f"I am {person.account.email}")
    assert [len(person.read(HOME)) for person in names] == [1, 1]
