"""Actors and posts from elsewhere that somebody here asks for: by handle, by address, through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, NotFoundError, UnavailableError
from app.federation import actors, resolve
from app.federation.wire.errors import FetchTimeoutError
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow, PostState
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import Remote, World, keys


def _finger(world: World, handle: str, uri: str, asked: str | None = None) -> None:
    asked = asked or handle
    domain = asked.partition("@")[2]
    world.web.put(
        f"https://{domain}/.well-known/webfinger?resource=acct:{asked}",
        {"subject": f"acct:{handle}", "links": [{"rel": "self", "type": "application/activity+json", "href": uri}]},
        "application/jrd+json",
    )


def test_a_handle_leads_to_its_actor_who_is_asked_for_once(world: World) -> None:
    zoe = world.remote("zoe")
    _finger(world, "zoe@far.example", zoe.uri)
    found = actors.by_handle(world.services, "@zoe@far.example")
    assert (found.uri, found.display_name, found.domain) == (zoe.uri, "Zoe", "far.example")
    asked = len(world.web.asked)
    assert actors.by_handle(world.services, "Zoe@FAR.example").id == found.id
    assert len(world.web.asked) == asked


def test_a_domain_lends_its_name_only_where_the_actors_own_host_agrees(world: World) -> None:
    zoe = world.remote("zoe", "social.far.example")
    _finger(world, "zoe@far.example", zoe.uri)
    with pytest.raises(NotFoundError):
        actors.by_handle(world.services, "zoe@far.example")
    _finger(world, "zoe@far.example", zoe.uri, asked="zoe@social.far.example")
    assert actors.by_handle(world.services, "zoe@far.example").uri == zoe.uri


def test_a_document_that_claims_another_hosts_id_is_not_believed(world: World) -> None:
    victim = Remote("ana", "near.example")
    world.web.put("https://evil.example/users/ana", victim.actor() | {"name": "Stolen"})
    victim.live_on(world.web)
    with pytest.raises(NotFoundError):
        actors.fetch(world.services, "https://evil.example/users/ana")
    with world.services.db.read() as session:
        assert session.scalar(select(ActorRow.id).where(ActorRow.domain == "near.example")) is None
    assert actors.fetch(world.services, victim.uri).display_name == "Ana"


@pytest.mark.parametrize("uri", ["https://gone.example/users/x", "https://ostiary.example/users/nobody"])
def test_who_cannot_be_found_is_said_so(world: World, uri: str) -> None:
    world.web.put("https://gone.example/", {})
    with pytest.raises(NotFoundError):
        actors.fetch(world.services, uri)


def test_a_server_that_does_not_answer_is_a_matter_of_time(world: World) -> None:
    zoe = world.remote("zoe")
    world.web.fail(zoe.uri, FetchTimeoutError("too slow"))
    with pytest.raises(UnavailableError):
        actors.fetch(world.services, zoe.uri)


def test_nobody_of_a_suspended_domain_is_fetched(world: World) -> None:
    zoe = world.remote("zoe")
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, "ada", world.services.clock.now())
    for ask in (
        lambda: actors.fetch(world.services, zoe.uri),
        lambda: actors.by_handle(world.services, "zoe@far.example"),
    ):
        with pytest.raises(ForbiddenError):
            ask()
    assert world.web.asked == []


def test_a_profile_that_is_spam_waits_and_the_name_alone_is_shown(world: World) -> None:
    zoe = world.remote("zoe", document={"summary": "<p>The best casino, casino, casino</p>"})
    row = actors.fetch(world.services, zoe.uri)
    assert (row.username, row.summary, row.display_name) == ("zoe", "", "")


def test_an_actor_of_a_silenced_domain_is_marked_at_once(world: World) -> None:
    zoe = world.remote("zoe")
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SILENCE, "ada", world.services.clock.now())
    assert actors.fetch(world.services, zoe.uri).domain_silenced


def test_one_name_for_a_person_and_a_group_makes_two_actors(world: World) -> None:
    person = world.remote("cats")
    group = Remote("cats")
    document: dict[str, Any] = group.actor() | {"type": "Group"}
    for name in ("id", "inbox", "outbox", "followers"):
        document[name] = document[name].replace("/users/", "/groups/")
    document.pop("publicKey")
    world.web.put(document["id"], document)
    first, second = actors.fetch(world.services, person.uri), actors.fetch(world.services, document["id"])
    assert first.id != second.id
    assert (first.username, second.username) == ("cats", "cats")


def test_a_key_that_another_actor_holds_is_not_taken_over(world: World) -> None:
    ben = world.known("ben")
    thief = Remote("mallory", pair=keys(2))
    thief.document = {"publicKey": {"id": ben.key_id, "owner": thief.uri, "publicKeyPem": keys(2).public_pem}}
    thief.live_on(world.web)
    assert actors.fetch(world.services, thief.uri).key_id is None
    assert world.row(ben).public_key_pem == keys(1).public_pem


def test_who_posts_is_fetched_anew_after_a_day(world: World) -> None:
    ben = world.known("ben")
    ben.document = {"name": "Benjamin"}
    ben.live_on(world.web)
    world.services.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    with world.services.db.write() as session:
        session.scalars(select(ActorRow).where(ActorRow.uri == ben.uri)).one().last_post_at = world.services.clock.now()
    actors.refresh_stale(world.services)
    assert world.row(ben).display_name == "Benjamin"
    asked = len(world.web.asked)
    actors.refresh_stale(world.services)
    assert len(world.web.asked) == asked


def test_a_pasted_address_is_an_actor_or_a_post_that_went_through_the_door(world: World) -> None:
    zoe = world.remote("zoe")
    good, bad = zoe.note("A lighthouse at dusk."), zoe.note("Vermin, the lot of them.")
    for note in (good, bad):
        world.web.put(note["id"], note)
    found = resolve.by_url(world.services, zoe.uri)
    assert isinstance(found, ActorRow)
    post = resolve.by_url(world.services, good["id"])
    assert isinstance(post, PostRow)
    assert (post.state, post.actor_id) == (PostState.PUBLISHED, found.id)
    held = resolve.by_url(world.services, bad["id"])
    assert isinstance(held, PostRow)
    assert held.state is PostState.HELD


def test_a_page_address_leads_to_what_stands_there(world: World) -> None:
    zoe = world.remote("zoe")
    note = zoe.note("A lighthouse at dusk.")
    world.web.put(note["id"], note)
    world.web.redirect("https://far.example/@zoe/1", note["id"])
    found = resolve.by_url(world.services, "https://far.example/@zoe/1")
    assert found.uri == note["id"]


def test_our_own_addresses_are_not_fetched(world: World) -> None:
    ana = world.member("ana")
    post = compose.compose(world.services, ana.id, ComposeRequest("Good morning."))
    for url in (ana.uri, "https://ostiary.example/@ana"):
        assert resolve.by_url(world.services, url).id == ana.id
    for url in (post.uri, f"https://ostiary.example/@ana/{post.id}"):
        assert resolve.by_url(world.services, url).id == post.id
    for url in ("https://ostiary.example/nothing", "not an address"):
        with pytest.raises(NotFoundError):
            resolve.by_url(world.services, url)
    assert world.web.asked == []


def test_a_post_is_believed_only_from_its_authors_host(world: World) -> None:
    ben = world.remote("ben", "near.example")
    forged = ben.note("I said this.", id="https://evil.example/notes/1")
    world.web.put(forged["id"], forged)
    with pytest.raises(NotFoundError):
        resolve.by_url(world.services, forged["id"])


def test_nobody_claims_a_neighbours_key(world: World) -> None:
    carl, mal = Remote("carl", pair=keys(2)).live_on(world.web), Remote("mal", pair=keys(1))
    listed = [{"id": k, "owner": mal.uri, "publicKeyPem": mal.pair.public_pem} for k in (mal.key_id, carl.key_id)]
    mal.document = {"publicKey": listed}
    mal.live_on(world.web)
    world.take(mal, mal.create(mal.note("Hello to everybody.")))
    note = carl.note("Soup, and the tram.")
    world.take(carl, carl.create(note))
    assert world.stored(note).actor_id == world.row(carl).id
