"""What was deleted stays deleted: whoever comes first, however often it is sent, whoever's key is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.tables import ActorRow
from app.enforcement import upkeep
from app.errors import AppError
from app.factory import create_app
from app.federation import actors, intake, tombstones
from app.federation.tables import SettledActivityRow, TombstoneRow
from app.federation.tombstones import Deleted
from app.federation.wire.errors import GoneError
from app.posts.tables import PostState
from app.relationships.tables import FollowRow
from tests.app import people
from tests.federation.world import Remote, World, keys


def _reasons(world: World) -> list[str | None]:
    return [row.reason for row in world.inbox()]


def _later(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _tombstones(world: World) -> int:
    with world.services.db.read() as session:
        return session.scalar(select(func.count()).select_from(TombstoneRow)) or 0


def test_a_delete_that_overtakes_its_create_wins(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Never to be read.")
    world.take(mallory, mallory.activity("Delete", {"id": note["id"], "type": "Tombstone"}))
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Update", note))
    assert world.state(note) is None
    assert _reasons(world)[1] == "deleted_before"


def test_a_deleted_posts_create_does_not_bring_it_back(world: World) -> None:
    mallory = world.known()
    note = mallory.note("Here for a moment.")
    world.take(mallory, mallory.create(note))
    world.take(mallory, mallory.activity("Delete", note["id"]))
    world.take(mallory, mallory.activity("Create", note, to=note["to"], cc=note["cc"]))
    assert world.state(note) is PostState.DELETED
    assert _tombstones(world) == 0


def test_a_boost_does_not_fetch_back_what_its_author_deleted(world: World) -> None:
    ana, mallory, ben = world.member("ana"), world.known(), world.known("ben", "near.example", pair=keys(2))
    world.follow(ana, world.row(ben))
    note = mallory.note("Deleted before anybody here saw it.")
    world.take(mallory, mallory.activity("Delete", note["id"]))
    world.web.put(note["id"], note)
    world.take(ben, ben.activity("Announce", note["id"]))
    assert world.state(note) is None
    assert _reasons(world)[-1] == "deleted_before"


def test_nobody_buries_what_somebody_else_will_write(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("I'm still here.")
    world.take(mallory, mallory.activity("Delete", note["id"]))
    world.take(ben, ben.create(note))
    assert world.state(note) is PostState.PUBLISHED


def test_a_delete_of_another_hosts_post_buries_nothing(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", "near.example", pair=keys(2))
    note = ben.note("On my own server.")
    world.take(mallory, mallory.activity("Delete", note["id"]))
    assert _reasons(world) == ["delete_foreign"]
    assert _tombstones(world) == 0
    world.take(ben, ben.create(note))
    assert world.state(note) is PostState.PUBLISHED


def test_tombstones_are_bounded_for_each_host_and_end(world: World) -> None:
    mallory = world.row(world.known())
    now = world.services.clock.now()
    many = [Deleted(f"https://far.example/notes/{n}", mallory.id) for n in range(tombstones.MOST_PER_HOST + 1)]
    with world.services.db.write() as session:
        tombstones.put(session, [Deleted("https://near.example/notes/1", mallory.id)], now - timedelta(minutes=2))
        tombstones.put(session, many[:5], now - timedelta(minutes=1))
        tombstones.put(session, many[5:], now)
    assert _tombstones(world) <= tombstones.MOST_PER_HOST + 1
    with world.services.db.read() as session:
        left = tombstones.among(session, [Deleted("https://near.example/notes/1", mallory.id), *many[:5]])
    assert [one.uri for one in left] == ["https://near.example/notes/1"]
    _later(world, days=181)
    upkeep.purge(world.services, limit=50_000)
    assert _tombstones(world) == 0


def test_who_left_is_not_made_anew_by_an_old_activity(world: World) -> None:
    mallory = world.known()
    world.take(mallory, mallory.activity("Delete", mallory.uri))
    asked = len(world.web.asked)
    world.take(mallory, mallory.create(mallory.note("I'm back!")))
    assert _reasons(world)[-1] == "actor_gone"
    another_process = create_app(world.services).test_client(use_cookies=False)
    answer = World(world.services, another_process).deliver(mallory, mallory.create(mallory.note("Let me in!")))
    assert answer.json is not None
    assert (answer.status_code, answer.json["error_description"]) == (403, "actor_gone")
    for again in (
        lambda: actors.fetch(world.services, mallory.uri),
        lambda: actors.refetch(world.services, mallory.uri),
    ):
        with pytest.raises(AppError, match="gone"):
            again()
    assert len(world.web.asked) == asked
    assert world.row(mallory).deleted_at is not None


def test_a_second_goodbye_is_answered_and_dropped(world: World) -> None:
    mallory = world.known()
    goodbye = mallory.activity("Delete", mallory.uri)
    world.take(mallory, goodbye)
    asked = len(world.web.asked)
    assert world.deliver(mallory, mallory.activity("Delete", mallory.uri)).status_code == 202
    assert len(world.inbox()) == 1
    assert len(world.web.asked) == asked


def test_a_key_of_somebody_who_left_opens_nothing_for_another(world: World) -> None:
    mallory = world.known()
    world.take(mallory, mallory.activity("Delete", mallory.uri))
    heir = Remote("heir", document={"publicKey": {"id": mallory.key_id, "owner": mallory.uri, "publicKeyPem": "x"}})
    heir.live_on(world.web)
    note = mallory.note("Signed with a dead key.")
    activity = heir.activity("Create", note | {"attributedTo": heir.uri}, actor=heir.uri)
    body = heir.deliverable(activity)
    another_process = World(world.services, create_app(world.services).test_client(use_cookies=False))
    for around in (world, another_process):
        around.post(body, mallory.sign(body, world.services.clock.now()))
        intake.drain(world.services)
    assert world.state(note) is None


def test_a_goodbye_whose_key_is_gone_is_believed_when_the_actors_own_address_says_410(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    world.follow(ana, world.row(mallory))
    note = mallory.note("My last words.")
    world.take(mallory, mallory.create(note))
    with world.services.db.write() as session:
        row = session.scalars(select(ActorRow).where(ActorRow.uri == mallory.uri)).one()
        row.key_id = row.public_key_pem = None
    world.web.fail(mallory.uri, GoneError("gone", answered=410))
    world.take(mallory, mallory.activity("Delete", mallory.uri))
    assert world.row(mallory).deleted_at is not None
    assert world.state(note) is PostState.DELETED
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow)).all() == []


def test_a_goodbye_whose_key_is_only_missing_is_not_believed(world: World) -> None:
    mallory = world.known()
    with world.services.db.write() as session:
        row = session.scalars(select(ActorRow).where(ActorRow.uri == mallory.uri)).one()
        row.key_id = row.public_key_pem = None
    world.web.fail(mallory.uri, GoneError("not found", answered=404))
    world.take(mallory, mallory.activity("Delete", mallory.uri))
    assert world.row(mallory).deleted_at is None


def test_a_forged_goodbye_of_somebody_who_is_still_there_is_refused(world: World) -> None:
    ben = world.known("ben")
    thief = Remote("ben", pair=keys(2))
    assert world.deliver(thief, thief.activity("Delete", thief.uri)).status_code == 401
    assert world.row(ben).deleted_at is None


@pytest.mark.parametrize("what", ["actor", "post"])
def test_a_delete_of_nothing_costs_no_fetch_and_no_row(world: World, what: str) -> None:
    stranger = world.remote("stranger")
    gone = stranger.uri if what == "actor" else stranger.note("x")["id"]
    assert world.deliver(stranger, stranger.activity("Delete", gone)).status_code == 202
    assert world.post(b'{"id": "https://far.example/d", "type": "Delete", "actor": "https://far.example/users/stranger",'
                      b' "object": "https://far.example/users/stranger"}', {}).status_code == 202  # fmt: skip
    assert (world.inbox(), world.web.asked) == ([], [])


def test_an_activity_is_not_done_a_second_time_weeks_later(world: World) -> None:
    ana, mallory = world.member("ana"), world.known()
    activity = mallory.activity("Follow", ana.uri)
    undo = mallory.activity("Undo", activity)
    world.take(mallory, activity)
    world.take(mallory, undo)
    _later(world, days=30)
    upkeep.purge(world.services)
    assert world.inbox() == []
    with world.services.db.write() as session:
        row = session.scalars(select(ActorRow).where(ActorRow.uri == mallory.uri)).one()
        row.key_fetched_at = world.services.clock.now()
    world.take(mallory, activity)
    assert world.inbox() == []
    assert people.told(world.services, ana.id) == ["follow"]
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow)).all() == []
    _later(world, days=91)
    upkeep.purge(world.services)
    with world.services.db.read() as session:
        assert session.scalars(select(SettledActivityRow)).all() == []


def test_nobody_uses_up_the_ids_of_somebody_else(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", pair=keys(2))
    note = ben.note("Mine to send.")
    create = ben.create(note)
    world.take(mallory, mallory.activity("Like", note["id"], id=create["id"]))
    _later(world, days=30)
    upkeep.purge(world.services)
    world.take(ben, create)
    assert world.state(note) is PostState.PUBLISHED
