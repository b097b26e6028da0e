"""What is said of all posts from those that were looked at, on made-up houses whose truth is known."""

from __future__ import annotations

import random

import pytest

from moderation.learning.propensity import Stratum, collapse, harm, interval, weighted_share, weights
from moderation.quality.agreement import wilson

pytestmark = pytest.mark.one_database


def drawn_from(chance: random.Random, name: str, population: int, share: float, drawn: int) -> tuple[Stratum, int]:
    """A stratum of which so many are drawn, and how many of all are harmful."""
    truth = [chance.random() < share for _ in range(population)]
    return Stratum(name, population, drawn, {"hate": float(sum(chance.sample(truth, drawn)))}), sum(truth)


def test_one_in_a_hundred_that_was_drawn_stands_for_a_hundred() -> None:
    found = harm([Stratum("approve", 10_000, 100, {"hate": 2})], "hate")
    assert found.count == 200
    assert found.low < 200 < found.high
    assert (found.population, found.drawn, found.found) == (10_000, 100, 2)


def test_each_stratum_counts_by_its_own_chance_and_not_by_how_often_it_was_drawn() -> None:
    strata = [Stratum("approve", 10_000, 20, {"spam": 0}), Stratum("limit", 100, 20, {"spam": 10})]
    found = harm(strata, "spam")
    assert found.count == 50
    assert found.share == pytest.approx(50 / 10_100)  # and not 10 of 40


def test_nothing_found_is_not_nothing_missed() -> None:
    found = harm([Stratum("approve", 6_000, 60)], "hate")
    assert found.count == 0
    assert 300 < found.high < 400  # about the rule of three, and a little


def test_what_was_looked_at_whole_has_no_interval() -> None:
    found = harm([Stratum("held", 50, 50, {"hate": 30})], "hate")
    assert found.low == found.count == found.high == 30


def test_what_nobody_looked_at_may_be_anything_and_the_estimate_says_so() -> None:
    found = harm([Stratum("approve", 1_000, 1_000), Stratum("limit", 40, 0)], "hate")
    assert (found.count, found.unseen, found.high) == (0, 40, 40)


def test_at_least_what_was_found_is_there() -> None:
    assert harm([Stratum("approve", 1_000_000, 10, {"hate": 1})], "hate").low >= 1


def test_the_interval_is_wilsons_where_the_population_has_no_end() -> None:
    share = wilson(3, 40)
    assert interval(3 / 40, 40) == pytest.approx((share.low, share.high))
    assert interval(3 / 40, 40, 10**9) == pytest.approx((share.low, share.high), abs=1e-6)


def test_a_stratum_can_have_no_more_drawn_than_there_are() -> None:
    with pytest.raises(ValueError, match="more of a part"):
        Stratum("approve", 10, 11)
    with pytest.raises(ValueError, match="more of a part"):
        Stratum("approve", 10, 5, {"hate": 6})


def test_days_are_joined_until_each_says_something_and_nothing_is_lost() -> None:
    days = [Stratum(f"day {day}", 100, 3, {"hate": 1}) for day in range(10)]
    joined = collapse(days, least=10)
    assert [each.drawn for each in joined] == [12, 18]
    assert sum(each.population for each in joined) == 1_000
    assert sum(each.harmful["hate"] for each in joined) == 10
    assert collapse([], least=10) == []
    assert collapse(days[:1], least=10) == days[:1]


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(7)
    held = 0
    for _ in range(400):
        made = [
            drawn_from(chance, "approve", 2_000, 0.02, 60),
            drawn_from(chance, "limit", 300, 0.3, 30),
            drawn_from(chance, "reported", 40, 0.6, 40),
        ]
        found = harm([stratum for stratum, _truth in made], "hate")
        held += found.low <= sum(truth for _stratum, truth in made) <= found.high
    assert held / 400 >= 0.93


def test_weights_bring_back_the_share_of_all_where_the_looked_at_are_not_like_the_rest() -> None:
    """A house where every held post was looked at, and one in fifty of the others; 5.9 % of all are harmful."""
    chance = random.Random(3)
    harmful, propensities = [], []
    for _ in range(50_000):
        held = chance.random() < 0.05
        is_harmful = chance.random() < (0.8 if held else 0.02)
        likely = 1.0 if held else 0.02
        if chance.random() < likely:
            harmful.append(float(is_harmful))
            propensities.append(likely)
    naive = sum(harmful) / len(harmful)
    found = weighted_share(harmful, propensities, most=100)
    assert naive > 0.5
    assert found.low < 0.059 < found.high
    assert found.high - found.low < 0.04
    assert found.clipped == 0


def test_no_example_outvotes_the_others() -> None:
    made = weights([1.0] * 99 + [0.001], most=5)
    assert max(made) == 5
    assert weighted_share([0.0] * 99 + [1.0], [1.0] * 99 + [0.001], most=5).clipped == 1
    assert weights([]) == []
    with pytest.raises(ValueError, match="above 0"):
        weights([0.5, 0.0])
