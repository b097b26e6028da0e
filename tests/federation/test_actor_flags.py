"""What an actor's document says of its standing, in and out: found by searching, in memory, suspended, elsewhere too."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import ActorRow
from app.federation import sending
from app.federation.tables import OutboxActivityRow
from app.federation.wire.values import PUBLIC
from app.posts.tables import PostState
from tests.app import people
from tests.federation.world import World, keys

TYPE = "application/activity+json"


def _document(world: World, path: str) -> dict[str, Any]:
    answer = world.http.get(path, headers={"Accept": TYPE}, base_url="https://ostiary.example")
    assert answer.status_code == 200, answer.text
    return dict(orjson.loads(answer.data))


def _change(world: World, actor: ActorRow, **columns: Any) -> None:
    with world.services.db.write() as session:
        row = session.get_one(ActorRow, actor.id)
        for name, value in columns.items():
            setattr(row, name, value)


def test_what_an_actor_says_of_itself_is_kept_and_follows_its_updates(world: World) -> None:
    mallory = world.known()
    says = {"indexable": True, "memorial": True, "discoverable": True, "alsoKnownAs": ["https://old.example/users/m"]}
    world.take(mallory, mallory.activity("Update", mallory.actor() | says))
    row = world.row(mallory)
    assert (row.indexable, row.memorial, row.discoverable) == (True, True, True)
    assert row.also_known_as == ["https://old.example/users/m"]
    world.take(mallory, mallory.activity("Update", mallory.actor()))
    row = world.row(mallory)
    assert (row.indexable, row.memorial, row.discoverable, row.also_known_as) == (False, False, False, [])


def test_a_new_key_in_an_update_counts_at_once(world: World) -> None:
    mallory = world.known()
    told = mallory.activity("Update", mallory.actor() | {"publicKey": {
        "id": mallory.key_id, "owner": mallory.uri, "publicKeyPem": keys(2).public_pem}})  # fmt: skip
    world.take(mallory, told)
    mallory.pair = keys(2)
    note = mallory.note("Signed with the new one.")
    world.take(mallory, mallory.create(note))
    assert world.state(note) is PostState.PUBLISHED
    assert world.web.asked == []


def test_who_is_suspended_at_home_is_hidden_here_until_their_server_takes_it_back(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Before.")
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Update", mallory.actor() | {"suspended": True}))
    assert world.row(mallory).suspended_at is not None
    meanwhile = mallory.note("Meanwhile.")
    world.take(mallory, mallory.create(meanwhile))
    assert world.state(meanwhile) is None
    world.take(mallory, mallory.activity("Update", mallory.actor()))
    assert world.row(mallory).suspended_at is None


def test_their_own_server_cannot_lift_a_suspension_of_ours(world: World) -> None:
    mallory = world.known()
    _change(world, world.row(mallory), suspended_at=world.services.clock.now())
    for says in ({"suspended": True}, {}):
        world.take(mallory, mallory.activity("Update", mallory.actor() | says))
    assert world.row(mallory).suspended_at is not None


def test_a_members_switches_are_in_their_document(world: World) -> None:
    ana = world.member("ana")
    assert _document(world, "/users/ana")["indexable"] is False
    profile.edit(world.services, ana.id, ProfileEdit(indexable=True, discoverable=True, locked=True))
    _change(world, ana, memorial=True, also_known_as=["https://old.example/users/ana"])
    document = _document(world, "/users/ana")
    assert (document["indexable"], document["discoverable"], document["memorial"]) == (True, True, True)
    assert document["manuallyApprovesFollowers"] is True
    assert document["alsoKnownAs"] == ["https://old.example/users/ana"]


def test_a_suspended_members_document_says_so_and_nothing_else_about_them(world: World) -> None:
    ana = world.member("ana", display_name="Ana", summary="<p>Me.</p>", indexable=True, discoverable=True)
    _change(world, ana, suspended_at=world.services.clock.now())
    document = _document(world, "/users/ana")
    assert document["suspended"] is True
    assert (document["name"], document["summary"], document["indexable"], document["discoverable"]) == (
        "",
        "",
        False,
        False,
    )


@pytest.mark.parametrize("name", ["bto", "bcc"])
def test_blind_addresses_leave_with_nothing(world: World, name: str) -> None:
    ana, far = world.member("ana"), people.remote(world.services, "far")
    activity = {"id": f"{ana.uri}#x", "type": "Create", "actor": ana.uri, name: [far.uri],
                "object": {"id": f"{ana.uri}/x", "type": "Note", "to": [PUBLIC], name: [far.uri]}}  # fmt: skip
    with world.services.db.write() as session:
        sending.send(session, world.services, ana, activity, [far.inbox_url or ""])
    with world.services.db.read() as session:
        body = session.query(OutboxActivityRow).one().body
    assert name not in body


@pytest.mark.parametrize("name", ["bto", "bcc"])
def test_blind_addresses_of_others_are_not_kept(world: World, name: str) -> None:
    ana, mallory = world.member("ana"), world.known()
    note = mallory.note("For everybody, and one.", **{name: [ana.uri]})
    world.take(mallory, mallory.create(note) | {name: [ana.uri]})
    assert world.state(note) is PostState.PUBLISHED
    assert people.told(world.services, ana.id) == []
    assert world.inbox()[0].body == b""
