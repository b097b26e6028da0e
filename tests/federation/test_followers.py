"""Followers as both sides know them (FEP-8fcf): told, compared, put right, and nothing of it by a stranger's word alone."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.federation import deliver, followers, forms
from app.federation.tables import DeliveryRow, FollowerSyncRow, OutboxActivityRow
from app.federation.wire import signatures, synchronisation
from app.federation.wire.errors import FetchTimeoutError
from app.federation.wire.signatures import Form, SignedRequest
from app.federation.wire.synchronisation import Claim
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships import edges
from app.relationships.tables import FollowState
from app.stores.jobs import Job
from moderation.domains import editing
from moderation.values import Severity, Visibility
from tests.federation.world import Remote, World, keys

HEADER = synchronisation.HEADER
AS = "application/activity+json"
BASE = "https://ostiary.example"
LIST = "https://far.example/users/ben/followers_synchronization"


def _xor(*uris: str) -> str:
    """Written once more, so that one mistake doesn't hide another."""
    total = bytes(32)
    for uri in uris:
        total = bytes(a ^ b for a, b in zip(total, hashlib.sha256(uri.encode()).digest(), strict=True))
    return total.hex()


def _headers(world: World) -> list[str | None]:
    """What came along with each delivery, in order."""
    return [headers.get(HEADER) for headers in world.web.signatures]


def _write(world: World, member: ActorRow, visibility: Visibility) -> None:
    asked = ComposeRequest(f"Counted cranes since dawn, {visibility.value}.", visibility=visibility)
    compose.compose(world.services, member.id, asked)
    deliver.drain(world.services, poster=world.web)


def test_what_is_for_followers_goes_with_a_digest_of_those_of_its_host(world: World) -> None:
    ana = world.member("ana")
    ben, cleo = world.known("ben"), world.known("cleo", pair=keys(2))
    for one in (ben, cleo, world.known("dora", "near.example", pair=keys(2))):
        world.follow(world.row(one), ana)
    _write(world, ana, Visibility.PUBLIC)
    assert _headers(world) == [None, None]
    _write(world, ana, Visibility.FOLLOWERS)
    told = {one.url: headers[HEADER] for one, headers in zip(world.web.sent[2:], world.web.signatures[2:], strict=True)}
    said = synchronisation.parse(told["https://far.example/inbox"])
    assert said == Claim(ana.followers_url or "", ana.uri + "/followers_synchronization", _xor(ben.uri, cleo.uri))
    near = synchronisation.parse(told["https://near.example/inbox"])
    assert near is not None and near.digest == _xor("https://near.example/users/dora")


@pytest.mark.parametrize("form", list(Form))
def test_the_digest_is_signed_along_in_both_forms(world: World, form: Form) -> None:
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    forms.StoredForms(world.services).learn("far.example", form)
    _write(world, ana, Visibility.FOLLOWERS)
    headers = {name.lower(): value for name, value in world.web.signatures[0].items()}
    request = SignedRequest("POST", "/inbox", headers, world.web.sent[0].body)
    key = signatures.load_public_key(keys(0).public_pem)
    now = world.services.clock.now()
    signature = signatures.verify(request, key, now=now, expected_host="far.example")
    assert (signature.form, HEADER.lower() in signature.headers) == (form, True)


def _asked(world: World, path: str, who: Remote | None = None) -> Any:
    headers = {"Accept": AS}
    if who is not None:
        key = signatures.load_private_key(who.pair.private_pem)
        now = world.services.clock.now()
        headers |= signatures.sign("GET", BASE + path, None, key_id=who.key_id, private_key=key, now=now)
    return world.http.get(path, base_url=BASE, headers=headers)


def test_a_host_is_shown_its_own_people_among_the_followers_and_nobody_is_shown_others(world: World) -> None:
    ana = world.member("ana")
    ben, dora = world.known("ben"), world.known("dora", "near.example", pair=keys(2))
    world.follow(world.row(ben), ana)
    world.follow(world.row(dora), ana)
    path = "/users/ana/followers_synchronization"
    answer = _asked(world, path, ben)
    assert (answer.status_code, answer.get_json()["orderedItems"]) == (200, [ben.uri])
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert _asked(world, path, dora).get_json()["orderedItems"] == [dora.uri]
    assert _asked(world, path, world.known("eve", "other.example", pair=keys(2))).get_json()["orderedItems"] == []
    assert _asked(world, path).status_code == 401
    assert _asked(world, path, Remote("ben", pair=keys(2))).status_code == 401


def test_a_long_list_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.federation.collections.HOST_PAGE", 2)
    ana, ben = world.member("ana"), world.known("ben")
    names = [f"f{number}" for number in range(5)]
    for name in names:
        world.follow(world.row(world.known(name)), ana)
    path, found = "/users/ana/followers_synchronization", list[str]()
    while path:
        page = _asked(world, path, ben).get_json()
        found += page["orderedItems"]
        path = page.get("next", "").removeprefix(BASE)
    assert found == [f"https://far.example/users/{name}" for name in names]


@pytest.fixture
def ben(world: World) -> Remote:
    """Somebody elsewhere whom ana and bo follow."""
    ben = world.known("ben")
    for name in ("ana", "bo"):
        world.follow(world.member(name), world.row(ben))
    return ben


def _list(world: World, *uris: str, url: str = LIST) -> None:
    world.web.put(url, {"id": url, "type": "OrderedCollection", "orderedItems": list(uris)})


def _says(world: World, ben: Remote, digest: str, *, url: str = LIST, **changed: str) -> str:
    """Ben's server sends something with the header; the header's value."""
    header = synchronisation.header(Claim(changed.get("collection", ben.uri + "/followers"), url, digest))
    body = orjson.dumps(ben.create(ben.note("Rain since dawn, and the swallows are back.")))
    signed = ben.sign(body, world.services.clock.now(), **{HEADER: header})
    assert world.post(body, signed).status_code == 202
    return header


def _member(name: str) -> str:
    return f"{BASE}/users/{name}"


def _follows(world: World, ben: Remote) -> dict[str, FollowState]:
    with world.services.db.read() as session:
        target = world.row(ben).id
        found = {}
        for actor in session.scalars(select(ActorRow).where(ActorRow.local)):
            row = edges.find(session, actor.id, target)
            if row is not None:
                found[actor.username] = row.state
        return found


def _undone(world: World) -> list[dict[str, Any]]:
    with world.services.db.read() as session:
        rows = session.execute(
            select(OutboxActivityRow.body, DeliveryRow.inbox_url)
            .join(DeliveryRow, DeliveryRow.activity_id == OutboxActivityRow.id)
            .order_by(DeliveryRow.id)
        )
        return [orjson.loads(body) | {"inbox": inbox} for body, inbox in rows]


BOTH = {"ana": FollowState.ACCEPTED, "bo": FollowState.ACCEPTED}


def test_who_agrees_is_asked_nothing(world: World, ben: Remote) -> None:
    _says(world, ben, _xor(_member("ana"), _member("bo")))
    assert followers.drain(world.services) == 0
    assert LIST not in world.web.asked


def test_a_follow_that_their_host_does_not_know_ends(world: World, ben: Remote) -> None:
    _list(world, _member("ana"))
    _says(world, ben, _xor(_member("ana")))
    assert Job.FOLLOWERS in world.services.nudger.asked  # type: ignore[attr-defined]
    assert followers.drain(world.services) == 1
    assert _follows(world, ben) == {"ana": FollowState.ACCEPTED}
    assert "Signature" in world.web.signatures[-1]
    assert world.row(ben).followers_count >= 0
    assert _undone(world) == []


def test_who_is_taken_for_a_follower_and_is_none_takes_it_back(world: World, ben: Remote) -> None:
    cleo = world.member("cleo")
    listed = [_member("ana"), _member("bo"), cleo.uri]
    _list(world, *listed)
    _says(world, ben, _xor(*listed))
    followers.drain(world.services)
    assert _follows(world, ben) == BOTH
    (undo,) = _undone(world)
    assert (undo["type"], undo["actor"], undo["inbox"]) == ("Undo", cleo.uri, ben.uri + "/inbox")
    assert (undo["object"]["type"], undo["object"]["actor"], undo["object"]["object"]) == ("Follow", cleo.uri, ben.uri)


def test_whose_acceptance_was_lost_follows_from_now_on(world: World, ben: Remote) -> None:
    cleo = world.member("cleo")
    with world.services.db.write() as session:
        uri = edges.new_uri(world.services, "follow")
        edges.make(session, world.services, cleo, session.get_one(ActorRow, world.row(ben).id), uri, edges.Wish())
    listed = [_member("ana"), _member("bo"), cleo.uri]
    _list(world, *listed)
    _says(world, ben, _xor(*listed))
    followers.drain(world.services)
    assert _follows(world, ben) == BOTH | {"cleo": FollowState.ACCEPTED}


def test_pages_of_a_list_are_read_to_the_end(world: World, ben: Remote) -> None:
    listed = [_member("ana"), *(f"{BASE}/users/nobody{number}" for number in range(5))]
    pages = [f"{LIST}?page={number}" for number in range(3)]
    world.web.put(LIST, {"id": LIST, "type": "Collection", "first": pages[0]})
    for number, page in enumerate(pages):
        more = {"next": pages[number + 1]} if number < 2 else {}
        world.web.put(
            page, {"id": page, "type": "CollectionPage", "items": listed[number * 2 : number * 2 + 2], **more}
        )
    _says(world, ben, _xor(*listed))
    followers.drain(world.services)
    assert _follows(world, ben) == {"ana": FollowState.ACCEPTED}


def test_a_list_that_is_not_what_was_claimed_changes_nothing(world: World, ben: Remote) -> None:
    _list(world, _member("ana"))
    _says(world, ben, _xor(_member("ana"), _member("zoe")))
    assert followers.drain(world.services) == 1
    assert _follows(world, ben) == BOTH


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/list", "http://far.example/list", "https://far.example.evil.example/l", BASE + "/actor"],
)
def test_a_list_elsewhere_is_not_asked_for(world: World, ben: Remote, url: str) -> None:
    _list(world, url=url)
    _says(world, ben, _xor(), url=url)
    followers.drain(world.services)
    assert _follows(world, ben) == BOTH
    assert url not in world.web.asked or url.startswith("http://far.example")


def test_a_list_that_leads_elsewhere_is_not_believed(world: World, ben: Remote) -> None:
    elsewhere = "https://evil.example/list"
    _list(world, url=elsewhere)
    world.web.redirect(LIST, elsewhere)
    _says(world, ben, _xor())
    followers.drain(world.services)
    world.web.put(LIST, {"id": LIST, "type": "Collection", "first": elsewhere})
    world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    _says(world, ben, _xor())
    assert followers.drain(world.services) == 1
    assert _follows(world, ben) == BOTH


def test_a_list_without_an_end_is_given_up(world: World, ben: Remote) -> None:
    for number in range(followers.MOST_PAGES + 5):
        page = f"{LIST}?page={number}" if number else LIST
        document = {"id": page, "type": "OrderedCollectionPage", "orderedItems": [f"{BASE}/users/n{number}"]}
        world.web.put(page, document | {"next": f"{LIST}?page={number + 1}"})
    _says(world, ben, _xor())
    followers.drain(world.services)
    assert sum(url.startswith(LIST) for url in world.web.asked) == followers.MOST_PAGES
    assert _follows(world, ben) == BOTH


def test_a_list_of_all_our_members_makes_us_send_so_much_and_no_more(
    world: World, ben: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "MOST_ANSWERED", 3)
    listed = [world.member(f"m{number}").uri for number in range(6)]
    _list(world, *listed)
    _says(world, ben, _xor(*listed))
    followers.drain(world.services)
    assert len(_undone(world)) == 3


def test_the_same_actor_is_asked_once_an_hour(world: World, ben: Remote) -> None:
    _list(world, _member("ana"))
    for _ in range(3):
        _says(world, ben, _xor(_member("zoe")))
        followers.drain(world.services)
    assert world.web.asked.count(LIST) == 1
    world.services.clock.move(followers.AGAIN_AFTER)  # type: ignore[attr-defined]
    _says(world, ben, _xor(_member("ana")))
    followers.drain(world.services)
    assert _follows(world, ben) == {"ana": FollowState.ACCEPTED}


def test_a_header_that_nobody_signed_says_nothing(world: World, ben: Remote) -> None:
    _list(world)
    header = synchronisation.header(Claim(ben.uri + "/followers", LIST, _xor()))
    answer = world.deliver(ben, ben.create(ben.note("Rain since dawn.")), **{HEADER: header})
    assert answer.status_code == 202
    unsigned = world.post(orjson.dumps(ben.create(ben.note("Rain."))), {HEADER: header})
    assert unsigned.status_code == 401
    with world.services.db.read() as session:
        assert session.scalars(select(FollowerSyncRow)).all() == []


@pytest.mark.parametrize("collection", ["https://far.example/users/cleo/followers", "https://evil.example/f"])
def test_nobody_speaks_for_the_followers_of_others(world: World, ben: Remote, collection: str) -> None:
    _list(world)
    _says(world, ben, _xor(), collection=collection)
    assert followers.drain(world.services) == 0


@pytest.mark.parametrize("value", ["", "nonsense", 'digest="00"', 'url="x", digest="' + "0" * 64 + '"', "a" * 9000])
def test_any_header_is_read_and_the_activity_taken(world: World, ben: Remote, value: str) -> None:
    assert synchronisation.parse(value) is None
    body = orjson.dumps(ben.create(ben.note("Rain since dawn.")))
    signed = ben.sign(body, world.services.clock.now(), **{HEADER: value})
    assert world.post(body, signed).status_code == 202


def test_a_host_that_does_not_answer_is_asked_a_few_times_and_no_more(world: World, ben: Remote) -> None:
    world.web.fail(LIST, FetchTimeoutError("too slow"))
    _says(world, ben, _xor())
    asked = 0
    for _ in range(6):
        asked += followers.drain(world.services)
        world.services.clock.move(timedelta(minutes=40))  # type: ignore[attr-defined]
    assert asked == 3
    assert _follows(world, ben) == BOTH


def test_a_domain_that_is_suspended_meanwhile_is_not_asked(world: World, ben: Remote) -> None:
    _list(world)
    _says(world, ben, _xor())
    with world.services.db.write() as session:
        editing.set_rule(session, "far.example", Severity.SUSPEND, by="admin", now=world.services.clock.now())
    followers.drain(world.services)
    assert LIST not in world.web.asked
