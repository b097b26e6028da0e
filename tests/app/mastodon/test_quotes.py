"""Quotes by the client API: written, shown, listed, taken back; and what authors don't let others do."""

from __future__ import annotations

from typing import Any

import pytest

from app.posts.tables import AttachmentRow, PostRow
from app.relationships import block, follow
from app.services import Services
from tests.app import people as cast
from tests.app.mastodon.people import Person, remote, sign_in

HELD = "they are vermin, all of them"


def quotes(person: Person, status: Any, **more: Any) -> Any:
    """Quote a status."""
    return person.says("Read this.", quoted_status_id=status["id"], **more)


def again(person: Person, status: Any) -> Any:
    """A status as somebody sees it now."""
    return person.read(f"/api/v1/statuses/{status['id']}")


def test_a_quote_shows_what_it_quotes_and_its_author_is_told(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.")
    assert status["quote"] is None and status["quotes_count"] == 0
    assert status["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    quoting = quotes(ben, status)
    assert quoting["quote"]["state"] == "accepted"
    assert quoting["quote"]["quoted_status"]["content"] == status["content"]
    assert quoting["content"].startswith(f'<p class="quote-inline">RE: <a href="{status["url"]}"')
    assert again(ana, status)["quotes_count"] == 1
    (notice,) = ana.read("/api/v1/notifications")
    assert (notice["type"], notice["status"]["id"], notice["account"]["id"]) == ("quote", quoting["id"], ben.id)
    assert [one["id"] for one in ana.read(f"/api/v1/statuses/{status['id']}/quotes")] == [quoting["id"]]


def test_of_a_quote_within_a_quote_there_is_only_the_id(ana: Person, ben: Person) -> None:
    first = ana.says("The ferry left.")
    outer = quotes(ana, quotes(ben, first))
    inner = outer["quote"]["quoted_status"]["quote"]
    assert inner == {"state": "accepted", "quoted_status_id": first["id"]}


def test_what_its_author_does_not_allow_is_not_quoted(ana: Person, ben: Person, services: Services) -> None:
    nobody = ana.says("Not this.", quote_approval_policy="nobody")
    private = ana.says("Nor this.", visibility="private")
    follow.follow(services, int(ben.id), int(ana.id))
    followers = ana.says("This, if you follow.", quote_approval_policy="followers")
    for status in (nobody, private):
        answer = ben.post("/api/v1/statuses", json={"status": "Read this.", "quoted_status_id": status["id"]})
        assert answer.status_code == 422, answer.text
        assert again(ben, status)["quote_approval"]["current_user"] == "denied"
        assert quotes(ana, status)["quote"]["state"] == "accepted"
    assert quotes(ben, followers)["quote"]["state"] == "accepted"
    assert ben.post("/api/v1/statuses", json={"status": "!", "quoted_status_id": "1"}).status_code == 404


def test_a_quote_that_wants_to_be_asked_for_first_waits(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.", quote_approval_policy="manual")
    approval = again(ben, status)["quote_approval"]
    assert approval == {"automatic": [], "manual": ["public"], "current_user": "manual"}
    quoting = quotes(ben, status)
    assert (quoting["quote"], again(ana, status)["quotes_count"]) == ({"state": "pending", "quoted_status": None}, 0)
    assert [one["type"] for one in ana.read("/api/v1/notifications")] == ["quote"]
    answer = ben.post(
        "/api/v1/statuses", json={"status": "!", "quoted_status_id": status["id"], "visibility": "private"}
    )
    assert answer.status_code == 422
    source = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"quote_policy": "manual"}})
    assert source.json["source"]["quote_policy"] == "nobody", "clients know three words"


def test_what_followers_see_is_quoted_to_followers_at_most(ana: Person) -> None:
    private = ana.says("Among us.", visibility="private")
    assert quotes(ana, private, visibility="public")["visibility"] == "private"


def test_who_may_quote_is_chosen_for_a_post_and_as_a_habit(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.")
    path = f"/api/v1/statuses/{status['id']}/interaction_policy"
    changed = ana.send("PUT", path, json={"quote_approval_policy": "nobody"})
    assert changed.json["quote_approval"]["automatic"] == []
    assert ana.send("PUT", path, json={"quote_approval_policy": "everyone"}).status_code == 422
    assert ben.send("PUT", path, json={"quote_approval_policy": "public"}).status_code == 404
    edited = ana.send(
        "PUT", f"/api/v1/statuses/{status['id']}", json={"status": "It left.", "quote_approval_policy": "followers"}
    )
    assert edited.json["quote_approval"]["automatic"] == ["followers"]
    source = ana.send("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"quote_policy": "nobody"}})
    assert source.json["source"]["quote_policy"] == "nobody"
    assert ana.says("From now on.")["quote_approval"]["automatic"] == []


def test_an_edit_keeps_what_is_quoted(ana: Person, ben: Person) -> None:
    quoting = quotes(ben, ana.says("The ferry left."))
    changed = ben.send("PUT", f"/api/v1/statuses/{quoting['id']}", json={"status": "Do read this."}).json
    assert changed["quote"]["state"] == "accepted"
    assert ana.read("/api/v1/notifications")[0]["type"] == "quote"


def test_a_quote_is_taken_back_for_good(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.")
    quoting = quotes(ben, status)
    path = f"/api/v1/statuses/{status['id']}/quotes/{quoting['id']}/revoke"
    assert ben.post(path).status_code == 404
    assert ana.do(path)["quote"] == {"state": "revoked", "quoted_status": None}
    assert ana.do(path)["quote"]["state"] == "revoked"
    assert again(ana, status)["quotes_count"] == 0
    assert ana.read(f"/api/v1/statuses/{status['id']}/quotes") == []
    assert ana.post(f"/api/v1/statuses/{quoting['id']}/quotes/{quoting['id']}/revoke").status_code == 404


def test_a_quote_that_waits_is_not_there_for_who_is_quoted(ana: Person, ben: Person, services: Services) -> None:
    status = ana.says("The ferry left.")
    held = ben.says(HELD, quoted_status_id=status["id"])
    private = ben.says("Between us.", quoted_status_id=status["id"], visibility="private")
    paths = [f"/api/v1/statuses/{status['id']}/quotes/{id_}/revoke" for id_ in (held["id"], private["id"], "1")]
    answers = {(answer.status_code, answer.text) for answer in map(ana.post, paths)}
    assert [code for code, _text in answers] == [404]
    for quoting in (held, private):
        assert again(ben, quoting)["quote"]["state"] == "accepted"


def test_who_quotes_and_blocks_can_be_stopped_all_the_same(ana: Person, ben: Person, services: Services) -> None:
    status = ana.says("The ferry left.")
    quoting = quotes(ben, status)
    block.block(services, int(ben.id), int(ana.id))
    assert ana.do(f"/api/v1/statuses/{status['id']}/quotes/{quoting['id']}/revoke") == {}
    cleo = sign_in(ana.http, services, "cleo")
    assert again(cleo, quoting)["quote"]["state"] == "revoked"


@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_what_is_not_for_everybody_is_not_sent_elsewhere_to_be_allowed(
    ana: Person, services: Services, visibility: str
) -> None:
    terms = {"quote": {"automatic": ["public"], "manual": []}}
    post = cast.post(services, remote(services, "cleo"), "Read me.", terms=terms)
    asked = {"status": "Between us.", "quoted_status_id": str(post.id), "visibility": visibility}
    assert ana.post("/api/v1/statuses", json=asked).status_code == 422


def test_what_is_gone_or_not_for_these_eyes_leaves_the_place_empty(
    ana: Person, ben: Person, services: Services
) -> None:
    cleo = sign_in(ana.http, services, "cleo")
    status = ana.says("The ferry left.")
    quoting = quotes(ben, status)
    block.block(services, int(ana.id), int(cleo.id))
    assert again(cleo, quoting)["quote"] == {"state": "unauthorized", "quoted_status": None}
    ana.send("DELETE", f"/api/v1/statuses/{status['id']}")
    assert again(ben, quoting)["quote"] == {"state": "deleted", "quoted_status": None}
    assert "quote-inline" not in again(ben, quoting)["content"]


def test_a_suspended_authors_words_are_in_no_quote(ana: Person, ben: Person, services: Services) -> None:
    quoting = quotes(ben, ana.says("The ferry left."))
    with services.db.write() as session:
        session.merge(ana.account.actor).suspended_at = services.clock.now()
    assert again(ben, quoting)["quote"] == {"state": "unauthorized", "quoted_status": None}


def test_what_waits_is_not_quoted_even_by_its_author(ana: Person) -> None:
    held = ana.says(HELD)
    answer = ana.post("/api/v1/statuses", json={"status": "Read this.", "quoted_status_id": held["id"]})
    assert answer.status_code == 422


def test_a_quote_that_waits_tells_nobody(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.")
    ben.says(HELD, quoted_status_id=status["id"])
    assert ana.read("/api/v1/notifications") == []
    assert again(ana, status)["quotes_count"] == 0


def test_who_quoted_is_told_when_it_reads_differently(ana: Person, ben: Person) -> None:
    status = ana.says("The ferry left.")
    quoting = quotes(ben, status)
    ana.send("PUT", f"/api/v1/statuses/{status['id']}", json={"status": "The ferry came back."})
    (notice,) = ben.read("/api/v1/notifications")
    assert (notice["type"], notice["status"]["id"]) == ("quoted_update", quoting["id"])


@pytest.fixture
def reserved(services: Services) -> PostRow:
    """A post from elsewhere whose author wants nothing done with it."""
    nothing: dict[str, list[str]] = {"automatic": [], "manual": []}
    terms = dict.fromkeys(("quote", "reply", "like", "announce"), nothing)
    return cast.post(services, remote(services, "mallory"), "Leave it alone.", terms=terms)


@pytest.mark.parametrize("deed", ["favourite", "reblog"])
def test_what_an_author_does_not_want_is_said_before_anything_is_sent(
    ana: Person, reserved: PostRow, deed: str
) -> None:
    answer = ana.post(f"/api/v1/statuses/{reserved.id}/{deed}")
    assert answer.status_code == 403 and "allow" in answer.json["error"]
    status = ana.read(f"/api/v1/statuses/{reserved.id}")
    assert (status["favourites_count"], status["reblogs_count"]) == (0, 0)


def test_nobody_replies_where_the_author_does_not_want_it(ana: Person, reserved: PostRow) -> None:
    answer = ana.post("/api/v1/statuses", json={"status": "But why?", "in_reply_to_id": str(reserved.id)})
    assert answer.status_code == 403 and "reply" in answer.json["error"]


def test_who_must_agree_first_is_sent_it_all_the_same(ana: Person, services: Services) -> None:
    asks = {"automatic": [], "manual": ["public"]}
    post = cast.post(services, remote(services, "cleo"), "Ask me.", terms={"like": asks, "quote": asks})
    assert ana.do(f"/api/v1/statuses/{post.id}/favourite")["favourited"] is True
    status = ana.read(f"/api/v1/statuses/{post.id}")
    assert status["quote_approval"] == {"automatic": [], "manual": ["public"], "current_user": "manual"}
    assert quotes(ana, status)["quote"] == {"state": "pending", "quoted_status": None}


def test_the_focal_point_of_a_picture_is_told(ana: Person, services: Services) -> None:
    post = cast.post(services, remote(services, "cleo"), "Look.")
    with services.db.write() as session:
        picture = {"url": "https://elsewhere.example/1.png", "media_type": "image/png", "position": 0}
        session.add(AttachmentRow(post_pk=post.pk, focus_x=0.25, focus_y=-0.5, **picture))
    (attachment,) = ana.read(f"/api/v1/statuses/{post.id}")["media_attachments"]
    assert attachment["meta"] == {"focus": {"x": 0.25, "y": -0.5}}
