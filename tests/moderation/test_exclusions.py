"""Exclusions: who is kept out of a case neither sees, claims, gets nor decides it."""

from __future__ import annotations

import pytest

from moderation.cases import claims, decisions, exclusions, queue
from moderation.cases.values import CaseQuery, DecisionRequest
from moderation.errors import ExcludedError
from moderation.values import Action
from tests.moderation.cast import HATEFUL, House


def test_who_is_kept_out_neither_claims_nor_decides_nor_escalates_nor_gets_the_case(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    exclusions.exclude(house.session, case_id, "ana", "decided_first")
    with pytest.raises(ExcludedError) as refused:
        claims.take(house.session, case_id, "ana", house.now)
    assert (refused.value.status, refused.value.why) == (403, "decided_first")
    with pytest.raises(ExcludedError):
        decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "ana", house.now)
    with pytest.raises(ExcludedError):
        claims.escalate(house.session, case_id, "ana", house.now)
    with pytest.raises(ExcludedError):
        claims.assign(house.session, case_id, "lead", house.now, to="ana")
    assert claims.take_next(house.session, "ana", house.now) is None


def test_who_is_kept_out_does_not_see_the_case_in_the_queue(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    exclusions.exclude(house.session, case_id, "ana", "decided_first")
    assert queue.list_cases(house.session, CaseQuery(reader="ana"), house.now).items == ()
    (shown,) = queue.list_cases(house.session, CaseQuery(reader="ben"), house.now).items
    assert shown.id == case_id


def test_others_go_on_with_it(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    exclusions.exclude(house.session, case_id, "ana", "decided_first")
    claim = claims.take_next(house.session, "ben", house.now)
    assert claim is not None and claim.case_id == case_id
    decisions.decide(house.session, case_id, DecisionRequest(Action.APPROVE), "ben", house.now)


def test_an_exclusion_for_a_time_ends_by_itself(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    exclusions.exclude(house.session, case_id, "ana", "decided_first", until=house.now.replace(hour=18))
    assert claims.take_next(house.session, "ana", house.now) is None
    house.later(hours=6)
    claim = claims.take_next(house.session, "ana", house.now)
    assert claim is not None and claim.case_id == case_id


def test_the_last_word_on_somebody_counts(house: House) -> None:
    case_id = house.case_of(HATEFUL)
    exclusions.exclude(house.session, case_id, "ana", "decided_first", until=house.now.replace(hour=18))
    exclusions.exclude(house.session, case_id, "ana", "named")
    house.later(days=2)
    with pytest.raises(ExcludedError, match="somebody else"):
        claims.take(house.session, case_id, "ana", house.now)
    assert {name: row.why for name, row in exclusions.of(house.session, case_id).items()} == {"ana": "named"}
