"""Keys of people elsewhere: several at once, in documents of their own, changed and taken back; and a second one of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import actors, intake, keys
from app.federation.tables import IntakeState
from app.federation.wire import actors as wire_actors
from app.federation.wire import signatures
from app.federation.wire.errors import WireError
from app.federation.wire.keys import load_private_key, make_ed25519_key, multikey_of
from app.posts.tables import PostState
from tests.federation.world import INBOX, Remote, World
from tests.federation.world import keys as pairs

CURVE = make_ed25519_key()


def _multikey(remote: Remote, **changed: Any) -> dict[str, Any]:
    multibase = multikey_of(load_private_key(CURVE))
    key = {"id": remote.uri + "#ed25519-key", "type": "Multikey", "controller": remote.uri}
    return {**key, "publicKeyMultibase": multibase, **changed}


def _signed(world: World, body: bytes, key_id: str, private_pem: str) -> dict[str, str]:
    key, now = signatures.load_private_key(private_pem), world.services.clock.now()
    return signatures.sign("POST", INBOX, body, key_id=key_id, private_key=key, now=now)


def _send(world: World, sender: Remote, key_id: str, private_pem: str) -> dict[str, Any]:
    note = sender.note("A lighthouse at dusk.")
    body = orjson.dumps(sender.create(note))
    assert world.post(body, _signed(world, body, key_id, private_pem)).status_code == 202
    intake.drain(world.services)
    return note


def test_a_multikey_signs_beside_the_old_key(world: World) -> None:
    zoe = Remote("zoe")
    zoe.document = {"assertionMethod": [_multikey(zoe)]}
    zoe.live_on(world.web)
    for key_id, pem in ((zoe.uri + "#ed25519-key", CURVE), (zoe.key_id, zoe.pair.private_pem)):
        assert world.state(_send(world, zoe, key_id, pem)) is PostState.PUBLISHED
    asked = len(world.web.asked)
    _send(world, zoe, zoe.uri + "#ed25519-key", CURVE)
    assert len(world.web.asked) == asked, "both are kept"


@pytest.mark.parametrize(
    "changed",
    [
        {"controller": "https://far.example/users/mallory"},
        {"id": "https://evil.example/users/zoe#ed25519-key"},
        {"type": "JsonWebKey"},
        {"publicKeyMultibase": "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
        {"publicKeyMultibase": 7},
    ],
)
def test_a_multikey_that_is_not_the_actors_own_is_none(changed: dict[str, Any]) -> None:
    zoe = Remote("zoe")
    zoe.document = {"assertionMethod": [_multikey(zoe, **changed)]}
    assert [key.key_id for key in wire_actors.parse_actor(zoe.actor()).keys] == [zoe.key_id]


@pytest.mark.parametrize("name", ["owner", "controller"])
@pytest.mark.parametrize("listed", ["whole", "by its id"])
def test_a_key_may_have_a_document_of_its_own(world: World, name: str, listed: str) -> None:
    zoe, key_id = Remote("zoe"), "https://far.example/keys/7"
    key = {"id": key_id, "type": "Key", name: zoe.uri, "publicKeyPem": zoe.pair.public_pem}
    zoe.document = {"publicKey": {**key, "owner": zoe.uri} if listed == "whole" else key_id}
    zoe.live_on(world.web)
    world.web.put(key_id, key)
    assert world.state(_send(world, zoe, key_id, zoe.pair.private_pem)) is PostState.PUBLISHED


def test_a_multikey_may_have_one_too(world: World) -> None:
    zoe, key_id = Remote("zoe"), "https://far.example/keys/8"
    zoe.document = {"assertionMethod": [key_id]}
    zoe.live_on(world.web)
    world.web.put(key_id, _multikey(zoe, id=key_id))
    assert world.state(_send(world, zoe, key_id, CURVE)) is PostState.PUBLISHED


def test_a_key_that_its_owner_does_not_list_is_refused(world: World) -> None:
    ana, key_id = world.remote("ana"), "https://far.example/uploads/key.json"
    world.web.put(key_id, {"id": key_id, "owner": ana.uri, "publicKeyPem": pairs(2).public_pem})
    note = _send(world, ana, key_id, pairs(2).private_pem)
    assert world.state(note) is None
    assert world.inbox()[0].reason == "key_not_listed"


def test_a_key_of_another_host_is_refused(world: World) -> None:
    ana = world.remote("ana", "near.example")
    key_id = "https://far.example/keys/9"
    world.web.put(key_id, {"id": key_id, "owner": ana.uri, "publicKeyPem": pairs(2).public_pem})
    with pytest.raises(WireError) as caught:
        actors.fetch_key_owner(world.services, key_id)
    assert caught.value.code == "key_foreign"


def test_a_key_whose_address_redirects_to_another_host_is_refused(world: World) -> None:
    ana = world.remote("ana", "near.example")
    world.web.redirect("https://far.example/users/ana", ana.uri)
    with pytest.raises(WireError) as caught:
        actors.fetch_key_owner(world.services, "https://far.example/users/ana#main-key")
    assert caught.value.code == "key_foreign"


def test_whose_key_it_is_says_its_own_address_and_not_who_was_first(world: World) -> None:
    ana, thief = Remote("ana"), Remote("mallory", pair=pairs(2))
    thief.document = {"publicKey": {"id": ana.key_id, "owner": thief.uri, "publicKeyPem": thief.pair.public_pem}}
    thief.live_on(world.web)
    assert actors.fetch(world.services, thief.uri).key_id is None
    ana.live_on(world.web)
    assert world.state(_send(world, ana, ana.key_id, ana.pair.private_pem)) is PostState.PUBLISHED
    assert world.row(thief).key_id is None


def _is_known(world: World, key_id: str) -> bool:
    with world.services.db.read() as session:
        return keys.stored(session, key_id) is not None


def test_a_new_key_under_another_id_takes_the_old_ones_place(world: World) -> None:
    ben = world.known("ben")
    new = ben.uri + "#key-2"
    ben.document = {"publicKey": {"id": new, "owner": ben.uri, "publicKeyPem": pairs(2).public_pem}}
    ben.live_on(world.web)
    assert world.state(_send(world, ben, new, pairs(2).private_pem)) is PostState.PUBLISHED
    assert not _is_known(world, ben.key_id)
    world.services.clock.move(timedelta(minutes=6))  # type: ignore[attr-defined]
    assert world.state(_send(world, ben, ben.key_id, pairs(1).private_pem)) is None, "the old one is taken back"
    assert world.inbox()[-1].reason == "key_not_listed"


def test_a_new_key_under_the_same_id_takes_the_old_ones_place(world: World) -> None:
    ben = world.known("ben")
    world.services.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
    ben.pair = pairs(2)
    ben.live_on(world.web)
    assert world.state(_send(world, ben, ben.key_id, pairs(2).private_pem)) is PostState.PUBLISHED
    world.services.clock.move(timedelta(minutes=6))  # type: ignore[attr-defined]
    body = orjson.dumps(ben.create(ben.note("From a thief with the old key.")))
    answer = world.post(body, _signed(world, body, ben.key_id, pairs(1).private_pem))
    assert (answer.status_code, answer.get_json()["error_description"]) == (401, "signature_wrong")


def test_a_new_key_is_told_of_by_an_update(world: World) -> None:
    ben = world.known("ben")
    new = ben.uri + "#key-2"
    document = ben.actor() | {"publicKey": {"id": new, "owner": ben.uri, "publicKeyPem": pairs(2).public_pem}}
    world.take(ben, ben.activity("Update", document))
    asked = len(world.web.asked)
    note = _send(world, ben, new, pairs(2).private_pem)
    assert world.state(note) is PostState.PUBLISHED
    assert len(world.web.asked) == asked


def test_an_update_cannot_bring_a_key_of_another_host(world: World) -> None:
    ben = world.known("ben")
    stolen = "https://near.example/users/ana#main-key"
    document = ben.actor() | {"publicKey": {"id": stolen, "owner": ben.uri, "publicKeyPem": pairs(2).public_pem}}
    world.take(ben, ben.activity("Update", document))
    assert not _is_known(world, stolen)
    assert _is_known(world, ben.key_id)


def test_a_key_fetched_for_nothing_is_refused_with_its_reason(world: World) -> None:
    world.web.put("https://far.example/keys/1", {"id": "https://far.example/keys/1", "type": "Document"})
    with pytest.raises((WireError, AppError)):
        actors.fetch_key_owner(world.services, "https://far.example/keys/1")


def test_a_forgery_of_an_unknown_key_is_refused_once_it_is_fetched(world: World) -> None:
    zoe = world.remote("zoe")
    assert world.state(_send(world, zoe, zoe.key_id, pairs(2).private_pem)) is None
    assert (world.inbox()[0].state, world.inbox()[0].reason) == (IntakeState.REFUSED, "signature_wrong")


def _document(world: World, path: str) -> dict[str, Any]:
    headers = {"Accept": "application/activity+json"}
    answer = world.http.get(path, base_url="https://ostiary.example", headers=headers)
    assert answer.status_code == 200
    return dict(answer.get_json())


@pytest.mark.parametrize("path", ["/users/ana", "/actor"])
def test_ours_have_an_ed25519_key_that_stays(world: World, path: str) -> None:
    """Who was here before such keys gets theirs when they are first looked at."""
    world.member("ana")
    with world.services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.local).values(ed25519_private_pem=None))
    first = _document(world, path)
    read = wire_actors.parse_actor(first)
    assert [key.key_id for key in read.keys] == [read.uri + "#main-key", read.uri + "#ed25519-key"]
    assert first["assertionMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    assert {"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"} <= {
        term for term in first["@context"] if isinstance(term, str)
    }
    assert _document(world, path)["assertionMethod"] == first["assertionMethod"]
    with world.services.db.read() as session:
        private = session.scalars(select(ActorRow.ed25519_private_pem).where(ActorRow.uri == read.uri)).one()
    assert private not in orjson.dumps(first).decode()
