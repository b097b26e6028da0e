"""How long kinds of cases take beside each other."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from moderation.cases import claims, decisions
from moderation.cases.values import DecisionRequest
from moderation.planning import bands, handled, paces, plans
from moderation.planning.bands import Band, Seen
from moderation.planning.paces import By, Handled
from moderation.planning.plans import Label
from moderation.planning.waiting import STEPS, Staffing
from moderation.values import Action
from moderation.workforce import attendance
from tests.moderation.cast import House


def drawn(count: int, seconds: float, origin: str = "hold", label: str = "hate", language: str = "en") -> list[Handled]:
    """Cases whose times are as skewed as people's are, around a median."""
    draw = random.Random(f"{origin}{label}{language}")
    return [Handled(seconds * draw.lognormvariate(0, 0.8), origin, label, language) for _ in range(count)]


# What is measured


def test_before_twenty_cases_all_count_alike() -> None:
    found = paces.of(drawn(19, 600))
    assert found == paces.ALIKE
    assert found.effort("hold", "hate", "fr") == 1.0


def test_a_language_that_takes_twice_as_long_is_reckoned_so_once_there_are_many() -> None:
    found = paces.of([*drawn(800, 40), *drawn(400, 80, language="fr")])
    assert found.effort("hold", "hate", "fr") / found.effort("hold", "hate", "en") == pytest.approx(2, rel=0.15)


def test_few_cases_move_a_group_little() -> None:
    few = paces.of([*drawn(400, 40), *drawn(3, 400, label="spam")])
    many = paces.of([*drawn(400, 40), *drawn(300, 400, label="spam")])
    beside = [each.effort("hold", "spam", "en") / each.effort("hold", "hate", "en") for each in (few, many)]
    assert 1 < beside[0] < 2
    assert beside[1] > 6


def test_what_the_language_explains_is_not_told_of_the_label() -> None:
    """Spam is nearly all in the slow language, and is as quick as anything else in it."""
    mixed = [*drawn(900, 40), *drawn(50, 120, language="de"), *drawn(20, 40, label="spam")]
    found = paces.of([*mixed, *drawn(400, 120, label="spam", language="de")])
    factors = {(each.by, each.word): each.factor for each in found.groups}
    assert factors[By.LANGUAGE, "de"] / factors[By.LANGUAGE, "en"] > 2
    assert 0.75 < factors[By.LABEL, "spam"] / factors[By.LABEL, "hate"] < 1.4


def test_the_cases_that_were_measured_take_one_average_case_each() -> None:
    cases = [*drawn(300, 40), *drawn(100, 90, language="fr"), *drawn(60, 200, origin="appeal", label="")]
    found = paces.of(cases)
    efforts = [found.effort(each.origin, each.label, each.language) for each in cases]
    assert sum(efforts) / len(efforts) == pytest.approx(1, rel=1e-9)


def test_a_case_left_open_all_day_changes_nothing() -> None:
    cases = drawn(400, 40)
    assert paces.of([*cases, Handled(1e9, "hold", "hate", "en")]).mean == pytest.approx(paces.of(cases).mean, rel=0.05)


def test_regions_of_a_language_are_one_language() -> None:
    found = paces.of([*drawn(100, 40), *drawn(100, 160, language="fr")])
    assert (
        found.effort("hold", "hate", "fr-CA") == found.effort("hold", "hate", "fr") > found.effort("hold", "hate", "")
    )


# From the rows


def decided(house: House, text: str, *renewed: float, until: float) -> None:
    """Taken, renewed after so many seconds each, and decided after `until`."""
    case = house.case_of(text, house.author("mallory"))
    claims.take(house.session, case, "mo", house.now)
    begun = house.now
    for seconds in renewed:
        house.now = begun + timedelta(seconds=seconds)
        claims.take(house.session, case, "mo", house.now)
    house.now = begun + timedelta(seconds=until)
    decisions.decide(house.session, case, DecisionRequest(Action.REMOVE, reason="It breaks a rule."), "mo", house.now)


def test_a_case_counts_from_taking_it_to_deciding_it(house: House) -> None:
    decided(house, "vermin", until=90)
    (found,) = handled.read(house.session, house.now)
    assert found == Handled(90, "hold", "hate", "en")


def test_time_away_from_an_open_case_is_not_work_on_it(house: House) -> None:
    """Ten minutes in which nothing was done, between a minute before and two after."""
    decided(house, "vermin", 60, 660, until=780)
    (found,) = handled.read(house.session, house.now)
    assert found.seconds == 180


def test_a_break_with_a_case_open_is_not_work_on_it(house: House) -> None:
    for _ in range(12):
        decided(house, "vermin", until=240)
    case = house.case_of("vermin again", house.author("mallory"))
    claims.take(house.session, case, "mo", house.now)
    house.later(seconds=30)
    attendance.take_break(house.session, "mo", house.now)
    house.later(minutes=4)
    claims.take(house.session, case, "mo", house.now)
    house.later(seconds=30)
    decisions.decide(house.session, case, DecisionRequest(Action.APPROVE), "mo", house.now)
    assert handled.read(house.session, house.now)[-1].seconds == 60


def test_what_was_decided_without_being_taken_says_nothing_of_time(house: House) -> None:
    case = house.case_of("vermin")
    decisions.decide(house.session, case, DecisionRequest(Action.APPROVE), "mo", house.now)
    assert handled.read(house.session, house.now) == []


# What it changes


def situation(effort: float) -> plans.Situation:
    """A line of each of two labels that spare alike; cases of the second take so many times as long."""
    labels = tuple(
        Label(name, 5, 0.5, (Band(0, 0.5, 5000, 0.001, 0.0), Band(0.5, bands.NEVER, 40, 0.8, 0.0, effort=each)))
        for name, each in (("quick", 1.0), ("slow", effort))
    )
    return plans.Situation(labels, Staffing((1.0,) * STEPS, 600.0), 0.0, aim=plans.Aim(harmless_at_most=1))


def test_slow_cases_take_more_of_peoples_time_and_wait_longer() -> None:
    """80 a day, where people could do 144 average ones: they don't fit where half of them take five times as long."""
    both = {"quick": 0.5, "slow": 0.5}
    quick, slow = plans.outcome(situation(0.5), both), plans.outcome(situation(5.0), both)
    assert quick.held_a_day == slow.held_a_day == 80
    assert quick.work_a_day == 60
    assert not quick.waits.falls_behind and slow.waits.falls_behind


def test_of_what_spares_alike_the_quicker_is_held_first() -> None:
    found = plans.plan(situation(3.0))
    assert found.suggested.lines == {"quick": 0.5, "slow": None}
    other = plans.plan(situation(0.2))
    assert other.suggested.lines["slow"] == 0.5


def test_a_bands_effort_is_that_of_its_posts() -> None:
    found = bands.of_history([Seen(0.91, effort=1.0), Seen(0.91, effort=3.0), Seen(0.5)], 1, bands.PLACES)
    assert next(band.effort for band in found if band.low == 0.9) == 2.0
