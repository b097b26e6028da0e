"""Golden cases: made by two, at most one in twenty-five, never twice soon, taught and disputable."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from moderation.cases import claims, decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import NotFoundError, RefusedError
from moderation.policy import store
from moderation.quality import answering, blinding, golden
from moderation.quality.answering import What
from moderation.quality.ratings import Rating
from moderation.quality.tables import GoldenAnswerRow, GoldenRow
from moderation.values import Action
from tests.moderation.cast import HATEFUL, House


def made(house: House, text: str = HATEFUL, *, confirmed: bool = True) -> GoldenRow:
    """A case that mo decided and made a golden one, and lea confirmed."""
    case_id = house.case_of(text, house.author("mallory"))
    decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "mo", house.now)
    row = golden.promote(house.session, case_id, [Rating.KEEP], "2", "It quotes what it is against.", "mo", house.now)
    return golden.confirm(house.session, row.id, "lea", house.now) if confirmed else row


def decides(house: House, by: str, times: int) -> None:
    """Somebody works."""
    for number in range(times):
        house.later(hours=1)
        case_id = house.case_of(f"vermin {by} {number} {house.now:%d %H}", house.author(f"x{by}{number}"))
        decisions.decide(house.session, case_id, DecisionRequest(Action.REMOVE), by, house.now)


def test_two_people_make_one_and_not_the_same_one_twice(house: House) -> None:
    row = made(house, confirmed=False)
    with pytest.raises(RefusedError):
        golden.confirm(house.session, row.id, "mo", house.now)
    decides(house, "ben", 24)
    assert golden.deal(house.session, "ben", house.now) is None
    golden.confirm(house.session, row.id, "lea", house.now)
    assert golden.deal(house.session, "ben", house.now) is not None


def test_one_is_enough_where_there_is_nobody_else_and_it_says_so(house: House) -> None:
    case_id = house.case_of(HATEFUL, house.author("mallory"))
    decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "mo", house.now)
    row = golden.promote(house.session, case_id, [Rating.KEEP], None, "Why.", "mo", house.now, alone=True)
    assert row.alone
    assert row.confirmed_by == "mo"


def test_at_most_one_in_twenty_five_and_it_comes_next(house: House) -> None:
    made(house)
    made(house, HATEFUL + " and more")
    decides(house, "ben", 23)
    assert golden.deal(house.session, "ben", house.now) is None
    decides(house, "ben", 1)
    staged = golden.deal(house.session, "ben", house.now)
    house.case_of("vermin, all of you", house.author("late"))
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None
    assert claim.case_id == staged
    assert blinding.see(house.session, claim.case_id, "ben", house.now).detail.case.assigned_to is None
    decides(house, "ben", 23)
    assert golden.deal(house.session, "ben", house.now) is None


def test_that_one_is_due_is_known_one_case_before(house: House) -> None:
    made(house)
    decides(house, "ben", 22)
    assert not golden.is_due(house.session, "ben", house.now, coming=1)
    decides(house, "ben", 1)
    assert golden.is_due(house.session, "ben", house.now, coming=1)
    assert golden.deal(house.session, "ben", house.now) is None


def test_never_the_same_one_twice_soon_and_never_to_those_who_know_it(house: House) -> None:
    made(house)
    for name in ("mo", "lea", "ben"):
        decides(house, name, 24)
    assert golden.deal(house.session, "mo", house.now) is None
    assert golden.deal(house.session, "lea", house.now) is None
    staged = golden.deal(house.session, "ben", house.now)
    assert staged is not None
    answering.answer(house.session, staged, DecisionRequest(Action.REMOVE), "ben", house.now)
    decides(house, "ben", 24)
    assert golden.deal(house.session, "ben", house.now) is None


def dealt(house: House) -> int:
    """A golden case in ben's hands: the staged case."""
    made(house)
    decides(house, "ben", 24)
    staged = golden.deal(house.session, "ben", house.now)
    assert staged is not None
    return staged


def test_the_answer_teaches_and_touches_nothing(house: House) -> None:
    staged = dealt(house)
    given = answering.answer(house.session, staged, DecisionRequest(Action.REMOVE), "ben", house.now)
    assert given.what is What.PRACTICE
    assert given.decided is None
    row = house.session.get_one(GoldenAnswerRow, given.practice)
    assert row.agreed is False


def test_who_disagrees_asks_a_lead_and_may_be_right(house: House) -> None:
    staged = dealt(house)
    number = answering.answer(house.session, staged, DecisionRequest(Action.REMOVE), "ben", house.now).practice
    assert number is not None
    with pytest.raises(NotFoundError):
        golden.dispute(house.session, number, "rita", "me too", house.now)
    golden.dispute(house.session, number, "ben", "it has no quotation marks", house.now)
    ((given, row),) = golden.disputes(house.session)
    assert given.dispute == "it has no quotation marks"
    golden.rule(house.session, number, "lea", "You are right.", house.now, right=True)
    assert row.retired_at is not None
    assert house.session.get_one(GoldenAnswerRow, number).agreed is True
    assert not golden.disputes(house.session)
    assert not golden.listed(house.session)


def test_a_retired_one_is_taken_out_of_hands(house: House) -> None:
    staged = dealt(house)
    row = house.session.scalars(select(GoldenRow)).one()
    golden.retire(house.session, row.id, "lea", house.now)
    with pytest.raises(Exception, match=r"closed|changed|since you read"):
        answering.answer(house.session, staged, DecisionRequest(Action.REMOVE), "ben", house.now)


@pytest.mark.parametrize("confirmed", [False, True])
def test_what_turns_out_to_be_grave_is_neither_confirmed_nor_given_to_anybody(house: House, confirmed: bool) -> None:
    row = made(house, confirmed=confirmed)
    decides(house, "ben", 24)
    case = house.session.get_one(CaseRow, row.case_id)
    case.label = sorted(store.current(house.session).grave.labels)[0]
    house.session.flush()
    if confirmed:
        assert not golden.is_due(house.session, "ben", house.now)
        assert golden.deal(house.session, "ben", house.now) is None
    else:
        with pytest.raises(RefusedError, match="grave"):
            golden.confirm(house.session, row.id, "lea", house.now)
