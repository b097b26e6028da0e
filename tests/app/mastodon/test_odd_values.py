"""Values that make no sense are answered as Mastodon answers them, so that clients that send them go on working."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.app.mastodon.people import Person

HOME = "/api/v1/timelines/home"


@pytest.mark.parametrize("limit", ["abc", "", "1.5"])
def test_a_limit_that_is_no_number_is_the_usual_one(ana: Person, limit: str) -> None:
    for number in range(3):
        ana.says(f"Post {number}")
    assert len(ana.read(f"{HOME}?limit={limit}")) == 3 and len(ana.read(f"{HOME}?limit=2")) == 2


@pytest.mark.parametrize(("said", "found"), [("maybe", 0), ("true", 0), ("false", 1), ("0", 1), ("", 1)])
def test_a_flag_that_is_not_a_no_is_a_yes(ana: Person, said: str, found: int) -> None:
    ana.says("Without a picture")
    assert len(ana.read(f"/api/v1/accounts/{ana.id}/statuses?only_media={said}")) == found


@pytest.mark.parametrize("to", ["abc", "-1", "9" * 30, "12345"])
def test_nobody_answers_what_is_not_there(ana: Person, to: str) -> None:
    assert ana.post("/api/v1/statuses", json={"status": "Yes", "in_reply_to_id": to}).status_code == 404
    assert ana.says("Alone", in_reply_to_id="")["in_reply_to_id"] is None


def test_what_is_not_there_is_said_before_what_is_missing(ana: Person) -> None:
    assert ana.post("/api/v1/polls/12345/votes", json={}).status_code == 404
    assert ana.post("/api/v2/filters/12345/statuses", json={}).status_code == 404


def test_a_report_names_rules_of_this_server(ana: Person, ben: Person) -> None:
    sent = {"account_id": str(ben.id), "category": "violation", "rule_ids": ["999"]}
    refused = ana.post("/api/v1/reports", json=sent)
    assert refused.status_code == 422 and "valid rules" in refused.json["error"]
    assert ana.do("/api/v1/reports", json={"account_id": str(ben.id)})["category"] == "other"


def test_a_filter_with_an_end_in_the_past_is_over(ana: Person) -> None:
    wanted = {"title": "x", "context": ["home"], "expires_in": -5, "keywords_attributes": [{"keyword": "casserole"}]}
    made = ana.do("/api/v2/filters", json=wanted)
    assert made["expires_at"] == "2026-03-02T11:59:55.000Z"
    assert ana.says("A casserole") and "filtered" in ana.read(HOME)[0] and ana.read(HOME)[0]["filtered"] == []


def test_another_method_is_told_which_there_are(http: FlaskClient) -> None:
    answer = http.delete("/api/v1/instance")
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"] and answer.json["error"]


def test_a_page_that_is_asked_for_by_another_method_says_which_there_are(http: FlaskClient) -> None:
    answer = http.delete("/about", headers={"Accept": "text/html"})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"] and answer.mimetype == "text/html"


def test_a_language_that_is_none_is_not_a_post_s_and_cant_be_one_s_own(ana: Person) -> None:
    own = {"source": {"language": "fr"}}
    assert ana.send("PATCH", "/api/v1/accounts/update_credentials", json=own).json["source"]["language"] == "fr"
    for unknown in ("zzzz", "xx-bad"):
        assert ana.says("Good morning", language=unknown)["language"] == "fr", unknown
        changed = {"source": {"language": unknown}}
        assert ana.send("PATCH", "/api/v1/accounts/update_credentials", json=changed).status_code == 422
    assert ana.says("Bom dia", language="pt-BR")["language"] == "pt-BR"
    assert ana.read("/api/v1/preferences")["posting:default:language"] == "fr"
