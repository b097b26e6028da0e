"""Posts by the client API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.posts.tables import AttachmentRow
from app.services import Services
from tests.app import people
from tests.app.mastodon.people import Person, remote, sign_in


def test_a_post_comes_back_as_a_status(ana: Person) -> None:
    status = ana.says("Good morning, #Lisbon!\n\nSee https://example.org/a?b=c", language="en")
    assert status["id"].isdigit()
    assert status["created_at"] == "2026-03-02T12:00:00.000Z"
    assert status["visibility"] == "public"
    assert status["account"]["acct"] == "ana"
    assert "<p>Good morning, " in status["content"] and 'href="https://example.org/a?b=c"' in status["content"]
    assert [tag["name"] for tag in status["tags"]] == ["lisbon"]
    assert status["language"] == "en" and status["reblog"] is None and status["favourited"] is False
    assert ana.read(f"/api/v1/statuses/{status['id']}") == status


def test_form_json_and_trailing_slashes_mean_the_same(ana: Person) -> None:
    by_form = ana.do("/api/v1/statuses/", data={"status": "by form", "visibility": "unlisted", "sensitive": "true"})
    by_json = ana.do("/api/v1/statuses", json={"status": "by json", "visibility": "unlisted", "sensitive": True})
    for status in (by_form, by_json):
        assert status["visibility"] == "unlisted" and status["sensitive"] is True
    assert ana.read(f"/api/v1/statuses/{by_form['id']}/") == ana.read(f"/api/v1/statuses/{by_form['id']}")


def test_a_warning_before_nothing_is_the_text(ana: Person) -> None:
    status = ana.says("", spoiler_text="Only this")
    assert (status["content"], status["spoiler_text"], status["sensitive"]) == ("<p>Only this</p>", "", True)
    changed = ana.send("PUT", f"/api/v1/statuses/{status['id']}", json={"status": " ", "spoiler_text": "Or this"}).json
    assert (changed["content"], changed["spoiler_text"], changed["sensitive"]) == ("<p>Or this</p>", "", True)
    poll = {"options": ["Yes", "No"], "expires_in": 3600}
    assert ana.says("", spoiler_text="Spoilt", poll=poll)["spoiler_text"] == "Spoilt"
    assert ana.post("/api/v1/statuses", json={"status": "", "spoiler_text": " "}).status_code == 422


def test_the_same_idempotency_key_gives_the_same_post(ana: Person) -> None:
    once = ana.do("/api/v1/statuses", json={"status": "just once"}, headers={"Idempotency-Key": "k1"})
    again = ana.do("/api/v1/statuses", json={"status": "just once"}, headers={"Idempotency-Key": "k1"})
    other = ana.do("/api/v1/statuses", json={"status": "another one"}, headers={"Idempotency-Key": "k2"})
    assert once["id"] == again["id"] != other["id"]


def test_what_was_typed_can_be_fetched_edited_and_looked_back_at(ana: Person, clock: FrozenClock) -> None:
    status = ana.says("The first wording", spoiler_text="words")
    path = f"/api/v1/statuses/{status['id']}"
    clock.move(timedelta(minutes=1))
    changed = ana.send("PUT", path, json={"status": "The second wording"}).json
    assert "second" in changed["content"] and changed["edited_at"] == "2026-03-02T12:01:00.000Z"
    assert ana.read(f"{path}/source") == {"id": status["id"], "text": "The second wording", "spoiler_text": ""}
    versions = ana.read(f"{path}/history")
    assert ["first" in v["content"] for v in versions] == [True, False]
    assert versions[0]["spoiler_text"] == "words"


def test_a_deleted_post_is_handed_back_for_redrafting_and_gone(ana: Person, ben: Person) -> None:
    status = ana.says("Not *quite* right")
    path = f"/api/v1/statuses/{status['id']}"
    assert ben.send("DELETE", path).status_code == 404
    answer = ana.send("DELETE", path)
    assert answer.status_code == 200 and answer.json["text"] == "Not *quite* right"
    assert ana.get(path).status_code == 404


def test_a_thread_is_ancestors_and_descendants(ana: Person, ben: Person) -> None:
    root = ana.says("The question")
    reply = ben.says("@ana The answer", in_reply_to_id=root["id"])
    last = ana.says("@ben Thanks", in_reply_to_id=reply["id"])
    assert reply["in_reply_to_id"] == root["id"] and reply["in_reply_to_account_id"] == ana.id
    assert [m["acct"] for m in reply["mentions"]] == ["ana"]
    context = ben.read(f"/api/v1/statuses/{reply['id']}/context")
    assert [s["id"] for s in context["ancestors"]] == [root["id"]]
    assert [s["id"] for s in context["descendants"]] == [last["id"]]
    assert ana.read(f"/api/v1/statuses/{root['id']}")["replies_count"] == 1


@pytest.mark.parametrize(("visibility", "counted"), [("public", 1), ("unlisted", 1), ("private", 0), ("direct", 0)])
def test_only_answers_for_everybody_are_counted(ana: Person, ben: Person, visibility: str, counted: int) -> None:
    root = ana.says("The question")
    path = f"/api/v1/statuses/{root['id']}"
    other = ben.says("Another answer", in_reply_to_id=root["id"])
    reply = ben.says("@ana The answer", in_reply_to_id=root["id"], visibility=visibility)
    assert ana.read(path)["replies_count"] == 1 + counted
    ben.send("DELETE", f"/api/v1/statuses/{reply['id']}")
    assert ana.read(path)["replies_count"] == 1
    ben.send("DELETE", f"/api/v1/statuses/{other['id']}")
    assert ana.read(path)["replies_count"] == 0


def test_likes_are_counted_listed_and_taken_back(ana: Person, ben: Person) -> None:
    status = ana.says("Do you like it?")
    path = f"/api/v1/statuses/{status['id']}"
    liked = ben.do(f"{path}/favourite")
    assert (liked["favourited"], liked["favourites_count"]) == (True, 1)
    assert ana.read(path)["favourited"] is False
    assert [a["acct"] for a in ana.read(f"{path}/favourited_by")] == ["ben"]
    assert [s["id"] for s in ben.read("/api/v1/favourites")] == [status["id"]]
    back = ben.do(f"{path}/unfavourite")
    assert (back["favourited"], back["favourites_count"]) == (False, 0)
    assert ben.read("/api/v1/favourites") == []


def test_a_boost_carries_the_post_and_can_be_taken_back(ana: Person, ben: Person) -> None:
    status = ana.says("Spread this")
    path = f"/api/v1/statuses/{status['id']}"
    boost = ben.do(f"{path}/reblog")
    assert boost["id"] != status["id"] and boost["reblog"]["id"] == status["id"]
    assert boost["reblog"]["reblogged"] is True and boost["reblog"]["reblogs_count"] == 1
    assert boost["content"] == "" and boost["account"]["acct"] == "ben"
    assert [a["acct"] for a in ana.read(f"{path}/reblogged_by")] == ["ben"]
    ana.do(f"{path}/favourite")
    again = ben.read(f"/api/v1/statuses/{boost['id']}")
    assert again["favourites_count"] == again["reblog"]["favourites_count"] == 1
    back = ben.do(f"{path}/unreblog")
    assert back["id"] == status["id"] and back["reblogged"] is False and back["reblogs_count"] == 0


def test_a_private_post_is_seen_by_followers_alone(ana: Person, ben: Person, http: FlaskClient) -> None:
    status = ana.says("For friends", visibility="private")
    path = f"/api/v1/statuses/{status['id']}"
    assert status["visibility"] == "private"
    assert ben.get(path).status_code == 404 and http.get(path).status_code == 404
    ben.do(f"/api/v1/accounts/{ana.id}/follow")
    assert ben.read(path)["id"] == status["id"]
    assert ben.post(f"{path}/reblog").status_code == 422


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"status": ""}, 422),
        ({"status": "   "}, 422),
        ({"status": "x" * 5001}, 422),
        ({"status": "ok", "visibility": "everybody"}, 422),
        ({"status": "ok", "media_ids": ["1"]}, 422),
        ({"status": "ok", "scheduled_at": "2026-01-01T00:00:00Z"}, 422),
        ({"status": {"deep": 1}}, 422),
        ({"status": "nul \0 inside"}, 422),
        ({"status": "ok", "in_reply_to_id": "999"}, 404),
        ({"status": "ok", "in_reply_to_id": "nonsense"}, 404),
        ({"status": "ok", "in_reply_to_id": str(10**30)}, 404),
        ({"status": "ok", "language": "english or so"}, 422),
        ({"status": "ok", "poll": {"options": ["one"]}}, 422),
        ({"status": "ok", "poll": "no"}, 422),
    ],
)
def test_a_post_that_cannot_be_is_refused_with_a_reason(ana: Person, sent: dict[str, object], status: int) -> None:
    answer = ana.post("/api/v1/statuses", json=sent)
    assert answer.status_code == status and answer.json["error"]
    assert ana.read(f"/api/v1/accounts/{ana.id}/statuses") == []


def test_a_poll_can_be_posted_and_read(ana: Person) -> None:
    form = {"status": "Tea?", "poll[options][]": ["Yes", "No"], "poll[expires_in]": "3600"}
    poll = ana.do("/api/v1/statuses", data=form)["poll"]
    assert [o["title"] for o in poll["options"]] == ["Yes", "No"]
    assert poll["expires_at"] == "2026-03-02T13:00:00.000Z" and poll["expired"] is False


@pytest.mark.parametrize("public_id", ["0", "abc", "9" * 40, "-1", "1e5", "%00", "١٢"])
def test_an_id_that_names_nothing_is_not_found(ana: Person, public_id: str) -> None:
    for tail in ("", "/context", "/source", "/history", "/favourited_by"):
        assert ana.get(f"/api/v1/statuses/{public_id}{tail}").status_code == 404
    assert ana.send("DELETE", f"/api/v1/statuses/{public_id}").status_code == 404
    assert ana.post(f"/api/v1/statuses/{public_id}/favourite").status_code == 404


def test_blocked_people_do_not_see_each_others_posts(ana: Person, ben: Person, http: FlaskClient) -> None:
    status = ana.says("Hello everybody")
    ana.do(f"/api/v1/accounts/{ben.id}/block")
    assert ben.get(f"/api/v1/statuses/{status['id']}").status_code == 404
    assert http.get(f"/api/v1/statuses/{status['id']}").status_code == 200


def test_statuses_can_be_asked_for_by_several_ids(ana: Person, ben: Person) -> None:
    one, two = ana.says("one"), ana.says("two", visibility="private")
    found = ben.read("/api/v1/statuses", query_string={"id[]": [one["id"], two["id"], "x"]})
    assert [s["id"] for s in found] == [one["id"]]


def test_a_frozen_member_reads_but_does_not_post(services: Services, http: FlaskClient) -> None:
    mallory = sign_in(http, services, "mallory", frozen_at=services.clock.now())
    assert mallory.get("/api/v1/timelines/home").status_code == 200
    assert mallory.post("/api/v1/statuses", json={"status": "hello"}).status_code == 403
    assert mallory.post(f"/api/v1/accounts/{mallory.id}/follow").status_code == 403


def test_a_pinned_post_says_so_and_is_listed_apart(ana: Person, ben: Person) -> None:
    first, second = ana.says("About me: soup and trams."), ana.says("Something else about the harbour.")
    assert ana.do(f"/api/v1/statuses/{first['id']}/pin")["pinned"] is True
    path = f"/api/v1/accounts/{ana.id}/statuses"
    assert [status["id"] for status in ben.read(path + "?pinned=true")] == [first["id"]]
    assert [status["id"] for status in ben.read(path)] == [second["id"], first["id"]]
    assert ana.do(f"/api/v1/statuses/{first['id']}/unpin")["pinned"] is False
    assert ben.read(path + "?pinned=true") == []
    assert ben.post(f"/api/v1/statuses/{first['id']}/pin").status_code == 404


def test_attachments_of_a_post_are_given_out_from_here(services: Services, http: FlaskClient) -> None:
    mallory = remote(services, "mallory")
    post = people.post(services, mallory, "look")
    files = (("cat.png", "image/png", 4096, 1024), ("song.ogg", "audio/ogg", None, None))
    with services.db.write() as session:
        for position, (name, media_type, width, height) in enumerate(files):
            url = f"https://elsewhere.example/{name}"
            session.add(
                AttachmentRow(
                    post_pk=post.pk, position=position, url=url, media_type=media_type, width=width, height=height
                )
            )
    cat, song = http.get(f"/api/v1/statuses/{post.id}").json["media_attachments"]
    assert cat["type"] == "image"
    assert cat["url"].startswith("https://ostiary.example/media/attachments/")
    assert cat["preview_url"].endswith("/small.webp")
    assert cat["meta"]["original"] == {"width": 2048, "height": 512, "size": "2048x512", "aspect": 4.0}
    assert cat["meta"]["small"]["size"] == "640x160"
    assert (song["type"], song["remote_url"]) == ("audio", "https://elsewhere.example/song.ogg")
    assert song["url"].startswith("https://ostiary.example/media/attachments/") and song["url"].endswith("/sound.mp3")
    assert song["preview_url"] is None


def test_who_is_frozen_boosts_nothing(ana: Person, http: FlaskClient, services: Services) -> None:
    status = ana.says("Good morning")
    mallory = sign_in(http, services, "mallory", frozen_at=services.clock.now())
    assert mallory.send("POST", f"/api/v1/statuses/{status['id']}/reblog").status_code == 403
    assert ana.read(f"/api/v1/statuses/{status['id']}")["reblogs_count"] == 0


def test_who_has_moved_likes_boosts_and_follows_nobody_from_here(ana: Person, ben: Person, services: Services) -> None:
    status = ana.says("Good morning")
    with services.db.write() as session:
        gone = update(ActorRow).where(ActorRow.id == int(ben.id)).values(moved_to_uri="https://elsewhere.example/ben")
        session.execute(gone)
    for path in (f"statuses/{status['id']}/reblog", f"statuses/{status['id']}/favourite", f"accounts/{ana.id}/follow"):
        assert ben.send("POST", f"/api/v1/{path}").status_code == 403, path
