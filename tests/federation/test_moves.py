"""Moving, both ways: believed only where both ends say so, followers carried along, nobody escaping what was decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.federation import deliver, intake
from app.federation.tables import DeliveryRow, OutboxActivityRow
from app.lifecycle import carrying, moving, redirecting, work
from app.posts import boosts, compose
from app.posts.compose import ComposeRequest
from app.relationships import block, follow, mute, rules
from app.relationships.tables import BlockRow, FollowRow, FollowState, MoveRow, MuteRow
from app.services import Services
from tests.app import people
from tests.app.people import PASSWORD
from tests.federation.world import Remote, World, keys


def _reasons(world: World) -> list[str | None]:
    return [row.reason for row in world.inbox()]


def _later(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _sent(world: World) -> list[str]:
    with world.services.db.read() as session:
        return [row.kind for row in session.scalars(select(OutboxActivityRow).order_by(OutboxActivityRow.id))]


def _followed(world: World, who: ActorRow) -> dict[str, FollowState]:
    with world.services.db.read() as session:
        rows = session.execute(
            select(ActorRow.uri, FollowRow.state)
            .join(FollowRow, FollowRow.target_id == ActorRow.id)
            .where(FollowRow.follower_id == who.id)
        )
        return {uri: state for uri, state in rows}


def _old_and_new(world: World, *, alias: bool = True, redirect: bool = True) -> tuple[Remote, Remote]:
    """Somebody known who has moved, and where to: both servers answer."""
    old, new = world.known("olga"), Remote("olga", "new.example", pair=keys(2))
    new.document = {"alsoKnownAs": [old.uri]} if alias else {}
    old.document = {"movedTo": new.uri} if redirect else {}
    old.live_on(world.web)
    new.live_on(world.web)
    return old, new


def _move(world: World, old: Remote, new: Remote | str) -> None:
    world.take(old, old.activity("Move", old.uri, target=new if isinstance(new, str) else new.uri))
    work.drain(world.services)


def test_followers_go_along_when_both_ends_say_so(world: World) -> None:
    ana, ben = world.member("ana"), world.member("ben")
    old, new = _old_and_new(world)
    for member in (ana, ben):
        world.follow(member, world.row(old))
    _move(world, old, new)
    assert _followed(world, ana) == _followed(world, ben) == {new.uri: FollowState.REQUESTED}
    assert sorted(_sent(world)) == ["Follow", "Follow", "Undo", "Undo"]
    assert world.row(old).moved_to_uri == new.uri
    with world.services.db.read() as session:
        move = session.scalars(select(MoveRow)).one()
    assert (move.carried, move.finished_at) == (2, world.services.clock.now())


def test_a_follow_goes_along_as_it_was(world: World) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world)
    world.follow(ana, world.row(old))
    follow.follow(world.services, ana.id, world.row(old).id, show_boosts=False, notify=True)
    _move(world, old, new)
    with world.services.db.read() as session:
        row = session.scalars(select(FollowRow)).one()
    assert (row.show_boosts, row.notify) == (False, True)


@pytest.mark.parametrize(
    ("alias", "redirect", "reason"),
    [(False, True, "move_without_alias"), (True, False, "move_not_confirmed")],
)
def test_one_end_alone_is_not_believed(world: World, alias: bool, redirect: bool, reason: str) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world, alias=alias, redirect=redirect)
    world.follow(ana, world.row(old))
    _move(world, old, new)
    assert _reasons(world) == [reason]
    assert _followed(world, ana) == {old.uri: FollowState.ACCEPTED}


def test_an_alias_that_was_known_here_once_does_not_count_when_it_is_gone_at_home(world: World) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world, alias=False)
    people.remote(world.services, "olga", "new.example", also_known_as=[old.uri])
    world.follow(ana, world.row(old))
    _move(world, old, new)
    assert _reasons(world) == ["move_without_alias"]


def test_nobody_moves_somebody_else(world: World) -> None:
    ana = world.member("ana")
    old, _new = _old_and_new(world)
    mallory = world.known("mallory")
    world.follow(ana, world.row(old))
    world.take(mallory, mallory.activity("Move", old.uri, target=mallory.uri))
    assert _reasons(world) == ["move_foreign"]
    assert _followed(world, ana) == {old.uri: FollowState.ACCEPTED}


@pytest.mark.parametrize("target", ["gone", "itself", "moved on"])
def test_a_move_to_nowhere_is_refused(world: World, target: str) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world)
    world.follow(ana, world.row(old))
    if target == "gone":
        world.web.pages.pop(new.uri)
        world.web.put("https://new.example/", {})
    elif target == "itself":
        old.document = {"movedTo": old.uri, "alsoKnownAs": [old.uri]}
        old.live_on(world.web)
        new = old
    else:
        new.document |= {"movedTo": "https://third.example/users/olga"}
        new.live_on(world.web)
    _move(world, old, new)
    assert _reasons(world)[0] in ("gone", "move_to_nowhere")
    assert _followed(world, ana) == {old.uri: FollowState.ACCEPTED}


def test_a_move_of_whom_nobody_here_knows_costs_no_fetch(world: World) -> None:
    old, new = _old_and_new(world)
    _move(world, old, new)
    assert (_reasons(world), world.web.asked) == (["move_for_nobody_here"], [])


def test_nobody_leads_people_from_place_to_place(world: World) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world)
    world.follow(ana, world.row(old))
    _move(world, old, new)
    world.follow(ana, world.row(old))
    asked = len(world.web.asked)
    _later(world, days=6)
    with world.services.db.write() as session:
        session.scalars(
            select(ActorRow).where(ActorRow.uri == old.uri)
        ).one().key_fetched_at = world.services.clock.now()
    _move(world, old, new)
    assert _reasons(world)[-1] == "moved_lately"
    assert len(world.web.asked) == asked


def test_a_blocked_person_does_not_escape_by_moving(world: World) -> None:
    ana, ben, zoe = world.member("ana"), world.member("ben"), world.member("zoe")
    old, new = _old_and_new(world)
    row = world.row(old)
    block.block(world.services, ana.id, row.id)
    mute.mute(world.services, ben.id, row.id, notifications=False)
    world.follow(ben, row)
    world.follow(zoe, row)
    sent = len(_sent(world))
    _move(world, old, new)
    there = world.row(new)
    with world.services.db.read() as session:
        assert rules.blocked_either_way(session, ana.id, there.id)
        assert session.scalars(select(MuteRow.notifications).where(MuteRow.target_id == there.id)).all() == [False]
        assert len(session.scalars(select(BlockRow)).all()) == 2
    assert "Block" not in _sent(world)[sent:]
    assert new.uri in _followed(world, ben)


def test_who_blocks_the_new_one_is_not_made_to_follow_it(world: World) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world)
    there = people.remote(world.services, "olga", "new.example")
    block.block(world.services, ana.id, there.id)
    world.follow(ana, world.row(old))
    _move(world, old, new)
    assert _followed(world, ana) == {}


def test_who_follows_both_ends_follows_the_new_one(world: World) -> None:
    ana = world.member("ana")
    old, new = _old_and_new(world)
    world.follow(ana, world.row(old))
    world.follow(ana, people.remote(world.services, "olga", "new.example"))
    _move(world, old, new)
    assert _followed(world, ana) == {new.uri: FollowState.ACCEPTED}


def test_a_crowd_is_carried_some_at_a_time(world: World) -> None:
    old, new = _old_and_new(world)
    members = [world.member(f"member{n}") for n in range(5)]
    for member in members:
        world.follow(member, world.row(old))
    world.take(old, old.activity("Move", old.uri, target=new.uri))
    assert [len(_followed(world, member)) for member in members] == [1] * 5
    work.drain(world.services, limit=1)
    work.drain(world.services)
    assert all(list(_followed(world, member)) == [new.uri] for member in members)


def test_a_move_that_can_not_be_carried_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = world.member("ana")
    for name in ("olga", "pia"):
        old, new = world.known(name), Remote(name, "new.example", pair=keys(2))
        new.document, old.document = {"alsoKnownAs": [old.uri]}, {"movedTo": new.uri}
        old.live_on(world.web)
        new.live_on(world.web)
        world.follow(ana, world.row(old))
        world.take(old, old.activity("Move", old.uri, target=new.uri))
    some, tried = carrying._some, list[int]()

    def broken_at_first(services: Services, move_id: int) -> int:
        tried.append(move_id)
        if move_id == tried[0]:
            raise KeyError("whatever it is that is wrong with this one")
        return some(services, move_id)

    monkeypatch.setattr(carrying, "_some", broken_at_first)
    work.drain(world.services)
    assert sorted(_followed(world, ana)) == ["https://far.example/users/olga", "https://new.example/users/pia"]


def test_somebody_moves_here_from_elsewhere(world: World) -> None:
    ana, ben = world.member("ana"), world.member("ben")
    old = world.known("ana", "far.example")
    old.document = {"movedTo": ana.uri}
    old.live_on(world.web)
    world.follow(ben, world.row(old))
    redirecting.add_alias(world.services, ana.id, "ana@far.example")
    _move(world, old, ana.uri)
    assert _followed(world, ben) == {ana.uri: FollowState.ACCEPTED}
    assert people.told(world.services, ana.id) == ["follow"]


def _leaving(world: World) -> tuple[ActorRow, Remote]:
    """A member, and their new account, which names the old one."""
    ana = world.member("ana")
    new = world.known("ana", "new.example", document={"alsoKnownAs": [ana.uri]})
    return ana, new


def test_a_member_moves_away_and_everybody_is_told(world: World) -> None:
    ana, new = _leaving(world)
    ben, far = world.member("ben"), world.row(world.known("far"))
    world.follow(ben, ana)
    world.follow(far, ana)
    redirecting.move(world.services, ana.id, PASSWORD, "ana@new.example")
    work.drain(world.services)
    assert _sent(world)[:2] == ["Update", "Move"]
    with world.services.db.read() as session:
        body = session.scalars(select(OutboxActivityRow.body).where(OutboxActivityRow.kind == "Move")).one()
    assert f'"object":"{ana.uri}"' in body and f'"target":"{new.uri}"' in body
    assert _followed(world, ben) == {new.uri: FollowState.REQUESTED}
    document = world.http.get(
        "/users/ana", headers={"Accept": "application/activity+json"}, base_url="https://ostiary.example"
    )
    assert document.json["movedTo"] == new.uri  # type: ignore[index]


def test_a_moved_member_is_not_followed_anew_and_does_not_write_until_they_come_back(world: World) -> None:
    ana, _new = _leaving(world)
    ben, mallory = world.member("ben"), world.known()
    post = compose.compose(world.services, ben.id, ComposeRequest("Something to boost."))
    redirecting.move(world.services, ana.id, PASSWORD, "ana@new.example")
    with pytest.raises(ForbiddenError):
        follow.follow(world.services, ben.id, ana.id)
    world.take(mallory, mallory.activity("Follow", ana.uri))
    assert _sent(world)[-1] == "Reject"
    with pytest.raises(ForbiddenError):
        compose.compose(world.services, ana.id, ComposeRequest("Still here?"))
    with pytest.raises(ForbiddenError):
        boosts.boost(world.services, ana.id, post.id)
    redirecting.come_back(world.services, ana.id)
    compose.compose(world.services, ana.id, ComposeRequest("I'm back."))
    follow.follow(world.services, ben.id, ana.id)
    with pytest.raises(ConflictError):
        redirecting.move(world.services, ana.id, PASSWORD, "ana@new.example")
    _later(world, days=31)
    redirecting.move(world.services, ana.id, PASSWORD, "ana@new.example")


@pytest.mark.parametrize("why", ["password", "no alias", "itself"])
def test_a_member_does_not_move_without_password_or_alias(world: World, why: str) -> None:
    ana, new = _leaving(world)
    handle, password = "ana@new.example", PASSWORD
    if why == "no alias":
        new.document = {}
        new.live_on(world.web)
    elif why == "itself":
        handle = "ana"
    else:
        password = "not it"
    with pytest.raises(ForbiddenError if why == "password" else InvalidError):
        redirecting.move(world.services, ana.id, password, handle)
    with world.services.db.read() as session:
        row = session.get_one(ActorRow, ana.id)
        assert (row.moved_to_uri, row.moved_at) == (None, None)
    assert _sent(world) == []


def test_a_redirect_is_shown_only_where_the_other_end_agrees(world: World) -> None:
    mallory, victim = world.known(), world.known("victim", "near.example")
    world.take(mallory, mallory.activity("Update", mallory.actor() | {"movedTo": victim.uri}))
    with world.services.db.read() as session:
        assert moving.redirects(session, [world.row(mallory)]) == {}
    victim.document = {"alsoKnownAs": [mallory.uri]}
    world.take(victim, victim.activity("Update", victim.actor()))
    with world.services.db.read() as session:
        found = moving.redirects(session, [world.row(mallory)])
    assert [row.uri for row in found.values()] == [victim.uri]


def test_aliases_are_told_and_bounded(world: World) -> None:
    ana = world.member("ana")
    far = world.row(world.known("far"))
    world.follow(far, ana)
    for n in range(redirecting.MOST_ALIASES):
        people.remote(world.services, f"old{n}", "old.example")
        redirecting.add_alias(world.services, ana.id, f"old{n}@old.example")
    people.remote(world.services, "more", "old.example")
    with pytest.raises(InvalidError):
        redirecting.add_alias(world.services, ana.id, "more@old.example")
    redirecting.remove_alias(world.services, ana.id, "https://old.example/users/old0")
    assert set(_sent(world)) == {"Update"}
    with world.services.db.read() as session:
        assert len(session.get_one(ActorRow, ana.id).also_known_as) == redirecting.MOST_ALIASES - 1


def test_a_move_reaches_its_inbox_signed(world: World) -> None:
    ana, _new = _leaving(world)
    far = world.row(world.known("far"))
    world.follow(far, ana)
    redirecting.move(world.services, ana.id, PASSWORD, "ana@new.example")
    deliver.drain(world.services, poster=world.web)
    with world.services.db.read() as session:
        assert {row.state for row in session.scalars(select(DeliveryRow))} == {"delivered"}
    assert intake.drain(world.services) == 0
