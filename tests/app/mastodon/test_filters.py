"""Filters by the client API: made, changed, matched on the server, in both versions that clients know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.clock import FrozenClock
from app.services import Services
from tests.app.mastodon.people import Person

CONTEXT = ["home", "public"]


def make(who: Person, *words: str, **more: Any) -> dict[str, Any]:
    given = {"title": "Football", "context": CONTEXT, "keywords_attributes": [{"keyword": word} for word in words]}
    made: dict[str, Any] = who.do("/api/v2/filters", json=given | more)
    return made


def filtered(who: Person, status_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.read(f"/api/v1/statuses/{status_id}")["filtered"]
    return found


def test_a_filter_is_made_and_read_as_clients_expect(ana: Person) -> None:
    made = make(ana, "cup", filter_action="hide", expires_in="3600")
    assert made == {
        "id": made["id"],
        "title": "Football",
        "context": ["home", "public"],
        "expires_at": "2026-03-02T13:00:00.000Z",
        "filter_action": "hide",
        "keywords": [{"id": made["keywords"][0]["id"], "keyword": "cup", "whole_word": True}],
        "statuses": [],
    }
    assert ana.read("/api/v2/filters") == [made]
    assert ana.read(f"/api/v2/filters/{made['id']}") == made


def test_what_matches_says_by_what(ana: Person, ben: Person) -> None:
    made = make(ana, "cup", "goal")
    status = ben.says("A goal, at last", spoiler_text="The Cup")
    (result,) = filtered(ana, status["id"])
    assert result["filter"] == {key: made[key] for key in ("id", "title", "context", "expires_at", "filter_action")}
    assert result["keyword_matches"] == ["cup", "goal"] and result["status_matches"] is None
    boost = ana.do(f"/api/v1/statuses/{status['id']}/reblog")
    assert boost["filtered"] == boost["reblog"]["filtered"] == [result]
    assert filtered(ben, status["id"]) == []


def test_polls_count_and_ones_own_words_do_not(ana: Person, ben: Person) -> None:
    make(ana, "cup")
    asked = ben.says("What?", poll={"options": ["The cup", "Tea"], "expires_in": 3600})
    assert filtered(ana, asked["id"])
    assert filtered(ana, ana.says("My cup of tea")["id"]) == []


def test_a_filter_that_ran_out_matches_nothing_and_is_still_there(ana: Person, ben: Person, services: Services) -> None:
    made = make(ana, "cup", expires_in=60)
    status = ben.says("The cup")
    assert filtered(ana, status["id"])
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(seconds=61))
    assert filtered(ana, status["id"]) == []
    assert [one["id"] for one in ana.read("/api/v2/filters")] == [made["id"]]
    answer = ana.send("PUT", f"/api/v2/filters/{made['id']}", json={"expires_in": ""})
    assert answer.json["expires_at"] is None and filtered(ana, status["id"])


def test_keywords_are_added_changed_and_dropped_with_the_filter_or_alone(ana: Person) -> None:
    made = make(ana, "cup", "goal")
    first, second = (word["id"] for word in made["keywords"])
    changes = [{"id": first, "_destroy": True}, {"id": second, "keyword": "goals", "whole_word": False}]
    answer = ana.send(
        "PUT", f"/api/v2/filters/{made['id']}", json={"keywords_attributes": [*changes, {"keyword": "x"}]}
    )
    assert [(word["keyword"], word["whole_word"]) for word in answer.json["keywords"]] == [
        ("goals", False),
        ("x", True),
    ]
    added = ana.do(f"/api/v2/filters/{made['id']}/keywords", json={"keyword": "kick"})
    path = f"/api/v2/filters/keywords/{added['id']}"
    assert ana.send("PUT", path, json={"whole_word": False}).json == added | {"whole_word": False}
    assert ana.read(path)["whole_word"] is False
    assert ana.send("DELETE", path).status_code == 200 and ana.get(path).status_code == 404
    assert [word["keyword"] for word in ana.read(f"/api/v2/filters/{made['id']}/keywords")] == ["goals", "x"]


def test_a_single_post_is_put_on_a_filter(ana: Person, ben: Person) -> None:
    made, status = make(ana), ben.says("Nothing of note")
    put = ana.do(f"/api/v2/filters/{made['id']}/statuses", json={"status_id": status["id"]})
    (result,) = filtered(ana, status["id"])
    assert result["status_matches"] == [status["id"]] and result["keyword_matches"] is None
    again = ana.post(f"/api/v2/filters/{made['id']}/statuses", json={"status_id": status["id"]})
    assert again.status_code == 422
    assert ana.read(f"/api/v2/filters/{made['id']}/statuses") == [put]
    assert ana.send("DELETE", f"/api/v2/filters/statuses/{put['id']}").json == put
    assert filtered(ana, status["id"]) == []


def test_a_deleted_post_leaves_its_filters(ana: Person, ben: Person) -> None:
    made, status = make(ana), ben.says("Soon gone")
    ana.do(f"/api/v2/filters/{made['id']}/statuses", json={"status_id": status["id"]})
    assert ben.send("DELETE", f"/api/v1/statuses/{status['id']}").status_code == 200
    assert ana.read(f"/api/v2/filters/{made['id']}")["statuses"] == []


def test_older_clients_see_each_keyword_as_a_filter(ana: Person, ben: Person) -> None:
    made = ana.do("/api/v1/filters", json={"phrase": "cup", "context": ["home"], "irreversible": True})
    expected = {"phrase": "cup", "context": ["home"], "whole_word": False, "expires_at": None, "irreversible": True}
    assert made == {"id": made["id"]} | expected
    assert ana.read("/api/v1/filters") == [made] == [ana.read(f"/api/v1/filters/{made['id']}")]
    (newer,) = ana.read("/api/v2/filters")
    assert newer["title"] == "cup" and newer["filter_action"] == "hide"
    changed = ana.send("PUT", f"/api/v1/filters/{made['id']}", json={"phrase": "cups", "context": ["home"]}).json
    assert changed["phrase"] == "cups" and filtered(ana, ben.says("Two cups")["id"])
    assert ana.send("DELETE", f"/api/v1/filters/{made['id']}").status_code == 200
    assert ana.read("/api/v2/filters") == []


def test_an_older_client_cant_change_what_its_filter_shares_with_others(ana: Person) -> None:
    made = make(ana, "cup", "goal")
    path = f"/api/v1/filters/{made['keywords'][0]['id']}"
    assert ana.send("PUT", path, json={"phrase": "cups", "context": ["home"]}).status_code == 422
    assert ana.send("PUT", path, json={"phrase": "cups"}).json["phrase"] == "cups"
    assert ana.send("DELETE", path).status_code == 200
    assert [word["keyword"] for word in ana.read(f"/api/v2/filters/{made['id']}")["keywords"]] == ["goal"]


def test_what_cant_be_a_filter_is_refused_and_nothing_is_kept(ana: Person) -> None:
    for given in (
        {"title": "", "context": CONTEXT},
        {"title": "x"},
        {"title": "x", "context": ["nowhere"]},
        {"title": "x", "context": CONTEXT, "filter_action": "burn"},
        {"title": "x", "context": CONTEXT, "keywords_attributes": [{"keyword": "ok"}, {"keyword": " "}]},
        {"title": "x" * 257, "context": CONTEXT},
    ):
        assert ana.post("/api/v2/filters", json=given).status_code == 422, given
    assert ana.read("/api/v2/filters") == []


def test_anothers_filter_is_not_there(ana: Person, ben: Person) -> None:
    made, status = make(ana, "cup"), ben.says("Nothing")
    put = ana.do(f"/api/v2/filters/{made['id']}/statuses", json={"status_id": status["id"]})
    word = made["keywords"][0]["id"]
    own = make(ben, "cup")
    for method, path in (
        ("GET", f"/api/v2/filters/{made['id']}"),
        ("PUT", f"/api/v2/filters/{made['id']}"),
        ("DELETE", f"/api/v2/filters/{made['id']}"),
        ("GET", f"/api/v2/filters/keywords/{word}"),
        ("DELETE", f"/api/v2/filters/keywords/{word}"),
        ("DELETE", f"/api/v2/filters/statuses/{put['id']}"),
        ("GET", f"/api/v1/filters/{word}"),
        ("DELETE", f"/api/v1/filters/{word}"),
    ):
        assert ben.send(method, path, json={}).status_code == 404, (method, path)
    stolen = {"keywords_attributes": [{"id": word, "keyword": "mine"}]}
    assert ben.send("PUT", f"/api/v2/filters/{own['id']}", json=stolen).status_code == 404
    assert ana.read(f"/api/v2/filters/{made['id']}")["keywords"] == made["keywords"]
