"""How long cases wait: the model against a simulation in which people take cases one by one."""

from __future__ import annotations

import random

import pytest

from moderation.planning import waiting
from moderation.planning.plans import FLAT, RHYTHM
from moderation.planning.waiting import STEP_MINUTES, STEPS, STEPS_A_DAY, Staffing

ARRIVALS = 12_000


def staffed(*shifts: tuple[float, float], seconds: float = 75.0, variation: float = 1.0) -> Staffing:
    """The same shifts each day, in hours."""
    day = [float(sum(a <= step * 24 / STEPS_A_DAY < b for a, b in shifts)) for step in range(STEPS_A_DAY)]
    return Staffing(tuple(day * 7), seconds, variation)


def simulated(staffing: Staffing, a_day: float, rhythm: tuple[float, ...], seed: int = 3) -> list[float]:
    """Minutes until each is answered: whoever is free and there first takes the oldest case, and ends it."""
    draw, free, waits = random.Random(seed), [0.0] * int(max(staffing.hands)), list[float]()
    shape, at, most = 1 / staffing.variation**2, 0.0, max(rhythm) * a_day / sum(rhythm) / 3600
    while len(waits) < ARRIVALS:
        at += draw.expovariate(most)
        if draw.random() * max(rhythm) > rhythm[int(at // 3600) % 24]:
            continue
        begins, who = min((_there(staffing, number, max(until, at)), number) for number, until in enumerate(free))
        free[who] = begins + draw.gammavariate(shape, staffing.seconds / shape)
        waits.append((free[who] - at) / 60)
    return sorted(waits)


def _there(staffing: Staffing, who: int, since: float) -> float:
    """When this one of them is next there."""
    length = STEP_MINUTES * 60
    step = int(since // length)
    ahead = next(more for more in range(STEPS + 1) if staffing.hands[(step + more) % STEPS] > who)
    return max(since, (step + ahead) * length)


@pytest.mark.parametrize(
    ("staffing", "a_day", "rhythm"),
    [
        (staffed((0, 24), seconds=60), 1150, FLAT),
        (staffed((9, 17), seconds=90), 200, RHYTHM),
        (staffed((8, 16), (8, 16), (14, 22), variation=0.6), 700, RHYTHM),
        (staffed((20, 20.5), seconds=90), 3, RHYTHM),
        (staffed((0, 8), (8, 16), (8, 16), (14, 22), (16, 24), (16, 24)), 1500, RHYTHM),
    ],
    ids=["one who is always there", "office hours", "three people", "half an hour an evening", "around the clock"],
)
def test_the_model_agrees_with_a_simulation(staffing: Staffing, a_day: float, rhythm: tuple[float, ...]) -> None:
    said, seen = waiting.waits(staffing, a_day, rhythm), simulated(staffing, a_day, rhythm)
    for minutes in (15, 60, 240, 720):
        share = sum(wait <= minutes for wait in seen) / len(seen)
        assert said.share_within(minutes) == pytest.approx(share, abs=0.04), minutes
    for share in (0.5, 0.9):
        found = said.quantile(share)
        assert found == pytest.approx(seen[int(share * len(seen))], rel=0.1, abs=4)


def test_weeks_need_not_have_days_that_are_alike() -> None:
    """Somebody comes on weekdays only: what arrives at the week's end waits until Monday."""
    week = staffed((9, 17)).hands[: 5 * STEPS_A_DAY] + (0.0,) * (2 * STEPS_A_DAY)
    staffing = Staffing(week, 90)
    said, seen = waiting.waits(staffing, 60, FLAT), simulated(staffing, 60, FLAT)
    for minutes in (60, 720, 1440):
        share = sum(wait <= minutes for wait in seen) / len(seen)
        assert said.share_within(minutes) == pytest.approx(share, abs=0.04)


def test_more_work_is_answered_later_and_more_people_sooner() -> None:
    staffing = staffed((9, 17))
    shares = [waiting.waits(staffing, a_day, RHYTHM).share_within(600) for a_day in (20, 120, 240, 320)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < waiting.waits(staffing.times(2), 320, RHYTHM).share_within(600)


def test_more_than_can_be_done_falls_behind_and_says_so() -> None:
    found = waiting.waits(staffed((9, 17), seconds=60), 481, FLAT)
    assert (found.falls_behind, found.share_within(10_080), found.quantile(0.5)) == (True, 0.0, None)


def test_where_nobody_works_nothing_is_answered() -> None:
    found = waiting.waits(Staffing((0.0,) * STEPS, 60), 1, FLAT)
    assert (found.falls_behind, found.quantile(0.5)) == (True, None)


@pytest.mark.parametrize("short", [0.0, 1e-15, 1e-9, 1e-5])
def test_who_can_do_hardly_more_than_comes_falls_behind(short: float) -> None:
    """Where a case takes as long as the hours worked by what was decided, what comes is what can be done but for
    rounding."""
    staffing = staffed((9, 17), seconds=73.0)
    found = waiting.waits(staffing, staffing.cases_a_day * (1.0 - short), RHYTHM)
    assert found.falls_behind
    assert found.share_within(10_080) == 0.0
