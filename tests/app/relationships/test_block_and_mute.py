"""Blocks end what there was; mutes hide without a word; both are seen in relations and lists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.errors import ForbiddenError
from app.federation.tables import OutboxActivityRow
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.paging import Paging
from app.relationships import block, follow, mute, received, relations
from app.relationships.relations import Relation
from app.services import Services
from tests.app import people


def relation(services: Services, one: int, other: int) -> Relation:
    with services.db.read() as session:
        return relations.of(session, one, [other], services.clock.now())[other]


def tell(services: Services, to: int, by: int) -> None:
    with services.db.write() as session:
        notify.add(session, services, NotificationDraft(to, NotificationKind.FOLLOW, by))


def test_a_block_ends_follows_both_ways_and_what_was_told(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    follow.follow(services, ana.id, ben.id)
    follow.follow(services, ben.id, ana.id)
    block.block(services, ana.id, ben.id)
    block.block(services, ana.id, ben.id)
    assert relation(services, ana.id, ben.id) == Relation(ben.id, blocking=True)
    assert relation(services, ben.id, ana.id) == Relation(ana.id, blocked_by=True)
    assert people.told(services, ana.id) == people.told(services, ben.id) == []
    row = people.again(services, ana.actor)
    assert (row.followers_count, row.following_count) == (0, 0)
    block.unblock(services, ana.id, ben.id)
    assert relation(services, ana.id, ben.id) == Relation(ben.id)


def test_peers_are_told_of_blocks_of_their_people(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    follow.follow(services, ana.id, far.id)
    block.block(services, ana.id, far.id)
    block.unblock(services, ana.id, far.id)
    with services.db.read() as session:
        kinds = list(session.scalars(select(OutboxActivityRow.kind).order_by(OutboxActivityRow.id)))
    assert kinds == ["Follow", "Undo", "Block", "Undo"]


def test_a_block_from_elsewhere_counts_and_is_undone(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    follow.follow(services, ana.id, far.id)
    with services.db.write() as session:
        actor, target = session.get_one(ActorRow, far.id), session.get_one(ActorRow, ana.id)
        uri = "https://far.example/blocks/1"
        assert received.receive_block(session, services, actor, target, uri) is not None
        assert received.receive_block(session, services, actor, target, uri) is None
    assert relation(services, ana.id, far.id) == Relation(far.id, blocked_by=True)
    with services.db.write() as session:
        actor, target = session.get_one(ActorRow, far.id), session.get_one(ActorRow, ana.id)
        assert received.received_undo_block(session, actor, target)
        assert not received.received_undo_block(session, actor, target)
    assert relation(services, ana.id, far.id) == Relation(far.id)


def test_nobody_blocks_or_mutes_themselves(services: Services) -> None:
    ana = people.member(services, "ana")
    with pytest.raises(ForbiddenError):
        block.block(services, ana.id, ana.id)
    with pytest.raises(ForbiddenError):
        mute.mute(services, ana.id, ana.id)


def test_a_mute_silences_and_runs_out(services: Services, clock: FrozenClock) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    mute.mute(services, ana.id, ben.id, lasts=timedelta(hours=1))
    tell(services, ana.id, ben.id)
    assert people.told(services, ana.id) == [] and relation(services, ana.id, ben.id).muting
    clock.move(timedelta(hours=1, seconds=1))
    assert not relation(services, ana.id, ben.id).muting
    tell(services, ana.id, ben.id)
    assert people.told(services, ana.id) == [NotificationKind.FOLLOW]
    assert mute.sweep(services) == 1


def test_a_mute_can_leave_notifications_on_and_be_changed(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    mute.mute(services, ana.id, ben.id)
    mute.mute(services, ana.id, ben.id, notifications=False)
    tell(services, ana.id, ben.id)
    assert people.told(services, ana.id) == [NotificationKind.FOLLOW]
    mute.unmute(services, ana.id, ben.id)
    assert not relation(services, ana.id, ben.id).muting


def test_lists_are_paged_by_the_follow(services: Services) -> None:
    ana = people.member(services, "ana")
    fans = [people.member(services, f"fan{number}") for number in range(5)]
    for fan in fans:
        follow.follow(services, fan.id, ana.id)
    with services.db.read() as session:
        first = relations.followers(session, ana.id, Paging(limit=2))
        second = relations.followers(session, ana.id, Paging(limit=2, max_id=first[-1].id))
        newer = relations.followers(session, ana.id, Paging(limit=2, min_id=second[-1].id))
        following = relations.following(session, fans[0].id, Paging())
    assert [item.actor.username for item in first + second] == ["fan4", "fan3", "fan2", "fan1"]
    assert [item.actor.username for item in newer] == ["fan3", "fan2"]
    assert [item.actor.id for item in following] == [ana.id]


def test_blocks_mutes_and_requests_have_lists(services: Services) -> None:
    ana, ben = people.member(services, "ana", locked=True), people.member(services, "ben")
    far = people.remote(services, "far")
    follow.follow(services, ben.id, ana.id)
    block.block(services, ana.id, far.id)
    mute.mute(services, ana.id, ben.id)
    with services.db.read() as session:
        assert [item.actor.id for item in relations.requests(session, ana.id, Paging())] == [ben.id]
        assert [item.actor.id for item in relations.blocks(session, ana.id, Paging())] == [far.id]
        assert [item.actor.id for item in relations.mutes(session, ana.id, Paging(), services.clock.now())] == [ben.id]


def test_mutuals_follow_both_ways(services: Services) -> None:
    ana, ben, carl = (people.member(services, name) for name in ("ana", "ben", "carl"))
    follow.follow(services, ana.id, ben.id)
    follow.follow(services, ben.id, ana.id)
    follow.follow(services, ana.id, carl.id)
    with services.db.read() as session:
        pairs = [(ana.id, ben.id), (ben.id, ana.id), (ana.id, carl.id)]
        assert relations.mutuals(session, pairs) == {(ana.id, ben.id), (ben.id, ana.id)}
        assert relations.mutuals(session, []) == set()
