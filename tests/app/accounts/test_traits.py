"""How members signed up: counted once, by what came within a day, without anything that names them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.accounts import signup, standing, traits
from app.accounts.signup import SignUp as Form
from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships import follow
from app.services import Services
from app.settings import Registration
from models.behaviour import FEATURES
from models.signups import SignUp
from moderation.checks import sending
from moderation.verdicts.tables import VerdictRow
from tests.app import people

REASON = "I would like to share pictures of my garden number {} with everybody here"


@pytest.fixture
def house(services: Services) -> Services:
    """A house with an admin, where anybody may sign up."""
    people.member(services, "boss", Role.ADMIN)
    return with_mode(services, Registration.OPEN)


def with_mode(services: Services, mode: Registration) -> Services:
    return replace(services, settings=replace(services.settings, registration=mode))


def comes(services: Services, name: str, domain: str, address: str = "", reason: str = "") -> AccountRow:
    form = Form(name, f"{name}@{domain}", "correct horse battery", agreement=True, address=address, reason=reason)
    return signup.sign_up(services, form)


def confirmed(services: Services, account: AccountRow) -> None:
    with services.db.write() as session:
        session.get_one(AccountRow, account.id).confirmed_at = services.clock.now()


def how(services: Services, account: AccountRow) -> SignUp:
    with services.db.read() as session:
        return traits.of(session, [account.id])[account.id]


def test_in_a_swarm_the_first_is_counted_as_the_last_is(house: Services, clock: FrozenClock) -> None:
    swarm = []
    for number in range(4):
        swarm.append(comes(house, f"bot{number}", "one.example", f"203.0.113.{number + 7}", REASON.format(number % 2)))
        clock.move(timedelta(minutes=20))
    for each in swarm:
        assert how(house, each) == SignUp(rare_mail=True, mail_crowd=3, range_crowd=3, reason_crowd=3)


def test_those_who_have_nothing_in_common_are_alone(house: Services) -> None:
    ana = comes(house, "ana", "mail.one.example", "203.0.113.7", REASON.format(1))
    ben = comes(house, "ben", "two.example", "198.51.100.7", "My friends from the choir told me about this place")
    assert how(house, ana) == how(house, ben) == SignUp(rare_mail=True)


def test_after_a_day_nobody_is_counted_with_who_came_before(house: Services, clock: FrozenClock) -> None:
    ana = comes(house, "ana", "one.example", "203.0.113.7", REASON.format(1))
    clock.move(timedelta(days=1, minutes=1))
    ben = comes(house, "ben", "one.example", "203.0.113.8", REASON.format(1))
    assert how(house, ana) == how(house, ben) == SignUp(rare_mail=True)


def test_a_mail_provider_that_members_have_is_no_crowd(house: Services, clock: FrozenClock) -> None:
    for name in ("ana", "ben", "cleo"):
        comes(house, name, "big.example")
    clock.move(timedelta(days=2))
    dora, emil = comes(house, "dora", "big.example"), comes(house, "emil", "big.example")
    assert how(house, dora) == how(house, emil) == SignUp()


def test_an_address_to_throw_away_is_known_as_one_also_when_it_comes_later(house: Services) -> None:
    assert how(house, comes(house, "ana", "mailinator.com")).throwaway
    ben = comes(house, "ben", "one.example")
    signup.send_again(house, ben.id, "ben@mailinator.com", "")
    assert how(house, ben) == SignUp(throwaway=True, rare_mail=True, mail_crowd=1)


def test_who_was_approved_or_invited_is_vouched_for_and_who_walked_in_is_not(house: Services) -> None:
    assert not how(house, comes(house, "ana", "one.example")).vouched
    careful = with_mode(house, Registration.APPROVAL)
    ben = comes(careful, "ben", "two.example")
    assert not how(house, ben).vouched
    signup.approve(careful, ben.id, "boss")
    assert how(house, ben).vouched


def test_where_no_addresses_are_kept_none_is_compared(house: Services) -> None:
    forgetful = replace(house, settings=replace(house.settings, address_days=0))
    ana, ben = (comes(forgetful, name, f"{name}.example", "203.0.113.7") for name in ("ana", "ben"))
    assert how(house, ana).range_crowd == how(house, ben).range_crowd == 0


def test_what_is_kept_is_numbers_and_is_forgotten_after_a_month(house: Services, clock: FrozenClock) -> None:
    ana = comes(house, "ana", "marker.example", "203.0.113.7", "a marker in the reason that is long enough")
    with house.db.read() as session:
        kept = session.get_one(AccountRow, ana.id).signup_traits
    assert kept is not None and all(isinstance(each, bool | int) for each in kept.values())
    assert not any(word in json.dumps(kept) for word in ("marker", "203", "@"))
    clock.move(traits.KEPT)
    with house.db.write() as session:
        assert traits.forget(session, clock.now()) == 0
    clock.move(timedelta(minutes=1))
    with house.db.write() as session:
        assert traits.forget(session, clock.now()) == 1
        assert traits.forget(session, clock.now()) == 0
    with house.db.read() as session:
        assert traits.of(session, [ana.id]) == {}


def statements(services: Services) -> list[str]:
    found: list[str] = []
    event.listen(services.db.engine, "before_cursor_execute", lambda *args: found.append(args[2]))
    return found


def test_of_a_new_member_the_door_is_told_by_one_statement_more_and_of_an_old_one_by_none(
    house: Services, clock: FrozenClock
) -> None:
    ana = comes(house, "ana", "one.example")
    asked = statements(house)
    with house.db.read() as session:
        actor = session.get_one(ActorRow, ana.id)
        before = len(asked)
        assert standing.author_of(session, actor, clock.now()).signup == SignUp(rare_mail=True)
        assert len(asked) == before + 2
    clock.move(timedelta(days=31))
    with house.db.read() as session:
        actor = session.get_one(ActorRow, ana.id)
        before = len(asked)
        assert standing.author_of(session, actor, clock.now()).signup is None
        assert len(asked) == before + 1


def test_strangers_are_counted_whom_somebody_new_followed_within_hours(house: Services, clock: FrozenClock) -> None:
    ana = comes(house, "ana", "one.example")
    confirmed(house, ana)
    others = [people.member(house, name) for name in ("ben", "cleo", "dora", "emil")]
    follow.follow(house, ana.id, others[0].id)
    clock.move(timedelta(hours=7))
    for each in others[1:]:
        follow.follow(house, ana.id, each.id)
    follow.follow(house, others[1].id, ana.id)
    with house.db.read() as session:
        told = standing.author_of(session, session.get_one(ActorRow, ana.id), clock.now())
        assert (told.followed_lately, told.followers_here) == (2, 1)
        later = standing.author_of(session, session.get_one(ActorRow, ana.id), clock.now() + timedelta(hours=7))
        assert (later.followed_lately, later.followers_here) == (0, 1)


def test_nobody_is_looked_at_whose_account_has_been_here_for_long(house: Services, clock: FrozenClock) -> None:
    assert people.member(house, "dora").actor.created_at < clock.now() - traits.KEPT
    ana, ben, cleo = (people.member(house, name) for name in ("ana", "ben", "cleo"))
    follow.follow(house, ben.id, ana.id)
    follow.follow(house, ana.id, cleo.id)
    with house.db.read() as session:
        told = standing.author_of(session, session.get_one(ActorRow, ana.id), clock.now())
    assert (told.followed_lately, told.followers_here, told.signup) == (0, 1, None)


def test_a_post_of_a_new_member_is_judged_with_how_they_signed_up(house: Services, clock: FrozenClock) -> None:
    known = people.member(house, "known")
    compose.compose(house, known.id, ComposeRequest("The baker gave away the last of the winter apples."))
    clock.move(timedelta(days=9))
    swarm = [comes(house, f"bot{number}", "one.example", f"203.0.113.{number}") for number in range(1, 4)]
    confirmed(house, swarm[0])
    clock.move(timedelta(hours=1))
    post = compose.compose(house, swarm[0].id, ComposeRequest("A word about the garden and its apples in the rain."))
    with house.db.read() as session:
        facts = session.get_one(VerdictRow, post.verdict_id).facts or {}
    row = dict(zip(FEATURES, sending.unpacked(facts) or (), strict=True))
    assert row["signed_up"] == row["rare_mail"] == 1.0 and row["vouched"] == 0.0
    assert row["mail_crowd"] == row["range_crowd"] == pytest.approx(1.1, abs=0.01)
    assert row["haste"] == pytest.approx(0.5, abs=0.01)
