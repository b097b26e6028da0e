"""What members keep for themselves: bookmarks, notes on people, hashtags that they follow."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from app.accounts.tables import ActorRow
from app.bookmarks import keep
from app.relationships import notes, tags
from app.services import Services
from tests.app.mastodon.people import Person, sign_in


def home(who: Person) -> list[str]:
    return [status["id"] for status in who.read("/api/v1/timelines/home")]


def test_a_bookmark_is_kept_and_let_go_and_nobody_else_sees_it(ana: Person, ben: Person) -> None:
    first, second = ben.says("One"), ben.says("Two")
    for status in (first, second, first):
        assert ana.do(f"/api/v1/statuses/{status['id']}/bookmark")["bookmarked"] is True
    assert [status["id"] for status in ana.read("/api/v1/bookmarks")] == [second["id"], first["id"]]
    assert ben.read(f"/api/v1/statuses/{first['id']}")["bookmarked"] is False and ben.read("/api/v1/bookmarks") == []
    assert ana.do(f"/api/v1/statuses/{first['id']}/unbookmark")["bookmarked"] is False
    assert [status["id"] for status in ana.read("/api/v1/bookmarks")] == [second["id"]]


def test_bookmarks_are_paged_by_when_they_were_kept(ana: Person, ben: Person) -> None:
    ids = [ben.says(text)["id"] for text in ("One", "Two", "Three")]
    for status_id in reversed(ids):
        ana.do(f"/api/v1/statuses/{status_id}/bookmark")
    page = ana.get("/api/v1/bookmarks?limit=2")
    assert [status["id"] for status in page.json] == ids[:2]
    following = page.headers["Link"].split(">")[0].removeprefix("<http://localhost:8000").split("://")[-1]
    rest = ana.read("/" + following.split("/", 1)[1])
    assert [status["id"] for status in rest] == ids[2:]


def test_a_boosts_bookmark_is_of_what_it_shows(ana: Person, ben: Person) -> None:
    status = ben.says("One")
    boost = ben.do(f"/api/v1/statuses/{status['id']}/reblog")
    assert ana.do(f"/api/v1/statuses/{boost['id']}/bookmark")["reblog"]["bookmarked"] is True
    assert [found["id"] for found in ana.read("/api/v1/bookmarks")] == [status["id"]]


def test_what_may_not_be_seen_any_more_is_not_among_the_bookmarks(ana: Person, ben: Person) -> None:
    status, gone = ben.says("One"), ben.says("Two")
    for one in (status, gone):
        ana.do(f"/api/v1/statuses/{one['id']}/bookmark")
    ben.send("DELETE", f"/api/v1/statuses/{gone['id']}")
    assert [found["id"] for found in ana.read("/api/v1/bookmarks")] == [status["id"]]
    ben.do(f"/api/v1/accounts/{ana.id}/block")
    assert ana.read("/api/v1/bookmarks") == []


def test_what_waits_for_a_moderator_cant_be_bookmarked_by_others(ana: Person, ben: Person) -> None:
    held = ben.says("Vermin, all of them")
    assert ana.post(f"/api/v1/statuses/{held['id']}/bookmark").status_code == 404
    assert ben.do(f"/api/v1/statuses/{held['id']}/bookmark")["bookmarked"] is True


def test_a_note_about_somebody_is_for_ones_own_eyes(ana: Person, ben: Person) -> None:
    path = f"/api/v1/accounts/{ben.id}/note"
    assert ana.do(path, json={"comment": "Met at the pier"})["note"] == "Met at the pier"
    assert ana.do(path, json={"comment": "Met at the fair"})["note"] == "Met at the fair"
    (relation,) = ana.read(f"/api/v1/accounts/relationships?id[]={ben.id}")
    assert relation["note"] == "Met at the fair"
    (theirs,) = ben.read(f"/api/v1/accounts/relationships?id[]={ana.id}")
    assert theirs["note"] == ""
    assert ana.do(path)["note"] == ""
    assert ana.post(path, json={"comment": "x" * 2001}).status_code == 422


def test_a_hashtag_that_is_followed_comes_home(ana: Person, ben: Person) -> None:
    before = ben.says("The #Pier at dawn")
    tag = ana.do("/api/v1/tags/Pier/follow")
    assert (tag["name"], tag["following"], len(tag["history"])) == ("Pier", True, 7)
    assert tag["history"][0] == {"day": "1772409600", "uses": "1", "accounts": "1"}
    after, quiet = ben.says("The #pier at dusk"), ben.says("The #pier, quietly", visibility="unlisted")
    assert home(ana) == [after["id"], before["id"]] and quiet["id"] not in home(ana)
    assert [found["name"] for found in ana.read("/api/v1/followed_tags")] == ["Pier"]
    assert ana.read("/api/v1/tags/PIER")["following"] is True and ben.read("/api/v1/tags/pier")["following"] is False
    assert ana.do("/api/v1/tags/pier/unfollow")["following"] is False
    assert home(ana) == [] and ana.read("/api/v1/followed_tags") == []


def test_a_followed_hashtag_brings_nothing_of_whom_one_mutes_or_who_is_silenced(
    ana: Person, ben: Person, http: FlaskClient, services: Services
) -> None:
    quiet = sign_in(http, services, "quiet")
    with services.db.write() as session:
        session.get_one(ActorRow, quiet.account.id).silenced_at = services.clock.now()
    ana.do("/api/v1/tags/pier/follow")
    assert home(ana) == []
    status, silenced = ben.says("The #pier at dusk"), quiet.says("The #pier at noon")
    assert home(ana) == [status["id"]]
    ana.do(f"/api/v1/accounts/{quiet.id}/follow")
    assert home(ana) == [silenced["id"], status["id"]]
    ana.do(f"/api/v1/accounts/{ben.id}/mute")
    assert home(ana) == [silenced["id"]]


def test_a_stranger_may_ask_about_a_hashtag(ana: Person) -> None:
    answer = ana.http.get("/api/v1/tags/pier")
    assert answer.status_code == 200 and "following" not in answer.json
    assert ana.http.get("/api/v1/tags/no%20tag").status_code == 422


def test_what_is_pressed_many_times_at_once_is_done_once(ana: Person, ben: Person, services: Services) -> None:
    number, mine = int(ben.says("One")["id"]), ana.account.id
    presses: tuple[Callable[[], object], ...] = (
        lambda: keep.keep(services, mine, number),
        lambda: tags.follow(services, mine, "pier"),
        lambda: notes.write(services, mine, ben.account.id, "Met at the pier"),
    )
    for press in presses:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda _number, press=press: press(), range(6)))  # type: ignore[misc]
    assert len(ana.read("/api/v1/bookmarks")) == len(ana.read("/api/v1/followed_tags")) == 1
