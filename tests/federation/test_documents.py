"""Documents, collections and discovery: who gets what, and where people are led instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.accounts.tables import ActorRow
from app.federation.wire import documents, parse, signatures
from app.federation.wire.values import Actor, Create, Post
from app.posts import boosts, compose, delete
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from moderation.domains import editing
from moderation.values import Severity, Visibility
from tests.app import people
from tests.federation.world import Remote, World, keys

AS = "application/activity+json"
BASE = "https://ostiary.example"


def _get(world: World, path: str, accept: str = AS, **headers: str) -> TestResponse:
    return world.http.get(path.removeprefix(BASE), base_url=BASE, headers={"Accept": accept, **headers})


def _signed(world: World, who: Remote, uri: str) -> TestResponse:
    key = signatures.load_private_key(who.pair.private_pem)
    now = world.services.clock.now()
    return _get(world, uri, **signatures.sign("GET", uri, None, key_id=who.key_id, private_key=key, now=now))


def _write(world: World, name: str, text: str, **more: Any) -> PostRow:
    with world.services.db.read() as session:
        from app.accounts import lookup

        actor = lookup.by_handle(session, world.services.settings, name)
    return compose.compose(world.services, actor.id, ComposeRequest(text, **more))


@pytest.mark.parametrize(
    "accept",
    [
        AS,
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        f'{AS}, application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "application/json",
        "*/*",
        "",
    ],
)
def test_programs_get_the_actor(world: World, accept: str) -> None:
    ana = world.member("ana")
    answer = _get(world, ana.uri, accept)
    assert answer.status_code == 200
    assert answer.mimetype == AS
    assert "Accept" in answer.headers["Vary"]
    found = parse.parse_object(documents.load(answer.data))
    assert isinstance(found, Actor)
    assert (found.uri, found.username, found.inbox) == (ana.uri, "ana", ana.uri + "/inbox")
    assert found.keys[0].pem == ana.public_key_pem
    assert found.shared_inbox == BASE + "/inbox"


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_people_are_led_to_the_pages(world: World) -> None:
    ana = world.member("ana")
    post = _write(world, "ana", "Good morning.")
    for uri, page in ((ana.uri, "/@ana"), (post.uri, f"/@ana/{post.id}")):
        answer = _get(world, uri, BROWSER)
        assert (answer.status_code, answer.headers["Location"]) == (302, BASE + page)


def test_a_public_post_and_its_create_are_documents(world: World) -> None:
    ana = world.member("ana")
    post = _write(world, "ana", "Good morning from the #harbour.")
    found = parse.parse_object(documents.load(_get(world, post.uri).data))
    assert isinstance(found, Post)
    assert (found.uri, found.author, found.hashtags[0].name) == (post.uri, ana.uri, "harbour")
    activity = parse.parse_activity(documents.load(_get(world, post.uri + "/activity").data))
    assert isinstance(activity, Create)
    assert activity.object == found


def test_a_held_post_is_not_there_for_anybody(world: World) -> None:
    world.member("ana")
    post = _write(world, "ana", "They are vermin, all of them.")
    assert post.state is PostState.HELD
    ben = world.known("ben")
    world.follow(world.row(ben), _owner(world, post))
    for answer in (_get(world, post.uri), _get(world, post.uri + "/activity"), _signed(world, ben, post.uri)):
        assert answer.status_code == 404
    assert _get(world, "/users/ana/outbox").get_json()["totalItems"] == 0


def _owner(world: World, post: PostRow) -> Any:
    from app.accounts.tables import ActorRow

    with world.services.db.read() as session:
        return session.get_one(ActorRow, post.actor_id)


def test_a_followers_only_post_is_shown_to_a_follower_who_signs(world: World) -> None:
    ana = world.member("ana")
    post = _write(world, "ana", "For those who follow me.", visibility=Visibility.FOLLOWERS)
    ben, stranger = world.known("ben"), world.known("zoe", "near.example", pair=keys(2))
    world.follow(world.row(ben), ana)
    assert _get(world, post.uri).status_code == 404
    assert _signed(world, stranger, post.uri).status_code == 404
    answer = _signed(world, ben, post.uri)
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    forger = Remote("ben", pair=keys(2))
    assert _signed(world, forger, post.uri).status_code == 404


def test_a_suspended_domain_that_signs_gets_nothing(world: World) -> None:
    ana, ben = world.member("ana"), world.known("ben")
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, "ada", world.services.clock.now())
    answer = _signed(world, ben, ana.uri)
    assert (answer.status_code, answer.get_json()["error_description"]) == (403, "domain_suspended")


def test_a_deleted_post_leaves_a_tombstone(world: World) -> None:
    ana = world.member("ana")
    post = _write(world, "ana", "Not for long.")
    delete.delete(world.services, ana.id, post.id)
    answer = _get(world, post.uri)
    assert (answer.status_code, answer.get_json()["type"]) == (410, "Tombstone")
    assert answer.get_json()["id"] == post.uri


def test_a_post_that_was_never_shown_leaves_no_tombstone(world: World) -> None:
    ana = world.member("ana")
    post = _write(world, "ana", "They are vermin, all of them.")
    delete.delete(world.services, ana.id, post.id)
    assert _get(world, post.uri).status_code == 404


@pytest.mark.parametrize(
    "path", ["/users/nobody", "/users/ana/statuses/nothing", "/users/nobody/outbox", "/users/ostiary.example"]
)
def test_what_is_not_there_is_a_404_in_json(world: World, path: str) -> None:
    world.member("ana")
    answer = _get(world, path)
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert set(answer.get_json()) == {"error", "error_description"}


def test_the_outbox_pages_through_public_posts_alone(world: World) -> None:
    ana = world.member("ana")
    posts = [people.post(world.services, ana, f"Number {n}.") for n in range(23)]
    people.post(world.services, ana, "A secret.", visibility=Visibility.FOLLOWERS)
    outbox = _get(world, "/users/ana/outbox").get_json()
    assert (outbox["type"], outbox["totalItems"]) == ("OrderedCollection", 23)
    found, page = [], outbox["first"]
    while page:
        document = _get(world, page).get_json()
        found += [item["object"]["id"] for item in document["orderedItems"]]
        page = document.get("next")
    assert found == [post.uri for post in reversed(posts)]
    assert _get(world, "/users/ana/outbox?page=true&max_id=x").status_code == 400


def test_a_boost_is_an_announce_at_its_own_address(world: World) -> None:
    ana, ben = world.member("ana"), world.known("ben")
    note = ben.note("Worth spreading.")
    world.take(ben, ben.create(note))
    view = boosts.boost(world.services, ana.id, world.stored(note).id)
    document = _get(world, view.post.uri).get_json()
    assert (document["type"], document["object"], document["id"]) == ("Announce", note["id"], view.post.uri)


@pytest.mark.parametrize("what", ["followers", "following"])
def test_who_keeps_back_whom_they_follow_tells_how_many_alone(world: World, what: str) -> None:
    ana, fan = world.member("ana", hides_follows=True, followers_count=1, following_count=1), world.known("fan")
    world.follow(world.row(fan), ana)
    world.follow(ana, world.row(fan))
    told = {"@context": "https://www.w3.org/ns/activitystreams", "id": f"{ana.uri}/{what}"}
    told |= {"type": "OrderedCollection", "totalItems": 1}  # type: ignore[dict-item]
    for query in ("", "?page=true", "?page=true&max_id=99999999999999"):
        assert _get(world, f"/users/ana/{what}{query}").get_json() == told
        assert _signed(world, fan, f"{ana.uri}/{what}{query}").get_json() == told


def test_followers_are_listed_in_pages_without_those_who_are_gone(world: World) -> None:
    ana = world.member("ana", followers_count=55)
    followers = [world.known(f"fan{n}", f"host{n % 7}.example") for n in range(55)]
    for follower in followers:
        world.follow(world.row(follower), ana)
    with world.services.db.write() as session:
        session.get_one(ActorRow, world.row(followers[3]).id).suspended_at = world.services.clock.now()
    document = _get(world, "/users/ana/followers").get_json()
    assert document["totalItems"] == 55 and "orderedItems" not in document
    found, page = [], document["first"]
    while page:
        part = _get(world, page).get_json()
        found += part["orderedItems"]
        page = part.get("next")
    assert sorted(found) == sorted(follower.uri for follower in followers if follower is not followers[3])
    assert _get(world, "/users/ana/following").get_json()["totalItems"] == 0


def test_the_house_has_an_actor_of_its_own(world: World) -> None:
    found = parse.parse_object(documents.load(_get(world, "/actor").data))
    assert isinstance(found, Actor)
    assert (found.kind, found.uri) == ("Application", BASE + "/actor")


@pytest.mark.parametrize(
    "resource",
    [
        "acct:ana@ostiary.example",
        "ana@ostiary.example",
        "acct:@Ana@OSTIARY.example",
        f"{BASE}/users/ana",
        f"{BASE}/@ana",
    ],
)
def test_webfinger_finds_a_member(world: World, resource: str) -> None:
    world.member("ana")
    answer = world.http.get("/.well-known/webfinger", query_string={"resource": resource}, base_url=BASE)
    assert (answer.status_code, answer.mimetype) == (200, "application/jrd+json")
    document = answer.get_json()
    assert document["subject"] == "acct:ana@ostiary.example"
    assert {"rel": "self", "type": AS, "href": f"{BASE}/users/ana"} in document["links"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("resource", ["acct:ostiary.example@ostiary.example", BASE, BASE + "/actor"])
def test_webfinger_finds_the_house(world: World, resource: str) -> None:
    answer = world.http.get("/.well-known/webfinger", query_string={"resource": resource}, base_url=BASE)
    assert {"rel": "self", "type": AS, "href": f"{BASE}/actor"} in answer.get_json()["links"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"resource": ""}, 400),
        ({"resource": "ana"}, 400),
        ({"resource": "acct:ana@"}, 400),
        ({"resource": "x" * 5000}, 400),
        ({"resource": "acct:nobody@ostiary.example"}, 404),
        ({"resource": "acct:ana@other.example"}, 404),
        ({"resource": "https://other.example/users/ana"}, 404),
    ],
)
def test_webfinger_says_why_it_finds_nobody(world: World, query: dict[str, str], status: int) -> None:
    world.member("ana")
    answer = world.http.get("/.well-known/webfinger", query_string=query, base_url=BASE)
    assert (answer.status_code, answer.mimetype) == (status, "application/json")


def test_host_meta_leads_to_webfinger(world: World) -> None:
    answer = world.http.get("/.well-known/host-meta", base_url=BASE)
    assert answer.mimetype == "application/xrd+xml"
    assert f"{BASE}/.well-known/webfinger?resource={{uri}}" in answer.text
    assert world.http.get("/.well-known/host-meta.json", base_url=BASE).get_json()["links"][0]["rel"] == "lrdd"


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_nodeinfo_counts_what_there_is(world: World, version: str) -> None:
    ana = world.member("ana")
    people.post(world.services, ana)
    index = world.http.get("/.well-known/nodeinfo", base_url=BASE).get_json()
    assert f"{BASE}/nodeinfo/{version}" in [link["href"] for link in index["links"]]
    answer = world.http.get(f"/nodeinfo/{version}", base_url=BASE)
    document = answer.get_json()
    assert document["software"]["name"] == "ostiary"
    assert (document["usage"]["users"]["total"], document["usage"]["localPosts"]) == (1, 1)
    assert f"schema/{version}#" in answer.headers["Content-Type"]
    world.services.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]
    people.post(world.services, ana)
    assert world.http.get(f"/nodeinfo/{version}", base_url=BASE).get_json()["usage"]["localPosts"] == 1
    assert world.http.get("/nodeinfo/3.0", base_url=BASE).status_code == 404
