"""Trust that somebody gives: one wrong line doesn't hold the same person again and again, and it ends."""

from __future__ import annotations

import pytest

from moderation.authors import trust
from moderation.cases import reversals
from moderation.errors import NotFoundError, RefusedError
from moderation.values import Action, Outcome
from tests.moderation.cast import HATEFUL, HOME, THREAT, House
from tests.moderation.test_appeals import MALLORY, decided

AGAIN = "vermin, says the pest controller's van on our street, and so say I"


def let_in(house: House, text: str = HATEFUL, action: Action = Action.APPROVE) -> int:
    """A post of Mallory's that was held, and the decision about it."""
    held = house.one(text, house.author("mallory", HOME))
    return decided(house, held.case_id or 0, action)


def outcome(house: House, text: str) -> Outcome | None:
    """What the door says of another post of hers."""
    return house.one(text, house.author("mallory", HOME)).outcome


def test_after_a_post_was_let_in_its_author_is_trusted_for_its_label_and_for_thirty_days(house: House) -> None:
    number = let_in(house)
    trust.give(house.session, number, "ada", house.now)
    assert outcome(house, AGAIN) is Outcome.APPROVE
    house.later(days=30)
    assert outcome(house, AGAIN + ", again") is Outcome.HOLD


def test_without_it_the_next_one_is_held_as_before(house: House) -> None:
    let_in(house)
    assert outcome(house, AGAIN) is Outcome.HOLD


def test_who_is_trusted_for_one_label_is_held_for_another(house: House) -> None:
    trust.give(house.session, let_in(house), "ada", house.now)
    assert outcome(house, THREAT) is Outcome.HOLD


def test_trust_ends_with_anything_that_is_taken_away(house: House) -> None:
    number = let_in(house)
    trust.give(house.session, number, "ada", house.now)
    let_in(house, THREAT, Action.REMOVE)
    assert trust.in_force(house.session, MALLORY, house.now) == {}
    assert outcome(house, AGAIN) is Outcome.HOLD


def test_trust_ends_when_the_decision_that_it_followed_is_taken_back(house: House) -> None:
    number = let_in(house)
    trust.give(house.session, number, "ada", house.now)
    reversals.reverse(house.session, number, "a mistake", "ada", house.now)
    assert trust.in_force(house.session, MALLORY, house.now) == {}


def test_trust_is_taken_back_by_hand_and_once(house: House) -> None:
    trust.give(house.session, let_in(house), "ada", house.now)
    trust.withdraw(house.session, MALLORY, "hate", "ada", house.now)
    assert outcome(house, AGAIN) is Outcome.HOLD
    with pytest.raises(NotFoundError):
        trust.withdraw(house.session, MALLORY, "hate", "ada", house.now)


@pytest.mark.parametrize(("text", "action"), [(HATEFUL, Action.REMOVE), (THREAT, Action.APPROVE)])
def test_trust_follows_from_letting_in_alone_and_never_from_what_is_as_grave_as_a_threat(
    house: House, text: str, action: Action
) -> None:
    number = let_in(house, text, action)
    assert trust.offered(house.session, "ana", house.now) is None
    with pytest.raises(RefusedError):
        trust.give(house.session, number, "ada", house.now)


def test_it_is_offered_for_ten_minutes_and_not_twice(house: House) -> None:
    number = let_in(house)
    offered = trust.offered(house.session, "ana", house.now)
    assert offered is not None
    assert offered.id == number
    assert trust.offered(house.session, "somebody else", house.now) is None
    trust.give(house.session, number, "ada", house.now)
    assert trust.offered(house.session, "ana", house.now) is None


def test_it_is_offered_no_longer_once_the_moment_is_over(house: House) -> None:
    let_in(house)
    house.later(minutes=11)
    assert trust.offered(house.session, "ana", house.now) is None
