"""Following, here and across servers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, NotFoundError
from app.federation.tables import OutboxActivityRow
from app.notifications.tables import NotificationKind
from app.relationships import block, follow, received, relations
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.stores.feeds import Feeds
from tests.app import people

Kind = NotificationKind
URI = "https://far.example/activities/1"


def sent(services: Services) -> list[str]:
    with services.db.read() as session:
        return list(session.scalars(select(OutboxActivityRow.kind).order_by(OutboxActivityRow.id)))


def counts(services: Services, actor_id: int) -> tuple[int, int]:
    with services.db.read() as session:
        row = session.get_one(ActorRow, actor_id)
        return row.followers_count, row.following_count


def receive(services: Services, actor: ActorRow, target: ActorRow, uri: str = URI) -> FollowRow | None:
    with services.db.write() as session:
        return received.receive_follow(
            session, services, session.get_one(ActorRow, actor.id), session.get_one(ActorRow, target.id), uri
        )


def test_an_open_member_is_followed_at_once_and_told_once(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    for _ in range(2):
        assert follow.follow(services, ana.id, ben.id).state is FollowState.ACCEPTED
    assert people.told(services, ben.id) == [Kind.FOLLOW]
    assert counts(services, ben.id) == (1, 0) and counts(services, ana.id) == (0, 1)
    follow.unfollow(services, ana.id, ben.id)
    follow.unfollow(services, ana.id, ben.id)
    assert counts(services, ben.id) == (0, 0) and counts(services, ana.id) == (0, 0)


def test_following_again_changes_how(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    follow.follow(services, ana.id, ben.id)
    follow.follow(services, ana.id, ben.id, show_boosts=False, notify=True)
    with services.db.read() as session:
        relation = relations.of(session, ana.id, [ben.id], services.clock.now())[ben.id]
    assert relation.following and not relation.show_boosts and relation.notifying


def test_a_locked_member_is_asked_and_answers(services: Services) -> None:
    ana, carl = people.member(services, "ana"), people.member(services, "carl")
    ben = people.member(services, "ben", locked=True)
    assert follow.follow(services, ana.id, ben.id).state is FollowState.REQUESTED
    follow.follow(services, carl.id, ben.id)
    assert people.told(services, ben.id) == [Kind.FOLLOW_REQUEST] * 2 and counts(services, ben.id) == (0, 0)
    assert follow.accept(services, ben.id, ana.id).state is FollowState.ACCEPTED
    follow.reject(services, ben.id, carl.id)
    assert people.told(services, ben.id) == [Kind.FOLLOW] and counts(services, ben.id) == (1, 0)
    with pytest.raises(NotFoundError):
        follow.accept(services, ben.id, carl.id)


def test_the_home_feed_is_made_anew_after_a_follow(services: Services) -> None:
    from app.paging import Paging
    from app.timelines import home

    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    home.page(services, ana.id, Paging())
    assert Feeds(services.redis).page(ana.id, Paging(), 10) is not None
    follow.follow(services, ana.id, ben.id)
    assert Feeds(services.redis).page(ana.id, Paging(), 10) is None


def test_whom_one_cannot_follow(services: Services) -> None:
    ana, ben = people.member(services, "ana"), people.member(services, "ben")
    gone = people.member(services, "gone", suspended_at=services.clock.now())
    hidden = people.remote(services, "hidden", "bad.example", marked_hidden=True)
    with pytest.raises(ForbiddenError):
        follow.follow(services, ana.id, ana.id)
    for who in (gone, hidden):
        with pytest.raises(NotFoundError):
            follow.follow(services, ana.id, who.id)
    block.block(services, ben.id, ana.id)
    for one, other in ((ana, ben), (ben, ana)):
        with pytest.raises(ForbiddenError):
            follow.follow(services, one.id, other.id)


def test_who_is_silenced_has_to_ask(services: Services) -> None:
    loud = people.member(services, "loud", silenced_at=services.clock.now())
    ben = people.member(services, "ben")
    assert follow.follow(services, loud.id, ben.id).state is FollowState.REQUESTED


def test_somebody_elsewhere_answers_first(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    row = follow.follow(services, ana.id, far.id)
    assert row.state is FollowState.REQUESTED and sent(services) == ["Follow"]
    with services.db.write() as session:
        assert received.received_accept(session, services, session.get_one(ActorRow, far.id), row.uri)
    assert counts(services, far.id) == (1, 0)
    follow.unfollow(services, ana.id, far.id)
    assert sent(services) == ["Follow", "Undo"]


def test_only_who_was_asked_can_accept(services: Services) -> None:
    ana, far, mallory = (
        people.member(services, "ana"),
        people.remote(services, "far"),
        people.remote(services, "mallory"),
    )
    row = follow.follow(services, ana.id, far.id)
    with services.db.write() as session:
        assert not received.received_accept(session, services, session.get_one(ActorRow, mallory.id), row.uri)
        assert not received.received_reject(session, services, session.get_one(ActorRow, mallory.id), row.uri)
    assert people.again(services, row).state is FollowState.REQUESTED


def test_a_follow_from_elsewhere_is_answered_each_time_it_is_asked(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    for _ in range(2):
        row = receive(services, far, ana.actor)
        assert row is not None and row.state is FollowState.ACCEPTED
    assert sent(services) == ["Accept", "Accept"] and people.told(services, ana.id) == [Kind.FOLLOW]
    assert counts(services, ana.id) == (1, 0)


def test_a_follow_from_elsewhere_of_a_locked_member_waits_for_the_answer(services: Services) -> None:
    ana, far = people.member(services, "ana", locked=True), people.remote(services, "far")
    receive(services, far, ana.actor)
    assert sent(services) == []
    follow.accept(services, ana.id, far.id)
    follow.remove_follower(services, ana.id, far.id)
    assert sent(services) == ["Accept", "Reject"] and counts(services, ana.id) == (0, 0)


def test_a_blocked_follower_from_elsewhere_is_turned_away(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    block.block(services, ana.id, far.id)
    assert receive(services, far, ana.actor) is None
    assert sent(services) == ["Block", "Reject"] and people.told(services, ana.id) == []


def test_an_undo_ends_a_follow_by_its_uri_or_by_its_target(services: Services) -> None:
    ana, far = people.member(services, "ana"), people.remote(services, "far")
    for uri, target in ((URI, None), (None, ana.actor)):
        receive(services, far, ana.actor)
        with services.db.write() as session:
            actor = session.get_one(ActorRow, far.id)
            assert received.received_undo_follow(session, services, actor, follow_uri=uri, target=target)
            assert not received.received_undo_follow(session, services, actor, follow_uri=uri, target=target)
    assert counts(services, ana.id) == (0, 0)


def test_nobody_undoes_anothers_follow(services: Services) -> None:
    ana, far, mallory = (
        people.member(services, "ana"),
        people.remote(services, "far"),
        people.remote(services, "mallory"),
    )
    receive(services, far, ana.actor)
    with services.db.write() as session:
        actor = session.get_one(ActorRow, mallory.id)
        assert not received.received_undo_follow(session, services, actor, follow_uri=URI, target=ana.actor)
    assert counts(services, ana.id) == (1, 0)


def test_an_activitys_uri_stands_for_one_follow(services: Services) -> None:
    ana, far, mallory = (
        people.member(services, "ana"),
        people.remote(services, "far"),
        people.remote(services, "mallory"),
    )
    receive(services, far, ana.actor)
    assert receive(services, mallory, ana.actor) is None
    assert counts(services, ana.id) == (1, 0)
