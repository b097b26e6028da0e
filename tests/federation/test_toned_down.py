"""What a rule tones down of a server, as it arrives and as it is shown; and that lifting the rule ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow, Role
from app.enforcement import enact, upkeep
from app.federation.wire.values import PUBLIC
from app.media import shown
from app.posts.tables import PostState
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import ruling
from app.trends import counting
from app.trends.tables import TrendRow
from moderation.domains import Filter, RuleDraft, lift_rule, list_rules
from moderation.errors import BadDomainError
from moderation.values import Severity, Visibility
from tests.app import people
from tests.federation.world import World


def tone_down(world: World, *filters: Filter, **more: object) -> None:
    """A lead sets a rule that does nothing else."""
    lea = people.member(world.services, "lea", Role.LEAD)
    draft = RuleDraft("far.example", Severity.NOOP, filters=frozenset(filters), **more)  # type: ignore[arg-type]
    ruling.set_rules(world.services, lea, [draft])


def test_posts_are_marked_as_sensitive_and_kept_off_public_timelines(world: World) -> None:
    mallory = world.known()
    world.follow(world.member(), world.row(mallory))
    tone_down(world, Filter.SENSITIVE, Filter.UNLISTED)
    note = mallory.note("A picture of my lunch.")
    world.take(mallory, mallory.create(note))
    assert world.stored(note).sensitive and world.stored(note).visibility is Visibility.UNLISTED
    private = mallory.note("For those who follow.", to=[mallory.uri + "/followers"], cc=[])
    world.take(mallory, mallory.create(private))
    assert world.stored(private).visibility is Visibility.FOLLOWERS


def test_boosts_are_not_taken_and_posts_are(world: World) -> None:
    mallory, ben = world.known(), world.known("ben", "near.example")
    ana = world.member()
    for one in (mallory, ben):
        world.follow(ana, world.row(one))
    note = ben.note("Worth reading.")
    world.take(ben, ben.create(note))
    tone_down(world, Filter.BOOSTS)
    world.take(mallory, mallory.activity("Announce", note["id"], to=[PUBLIC]))
    assert world.inbox()[-1].reason == "boosts_rejected"
    own = mallory.note("My own words.")
    world.take(mallory, mallory.create(own))
    assert world.state(own) is PostState.PUBLISHED


@pytest.mark.parametrize("follows", [True, False])
def test_strangers_words_to_members_stay_out_and_those_of_people_they_follow_come_in(
    world: World, follows: bool
) -> None:
    mallory, ana = world.known(), world.member()
    if follows:
        world.follow(ana, world.row(mallory))
    tone_down(world, Filter.REPLIES)
    note = mallory.note_to(ana, "You there.")
    world.take(mallory, mallory.create(note))
    assert world.state(note) is (PostState.PUBLISHED if follows else PostState.REJECTED)


def test_people_ask_before_they_follow_and_show_no_avatars_until_the_rule_is_lifted(world: World) -> None:
    mallory, ana = world.known(), world.member()
    with world.services.db.write() as session:
        session.get_one(ActorRow, world.row(mallory).id).avatar_url = "https://far.example/avatar.png"
    tone_down(world, Filter.FOLLOWS, Filter.AVATARS)
    settings = world.services.settings
    assert shown.avatar(settings, world.row(mallory)) is None
    world.take(mallory, mallory.activity("Follow", ana.uri))
    with world.services.db.read() as session:
        assert session.scalars(select(FollowRow)).one().state is FollowState.REQUESTED
    with world.services.db.write() as session:
        done = lift_rule(session, "far.example", "lea", world.services.clock.now())
        enact.enact(world.services, session, done.effects)
    assert shown.avatar(settings, world.row(mallory)) is not None
    assert world.row(mallory).domain_filters == ""


def test_nothing_of_it_trends(world: World) -> None:
    for filters in ((), (Filter.TRENDS,)):
        for number in range(3):
            name = f"mo{number}{len(filters)}"
            one = world.known(name, "far.example" if filters else "near.example")
            with world.services.db.write() as session:
                session.get_one(ActorRow, world.row(one).id).discoverable = True
            world.follow(world.member(f"ana{name}"), world.row(one))
            if filters and number == 0:
                tone_down(world, *filters)
            word = "quiet" if filters else "loud"
            tag = {"type": "Hashtag", "name": f"#{word}", "href": f"https://far.example/tags/{word}"}
            world.take(one, one.create(one.note(f"About #{word}, number {number}.", tag=[tag])))
    counting.count(world.services)
    with world.services.db.read() as session:
        assert {row.key for row in session.scalars(select(TrendRow))} == {"loud"}


def test_a_rule_ends_on_its_day_by_itself_and_what_it_hid_is_back(world: World) -> None:
    mallory = world.known()
    now = world.services.clock.now()
    lea = people.member(world.services, "lea", Role.LEAD)
    ruling.set_rules(
        world.services, lea, [RuleDraft("far.example", Severity.SUSPEND, expires_at=now + timedelta(days=2))]
    )
    assert world.row(mallory).domain_hidden
    world.services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    upkeep.end_holds(world.services)
    assert world.row(mallory).domain_hidden
    world.services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
    upkeep.end_holds(world.services)
    assert not world.row(mallory).domain_hidden
    with world.services.db.read() as session:
        assert list_rules(session) == []


def test_a_rule_for_one_domain_alone_leaves_what_lies_under_it(world: World) -> None:
    mallory, deep = world.known(), world.known("deep", "sub.far.example")
    lea = people.member(world.services, "lea", Role.LEAD)
    ruling.set_rules(world.services, lea, [RuleDraft("far.example", Severity.SUSPEND, subdomains=False)])
    assert world.row(mallory).domain_hidden and not world.row(deep).domain_hidden


@pytest.mark.parametrize(
    "draft",
    [
        RuleDraft("far.example", Severity.SUSPEND, filters=frozenset({Filter.BOOSTS})),
        RuleDraft("far.example", Severity.SILENCE, evidence=tuple(range(1, 100))),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(world: World, draft: RuleDraft) -> None:
    lea = people.member(world.services, "lea", Role.LEAD)
    with pytest.raises(BadDomainError):
        ruling.set_rules(world.services, lea, [draft])
    with pytest.raises(BadDomainError):
        over = RuleDraft("far.example", Severity.HOLD, expires_at=world.services.clock.now())
        ruling.set_rules(world.services, lea, [over])
