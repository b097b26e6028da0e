"""Lists by the client API: who may be on one, what its timeline shows, and what it keeps out of the home timeline."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services import Services
from tests.app.mastodon.people import Person, sign_in


@pytest.fixture
def cleo(http: FlaskClient, services: Services) -> Person:
    return sign_in(http, services, "cleo")


def make(who: Person, *members: Person, **more: Any) -> str:
    """A list with these on it, whom its owner follows from now on."""
    made = who.do("/api/v1/lists", json={"title": "Friends", **more})
    for one in members:
        who.do(f"/api/v1/accounts/{one.id}/follow")
    if members:
        who.do(f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [one.id for one in members]})
    return str(made["id"])


def shown(who: Person, path: str) -> list[str]:
    return [status["id"] for status in who.read(path)]


def test_a_list_is_made_changed_and_deleted(ana: Person) -> None:
    made = ana.do("/api/v1/lists", json={"title": "  Neighbours  "})
    assert made == {"id": made["id"], "title": "Neighbours", "replies_policy": "list", "exclusive": False}
    changes = {"title": "Street", "replies_policy": "none", "exclusive": True}
    changed = ana.send("PUT", f"/api/v1/lists/{made['id']}", json=changes).json
    assert changed == {"id": made["id"]} | changes
    assert ana.read("/api/v1/lists") == [changed] == [ana.read(f"/api/v1/lists/{made['id']}")]
    assert ana.send("DELETE", f"/api/v1/lists/{made['id']}").status_code == 200
    assert ana.read("/api/v1/lists") == [] and ana.get(f"/api/v1/lists/{made['id']}").status_code == 404


def test_only_whom_one_follows_is_put_on_a_list_and_only_once(ana: Person, ben: Person, cleo: Person) -> None:
    made = make(ana, ben)
    path = f"/api/v1/lists/{made}/accounts"
    assert ana.post(path, json={"account_ids": [cleo.id]}).status_code == 404
    assert ana.post(path, json={"account_ids": [ben.id]}).status_code == 422
    assert ana.post(path, json={"account_ids": []}).status_code == 404
    assert [one["id"] for one in ana.read(path)] == [ben.id] == [one["id"] for one in ana.read(f"{path}?limit=0")]
    assert [one["id"] for one in ana.read(f"/api/v1/accounts/{ben.id}/lists")] == [made]
    assert ana.send("DELETE", path, json={"account_ids": [ben.id, cleo.id]}).status_code == 200
    assert ana.read(path) == []


def test_who_is_unfollowed_leaves_the_list(ana: Person, ben: Person) -> None:
    made = make(ana, ben)
    ana.do(f"/api/v1/accounts/{ben.id}/unfollow")
    assert ana.read(f"/api/v1/lists/{made}/accounts") == []


def test_its_timeline_is_what_its_members_post_and_the_owner_may_see(ana: Person, ben: Person, cleo: Person) -> None:
    made = make(ana, ben)
    ana.do(f"/api/v1/accounts/{cleo.id}/follow")
    first, second = ben.says("One"), ben.says("For my followers", visibility="private")
    cleo.says("Not on the list")
    ben.says("@cleo to you alone", visibility="direct")
    ben.says("Vermin, all of them")
    path = f"/api/v1/timelines/list/{made}"
    assert shown(ana, path) == [second["id"], first["id"]]
    assert shown(ana, f"{path}?max_id={second['id']}") == [first["id"]]
    ana.do(f"/api/v1/accounts/{ben.id}/mute")
    assert shown(ana, path) == []


def test_which_replies_it_shows_is_its_owners_choice(ana: Person, ben: Person, cleo: Person) -> None:
    made = make(ana, ben)
    asked = cleo.says("Who was at the pier?")
    reply = ben.says("I was", in_reply_to_id=asked["id"])
    path = f"/api/v1/timelines/list/{made}"

    def under(policy: str) -> list[str]:
        assert ana.send("PUT", f"/api/v1/lists/{made}", json={"replies_policy": policy}).status_code == 200
        return shown(ana, path)

    assert [under(policy) for policy in ("none", "list", "followed")] == [[], [], []]
    ana.do(f"/api/v1/accounts/{cleo.id}/follow")
    assert [under(policy) for policy in ("none", "list", "followed")] == [[], [], [reply["id"]]]
    ana.do(f"/api/v1/lists/{made}/accounts", json={"account_ids": [cleo.id]})
    assert under("list") == [reply["id"], asked["id"]] and under("none") == [asked["id"]]


def test_an_exclusive_list_keeps_its_members_out_of_the_home_timeline(
    ana: Person, ben: Person, cleo: Person, services: Services
) -> None:
    made = make(ana, ben, exclusive=True)
    ana.do(f"/api/v1/accounts/{cleo.id}/follow")
    status, other = ben.says("Hello"), cleo.says("Hello, too")
    assert shown(ana, "/api/v1/timelines/home") == [other["id"]]
    assert shown(ana, f"/api/v1/timelines/list/{made}") == [status["id"]]
    ana.send("PUT", f"/api/v1/lists/{made}", json={"exclusive": False})
    assert shown(ana, "/api/v1/timelines/home") == [other["id"], status["id"]]
    later = ben.says("Here again")
    assert shown(ana, "/api/v1/timelines/home")[0] == later["id"]


def test_anothers_list_is_not_there(ana: Person, ben: Person) -> None:
    made = make(ana, ben)
    for method, path in (
        ("GET", f"/api/v1/lists/{made}"),
        ("PUT", f"/api/v1/lists/{made}"),
        ("DELETE", f"/api/v1/lists/{made}"),
        ("GET", f"/api/v1/lists/{made}/accounts"),
        ("POST", f"/api/v1/lists/{made}/accounts"),
        ("DELETE", f"/api/v1/lists/{made}/accounts"),
        ("GET", f"/api/v1/timelines/list/{made}"),
    ):
        assert ben.send(method, path, json={"title": "x", "account_ids": ["1"]}).status_code == 404, (method, path)


def test_what_cant_be_a_list_is_refused(ana: Person) -> None:
    for given in ({}, {"title": " "}, {"title": "x" * 257}, {"title": "x", "replies_policy": "some"}):
        assert ana.post("/api/v1/lists", json=given).status_code == 422, given
