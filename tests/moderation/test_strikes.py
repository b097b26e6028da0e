"""Strikes expire, weigh by severity, are lifted when taken back, and lead up a ladder that is data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moderation.appeals.tables import AppealOutcome
from moderation.authors import ladder, strikes
from moderation.authors.strikes import StrikeState
from moderation.cases import reversals, show
from moderation.cases.values import DecisionRequest
from moderation.errors import BadPolicyError
from moderation.policy import store
from moderation.policy import strikes as policy_of_strikes
from moderation.policy.document import DEFAULT
from moderation.values import Action, Scope
from tests.moderation.cast import HATEFUL, HOME, THREAT, House
from tests.moderation.test_appeals import MALLORY, answer, contest, decided, decisions

BAD: list[dict[str, Any]] = [
    {"days": 0},
    {"days": True},
    {"points": []},
    {"points": [[2, 1]]},
    {"points": [[1, 1], [1, 2]]},
    {"ladder": [{"points": 2, "action": "warn", "days": None}, {"points": 2, "action": "freeze", "days": None}]},
    {"ladder": [{"points": 1, "action": "hang", "days": None}]},
    {"ladder": [{"points": 1, "action": "warn", "days": 0}]},
    {"ladder": [{"points": 1, "action": "warn"}]},
    {"other": 1},
]


def struck(house: House, text: str = HATEFUL, action: Action = Action.REMOVE) -> int:
    """One more decision against mallory."""
    held = house.one(text, house.author("mallory", HOME))
    return decided(house, held.case_id or 0, action)


def states(house: House) -> list[StrikeState]:
    return [each.state for each in strikes.of(house.session, MALLORY, house.now)]


def test_a_strike_weighs_by_severity_and_expires_after_ninety_days(house: House) -> None:
    struck(house, HATEFUL)
    struck(house, THREAT)
    found = strikes.of(house.session, MALLORY, house.now)
    assert [each.points for each in found] == [3, 2]
    assert {each.expires_at - house.now for each in found} == {timedelta(days=90)}
    house.later(days=90)
    assert states(house) == [StrikeState.EXPIRED, StrikeState.EXPIRED]
    assert show.author(house.session, MALLORY, house.now).strikes == 0


def test_letting_in_strikes_nobody_and_what_is_taken_back_counts_no_more(house: House) -> None:
    struck(house, action=Action.APPROVE)
    assert states(house) == []
    decision = struck(house)
    reversals.reverse(house.session, decision, "a mistake", "cleo", house.now)
    assert states(house) == [StrikeState.LIFTED]


def test_a_term_that_is_over_leaves_the_strike_and_an_appeal_may_still_lift_it(house: House) -> None:
    held = house.one(HATEFUL, house.author("mallory", HOME))
    request = DecisionRequest(Action.SILENCE, Scope.ACCOUNT, expires_in=timedelta(days=1))
    decision = decisions.decide(house.session, held.case_id or 0, request, "ana", house.now).decision.id
    house.later(days=2)
    reversals.expire_due(house.session, house.now)
    assert states(house) == [StrikeState.ACTIVE]
    answer(house, contest(house, decision), AppealOutcome.OVERTURN)
    assert states(house) == [StrikeState.LIFTED]


def test_another_policy_changes_nothing_for_those_who_were_struck_before(house: House) -> None:
    struck(house)
    document = DEFAULT | {"strikes": DEFAULT["strikes"] | {"days": 10, "points": [[1, 9]]}}
    store.publish(house.session, document, "lea", house.now)
    house.later(days=11)
    struck(house)
    assert [(each.points, each.state) for each in strikes.of(house.session, MALLORY, house.now)] == [
        (9, StrikeState.ACTIVE),
        (2, StrikeState.ACTIVE),
    ]


def test_the_ladder_recommends_a_step_for_one_more_and_says_from_what(house: House) -> None:
    steps = []
    for _ in range(5):
        step = ladder.recommend(house.session, MALLORY, "hate", house.now)
        steps.append((step.strikes, step.points, step.action, step.days))
        struck(house)
    assert steps == [
        (0, 0, Action.WARN, None),
        (1, 2, Action.FREEZE, None),
        (2, 4, Action.SILENCE, 7),
        (3, 6, Action.SILENCE, 30),
        (4, 8, Action.SUSPEND, None),
    ]


def test_a_ladder_without_a_low_step_recommends_nothing_yet(house: House) -> None:
    rungs = [{"points": 5, "action": "freeze", "days": None}]
    store.publish(house.session, DEFAULT | {"strikes": DEFAULT["strikes"] | {"ladder": rungs}}, "lea", house.now)
    assert ladder.recommend(house.session, MALLORY, "hate", house.now).action is None


@pytest.mark.parametrize("wrong", BAD, ids=str)
def test_a_bad_ladder_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPolicyError, match="strikes"):
        policy_of_strikes.parse(policy_of_strikes.DEFAULT | wrong)
