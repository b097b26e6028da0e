"""Samples are spread over the day, and each keeps the chance that it had."""

from __future__ import annotations

import random
from collections import Counter, deque
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from moderation.audits import expecting, spreading
from moderation.audits.spreading import Expected
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.drift import counting
from moderation.learning import gathering
from moderation.learning.tables import ExampleRow
from moderation.planning.plans import RHYTHM
from moderation.policy.values import Audits
from moderation.values import Action, CaseOrigin, Outcome
from moderation.verdicts.tables import VerdictRow
from tests.moderation.cast import HARMLESS, House

USUAL = Audits(0.002, 0.02, 5)


def test_a_quiet_house_is_sampled_as_its_policy_says() -> None:
    found = spreading.rates(USUAL, Expected(1000.0, 20.0))
    assert (found.of(Outcome.APPROVE), found.of(Outcome.LIMIT)) == (0.002, 0.02)
    assert spreading.rates(USUAL, Expected()).let_in == 0.002


def test_a_busy_house_is_sampled_so_much_more_thinly_that_a_days_number_comes() -> None:
    found = spreading.rates(USUAL, Expected(30_000.0, 600.0))
    assert found.let_in * 30_000 + found.restrained * 600 == pytest.approx(5.0)
    assert found.restrained == pytest.approx(10 * found.let_in)


def test_samples_of_a_month_are_drawn_from_all_hours_and_the_bound_is_hardly_reached() -> None:
    """30,000 posts a day at the rhythm of a usual day: as many samples in the busiest quarter as posts."""
    rng, rate = random.Random(1), spreading.rates(USUAL, Expected(30_000.0)).let_in
    lately: deque[float] = deque()
    hours: Counter[int] = Counter()
    refused = 0
    for day in range(28):
        for hour, part in enumerate(RHYTHM):
            for _ in range(round(30_000 * part / sum(RHYTHM))):
                if rng.random() >= rate:
                    continue
                now = day * 24 + hour + rng.random()
                while lately and lately[0] <= now - 24:
                    lately.popleft()
                if len(lately) >= spreading.bound(USUAL.per_day):
                    refused += 1
                    continue
                lately.append(now)
                hours[hour] += 1
    drawn = sum(hours.values())
    assert 100 < drawn < 180
    assert refused <= drawn / 50
    busiest = sorted(range(24), key=RHYTHM.__getitem__)[-6:]
    posts = sum(RHYTHM[hour] for hour in busiest) / sum(RHYTHM)
    assert sum(hours[hour] for hour in busiest) / drawn == pytest.approx(posts, abs=0.12)


def test_what_is_expected_is_the_mean_of_the_days_that_were_counted(house: House) -> None:
    for posts in (10, 20):
        house.admit(*(house.post(f"apples {n} {posts}", house.author(f"a{n}")) for n in range(posts)))
        house.later(days=1)
    for day in counting.due(house.session, house.now)[-2:]:
        counting.write(house.session, counting.count(house.session, day), house.now)
    assert expecting.read(house.session, house.now) == Expected(15.0, 0.0)


def test_before_a_day_is_counted_the_last_hours_stand_for_it(house: House) -> None:
    house.admit(*(house.post(f"apples {n}", house.author(f"a{n}")) for n in range(10)))
    house.later(hours=6)
    assert expecting.read(house.session, house.now) == Expected(40.0, 0.0)


def test_it_is_asked_once_an_hour_and_not_for_each_batch(house: House) -> None:
    house.judge(house.post())
    asked: list[str] = []
    engine = house.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    house.judge(house.post())
    assert asked and not any("drift_counts" in each for each in asked)
    house.later(hours=1)
    house.judge(house.post())
    assert sum("drift_counts" in each for each in asked) == 1


def drawn(house: House) -> CaseRow:
    """A sample of a house of 30,000 posts a day, decided."""
    always = House(house.session, chance=0.0)
    hour = always.now.replace(minute=0)
    always.tools.expected._known = hour, Expected(30_000.0, 0.0)
    always.one(HARMLESS)
    case = always.session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.AUDIT)).one()
    decisions.decide(always.session, case.id, DecisionRequest(Action.NO_ACTION), "mo", always.now)
    return case


def test_a_sample_keeps_the_chance_that_it_had_and_so_does_its_example(house: House) -> None:
    drawn(house)
    chance = spreading.chance_of(house.session.scalars(select(VerdictRow.facts)).first())
    assert chance == pytest.approx(5 / 30_000)
    gathering.gather(house.session, house.now)
    assert house.session.scalars(select(ExampleRow.propensity)).one() == pytest.approx(5 / 30_000)


def test_an_example_keeps_its_chance_when_its_verdicts_facts_are_forgotten(house: House) -> None:
    case = drawn(house)
    gathering.gather(house.session, house.now)
    house.session.execute(update(VerdictRow).values(facts=None))
    house.session.expire_all()
    gathering.refresh(house.session, [case.uri], house.now + timedelta(days=31))
    assert house.session.scalars(select(ExampleRow.propensity)).one() == pytest.approx(5 / 30_000)
