"""A domain is suspended, and lifted; a member is suspended, and back: what peers hear of it, and when."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow
from app.enforcement import enact
from app.federation import deliver
from app.federation.tables import OutboxActivityRow
from app.lifecycle import severing, work
from app.notifications.tables import NotificationRow
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships.tables import FollowRow, FollowState, SeveredFollowRow
from app.reviewing import timeline
from moderation.domains import editing
from moderation.timeline.values import About
from moderation.values import Effect, Severity, Verb
from tests.federation.world import World, keys


def _later(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


def _suspend(world: World, domain: str = "far.example", severity: Severity = Severity.SUSPEND) -> None:
    now = world.services.clock.now()
    with world.services.db.write() as session:
        editing.set_rule(session, domain, severity, "ada", now)
        enact.enact(world.services, session, [Effect(Verb.BLOCK_DOMAIN, domain)])


def _lift(world: World, domain: str = "far.example") -> None:
    with world.services.db.write() as session:
        editing.lift_rule(session, domain, "ada", world.services.clock.now())
        enact.enact(world.services, session, [Effect(Verb.UNBLOCK_DOMAIN, domain)])


def _sent(world: World) -> list[tuple[str, str, str]]:
    """What left, to where, in whose name."""
    world.web.sent.clear()
    deliver.drain(world.services, poster=world.web)
    bodies = [(orjson.loads(sent.body), sent.url) for sent in world.web.sent]
    return [(body["type"], url, body["actor"].rpartition("/")[2]) for body, url in bodies]


def _follows(world: World) -> int:
    with world.services.db.read() as session:
        return len(session.scalars(select(FollowRow)).all())


def _both_ways(world: World) -> tuple[ActorRow, ActorRow]:
    ana, far = world.member("ana"), world.row(world.known("far"))
    world.follow(ana, far)
    world.follow(far, ana)
    return ana, far


def test_a_suspended_domain_is_told_that_follows_end_once_it_cannot_be_undone(world: World) -> None:
    ana, far = _both_ways(world)
    _suspend(world)
    work.drain(world.services)
    assert (_sent(world), _follows(world)) == ([], 2)
    _later(world, minutes=11)
    work.drain(world.services)
    compose.compose(world.services, ana.id, ComposeRequest("For whoever is left."))
    assert sorted(_sent(world)) == [("Reject", far.inbox_url, "ana"), ("Undo", far.inbox_url, "ana")]
    assert _follows(world) == 0
    work.drain(world.services)
    assert _sent(world) == []


def test_what_waited_for_the_domain_otherwise_is_not_sent(world: World) -> None:
    ana, _far = _both_ways(world)
    compose.compose(world.services, ana.id, ComposeRequest("Written a moment too early."))
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    assert sorted(kind for kind, _url, _who in _sent(world)) == ["Reject", "Undo"]


def test_a_suspension_that_is_lifted_at_once_has_cost_nothing(world: World) -> None:
    _both_ways(world)
    _suspend(world)
    _later(world, minutes=5)
    work.drain(world.services)
    _lift(world)
    _later(world, minutes=11)
    work.drain(world.services)
    assert (_sent(world), _follows(world)) == ([], 2)


def test_lifting_it_later_assumes_nothing_and_a_member_may_ask_again(world: World) -> None:
    ana, far = _both_ways(world)
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    with world.services.db.read() as session:
        assert severing.lost(session, ana.id) == []
        assert len(session.scalars(select(SeveredFollowRow)).all()) == 2
    _lift(world)
    work.drain(world.services)
    assert _follows(world) == 0
    with world.services.db.read() as session:
        assert [row.id for row in severing.lost(session, ana.id)] == [far.id]
    _sent(world)
    assert severing.follow_again(world.services, ana.id) == 1
    assert [kind for kind, _url, _who in _sent(world)] == ["Follow"]
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow.state)).all() == [FollowState.REQUESTED]
        assert severing.lost(session, ana.id) == []


def _told(world: World, member: ActorRow) -> list[str]:
    with world.services.db.read() as session:
        query = select(NotificationRow).where(NotificationRow.account_id == member.id).order_by(NotificationRow.id)
        return [str(row.payload["text"]) for row in session.scalars(query) if "restored" in row.payload]


def test_who_can_follow_again_hears_of_it_once_and_in_their_own_language(world: World) -> None:
    ana, far = _both_ways(world)
    ben = world.member("ben")
    world.follow(ben, far)
    with world.services.db.write() as session:
        session.get_one(AccountRow, ben.id).locale = "fr"
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    assert (_told(world, ana), _told(world, ben)) == ([], [])
    _lift(world)
    for _again in range(2):
        work.drain(world.services)
        [told], [dit] = _told(world, ana), _told(world, ben)
        assert told.startswith("far.example is let in here again.") and "ended with it: 1." in told
        assert dit.startswith("far.example est de nouveau admis ici.")
    _suspend(world)
    _lift(world)
    work.drain(world.services)
    assert len(_told(world, ana)) == 1, "nothing was lost a second time"


def test_what_a_suspension_ended_stays_in_the_timeline_whoever_follows_again(world: World) -> None:
    ana, far = _both_ways(world)
    world.follow(world.member("ben"), far)
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    _lift(world)
    work.drain(world.services)
    before = _severed_by_the_timeline(world)
    assert severing.follow_again(world.services, ana.id) == 1
    assert _severed_by_the_timeline(world) == before == [3]


def _severed_by_the_timeline(world: World) -> list[int]:
    source = next(each for each in timeline.ALL if each.name == "severed")
    with world.services.db.read() as session:
        query = source.rows(About(domain="far.example"))
        assert query is not None
        return [int(row.follows) for row in session.execute(query)]


def test_subdomains_go_along_and_those_with_a_rule_of_their_own_do_not(world: World) -> None:
    ana = world.member("ana")
    for domain in ("a.far.example", "b.far.example"):
        world.follow(ana, world.row(world.known("zoe", domain, pair=keys(2) if domain[0] == "a" else keys(1))))
    _suspend(world, "b.far.example", Severity.ALLOW)
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    assert _sent(world) == [("Undo", "https://a.far.example/users/zoe/inbox", "ana")]
    assert _follows(world) == 1


@pytest.mark.parametrize("severity", [Severity.SILENCE, Severity.HOLD])
def test_milder_rules_part_nobody(world: World, severity: Severity) -> None:
    _both_ways(world)
    _suspend(world, severity=severity)
    _later(world, minutes=11)
    work.drain(world.services)
    assert (_sent(world), _follows(world)) == ([], 2)


def test_what_was_lost_is_forgotten_after_half_a_year(world: World) -> None:
    _both_ways(world)
    _suspend(world)
    _later(world, minutes=11)
    work.drain(world.services)
    _later(world, days=181)
    assert severing.forget(world.services) == 2


def _enact(world: World, verb: Verb, actor: ActorRow) -> None:
    with world.services.db.write() as session:
        enact.enact(world.services, session, [Effect(verb, actor.uri)])


def test_a_suspended_member_is_told_of_as_suspended_once_it_cannot_be_undone(world: World) -> None:
    ana, far = world.member("ana", summary="<p>Me.</p>"), world.row(world.known("far"))
    world.follow(far, ana)
    _enact(world, Verb.SUSPEND, ana)
    assert _sent(world) == []
    _later(world, minutes=11)
    assert _sent(world) == [("Update", "https://far.example/inbox", "ana")]
    told = orjson.loads(world.web.sent[0].body)["object"]
    assert (told["suspended"], told["summary"]) == (True, "")
    _enact(world, Verb.UNSUSPEND, ana)
    _later(world, minutes=11)
    assert _sent(world) == [("Update", "https://far.example/inbox", "ana")]
    told = orjson.loads(world.web.sent[0].body)["object"]
    assert ("suspended" in told, told["summary"]) == (False, "<p>Me.</p>")


def test_a_suspension_that_is_undone_in_time_is_never_told_of(world: World) -> None:
    ana, far = world.member("ana"), world.row(world.known("far"))
    world.follow(far, ana)
    _enact(world, Verb.SUSPEND, ana)
    _later(world, minutes=5)
    _enact(world, Verb.UNSUSPEND, ana)
    _later(world, minutes=30)
    assert _sent(world) == []


def test_a_suspended_remote_is_nobody_elses_news(world: World) -> None:
    _ana, far = _both_ways(world)
    _enact(world, Verb.SUSPEND, far)
    _later(world, minutes=11)
    with world.services.db.read() as session:
        assert session.scalars(select(OutboxActivityRow)).all() == []
