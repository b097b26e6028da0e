"""What the planner reads from the house's own rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.planning import calibration, history, plans
from moderation.planning.plans import Aim
from moderation.planning.waiting import STEPS_A_DAY
from moderation.values import Action
from moderation.workforce import shifts
from moderation.workforce.tables import StretchKind, StretchRow
from tests.moderation.cast import NOON, House

MANY = 600


@pytest.fixture
def lived_in(house: House) -> House:
    """Two days: 600 posts, of them 24 held; two in three of these are found to break a rule."""
    house.admit(*(house.post(f"apples, number {number}", house.author(f"a{number}")) for number in range(MANY)))
    for number in range(24):
        case = house.case_of(f"vermin {number}", house.author(f"m{number}"))
        action = Action.REMOVE if number % 3 else Action.APPROVE
        house.later(minutes=20)
        request = DecisionRequest(action, reason="It breaks a rule.")
        decisions.decide(house.session, case, request, "mo", house.now)
    house.session.add(
        StretchRow(name="mo", kind=StretchKind.CASES, began_at=house.now - timedelta(hours=10), ended_at=house.now)
    )
    house.session.flush()
    house.later(days=1)
    return house


def known(house: House) -> history.Known | None:
    return history.read(house.session, house.model, Aim(), house.now)


def test_of_a_new_house_nothing_is_known(house: House) -> None:
    house.admit(house.post())
    assert known(house) is None


def test_what_people_found_above_the_line_is_known_and_below_it_borrowed(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    hate = next(label for label in found.situation.labels if label.name == "hate")
    above = [band for band in hate.bands if band.low >= 0.95 and band.a_day]
    assert sum(band.decided for band in above) == 24
    assert above[0].harm == pytest.approx(2 / 3, abs=0.08)
    below = [band for band in hate.bands if band.low < 0.95 and band.a_day]
    assert {band.decided for band in below} == {0}


def test_seconds_are_those_that_a_case_took(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    assert found.situation.staffing.seconds == pytest.approx(10 * 3600 / 24)


def test_hours_are_those_worked_until_some_are_planned(lived_in: House) -> None:
    before = known(lived_in)
    assert before is not None and not before.planned
    tomorrow = lived_in.now.replace(hour=0) + timedelta(days=1)
    shifts.plan(
        lived_in.session, "mo", tomorrow + timedelta(hours=9), tomorrow + timedelta(hours=11), "lea", lived_in.now
    )
    after = known(lived_in)
    assert after is not None and after.planned
    hands = after.situation.staffing.hands
    first = tomorrow.weekday() * STEPS_A_DAY + 9 * STEPS_A_DAY // 24
    assert [step for step, count in enumerate(hands) if count] == list(range(first, first + STEPS_A_DAY // 12))


def test_posts_of_authors_with_a_good_record_are_not_counted(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    days = max(1.0, (lived_in.now - NOON) / timedelta(days=1))
    assert found.posts_a_day == pytest.approx((MANY + 24) / days, rel=0.02)


def test_what_the_rows_tell_can_be_planned_with(lived_in: House) -> None:
    found = known(lived_in)
    assert found is not None
    plan = plans.plan(found.situation)
    assert plan.suggested.harm <= plan.current.harm + 1e-9 or plan.current.held_a_day > plan.room_a_day


def test_what_was_looked_at_goes_with_the_chance_that_its_like_had(lived_in: House) -> None:
    """Every held post was decided, and nothing that was let in was drawn: all of them are alike."""
    found = known(lived_in)
    assert found is not None
    drawn = found.drawn["hate"]
    assert len(drawn) == 24
    assert {each.chance for each in drawn} == {1.0}
    assert sum(each.example.harmful for each in drawn) == 16


def test_what_another_version_judged_tells_how_many_come_and_nothing_of_scores(lived_in: House) -> None:
    """A version that was put in use today judged 500 of 1,124 posts: as many come as before, and no decision is its own."""
    before = known(lived_in)
    assert before is not None and before.others == 0 and before.version == "twin-1"
    lived_in.model.version = "local-2"
    lived_in.later(hours=2)
    assert known(lived_in) is None
    lived_in.admit(*(lived_in.post(f"pears {number}", lived_in.author(f"p{number}")) for number in range(500)))
    after = known(lived_in)
    assert after is not None
    assert (after.version, after.others, after.decided) == ("local-2", MANY + 24, 0)
    days = max(1.0, (lived_in.now - NOON) / timedelta(days=1))
    assert after.posts_a_day == pytest.approx((MANY + 24 + 500) / days, rel=0.02)
    assert all(label.borrowed for label in after.situation.labels)
    assert after.curves["hate"] == calibration.UNKNOWN


def test_scores_are_taken_for_what_they_turned_out_to_mean(lived_in: House) -> None:
    """A third of what the model is nearly sure of was let be."""
    found = known(lived_in)
    assert found is not None
    curve = found.curves["hate"]
    assert (curve.decided, curve.harmful) == (24, 16)
    assert curve.means(0.99) == pytest.approx(2 / 3, abs=0.12)
    assert curve.means(0.6) < 0.5


def test_what_one_label_held_says_nothing_of_anothers_low_scores(lived_in: House) -> None:
    """24 posts held for hatred have low scores of spam, and nobody drew them for those."""
    found = known(lived_in)
    assert found is not None
    assert found.curves["spam"] == calibration.UNKNOWN
    assert next(label for label in found.situation.labels if label.name == "spam").borrowed
