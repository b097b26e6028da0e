"""How far distributions are apart, and how seldom chance alone is taken for a change."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from moderation.drift.divergence import FALSE_ALARMS, LEAST, compare, f_quantile, jensen_shannon, psi
from moderation.drift.measures import NAMES

pytestmark = pytest.mark.one_database
BINS = ("0", "1", "2", "3")
SHARES = (0.6, 0.25, 0.1, 0.05)
ALPHA = FALSE_ALARMS / len(NAMES)


def day(chance: random.Random, posts: int, shares: tuple[float, ...] = SHARES, burst: int = 1) -> Counter[str]:
    """A day's posts; who writes one writes up to `burst` like it."""
    counts: Counter[str] = Counter()
    while counts.total() < posts:
        counts[chance.choices(BINS, shares)[0]] += chance.randint(1, burst)
    return counts


def weeks(chance: random.Random, posts: int, now: tuple[float, ...] = SHARES, burst: int = 1):  # type: ignore[no-untyped-def]
    """Four weeks as ever, and one that may be otherwise."""
    before = [day(chance, posts, burst=burst) for _ in range(28)]
    last: Counter[str] = Counter()
    for _ in range(7):
        last.update(day(chance, posts, now, burst))
    return compare(before, last, BINS, ALPHA)


def test_psi_and_jensen_shannon_are_what_the_papers_say() -> None:
    assert psi((0.5, 0.5), (0.25, 0.75)) == pytest.approx(0.25 * math.log(3))
    assert jensen_shannon((1.0, 0.0), (0.0, 1.0)) == pytest.approx(1.0)
    assert jensen_shannon((0.3, 0.7), (0.3, 0.7)) == 0.0


@pytest.mark.parametrize(
    ("probability", "above", "below", "expected"),
    [(0.95, 5, 20, 2.711), (0.99, 4, 100, 3.513), (0.99, 9, 243, 2.48)],  # from tables of F
)
def test_the_quantiles_of_f_are_those_of_the_tables(
    probability: float, above: float, below: float, expected: float
) -> None:
    assert f_quantile(probability, above, below) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("posts", "burst"), [(10, 1), (10, 10), (40, 10), (286, 1), (286, 10)])
def test_a_house_where_nothing_changes_hardly_ever_hears_of_a_change(posts: int, burst: int) -> None:
    chance = random.Random(posts + burst)
    alarms = sum(
        found is not None and found.drifted for found in (weeks(chance, posts, burst=burst) for _ in range(300))
    )
    assert alarms <= 2  # of one measure; expected are 0.1 to 0.5


def test_the_rule_of_thumb_alone_would_cry_wolf_in_a_small_house() -> None:
    chance = random.Random(5)
    found = [weeks(chance, 10, burst=8) for _ in range(100)]
    assert sum(each is not None and each.psi > LEAST for each in found) >= 20
    assert sum(each is not None and each.drifted for each in found) <= 1


@pytest.mark.parametrize("posts", [30, 300])
def test_a_week_that_is_plainly_otherwise_is_noticed(posts: int) -> None:
    found = weeks(random.Random(2), posts, now=(0.25, 0.25, 0.25, 0.25), burst=3)
    assert found is not None
    assert found.drifted
    assert found.much
    assert found.js > 0.05


def test_a_change_that_is_sure_and_small_is_no_alarm() -> None:
    found = weeks(random.Random(2), 2000, now=(0.57, 0.27, 0.11, 0.05))
    assert found is not None
    assert 0 < found.psi < found.bound == LEAST


def test_days_that_differ_among_themselves_raise_the_bound() -> None:
    chance = random.Random(4)
    calm, moody = weeks(chance, 10), weeks(chance, 10, burst=20)
    assert calm is not None
    assert moody is not None
    assert moody.spread > 4 > 1.5 > calm.spread >= 1
    assert moody.bound > calm.bound


def test_too_little_says_nothing() -> None:
    chance = random.Random(1)
    assert weeks(chance, 1) is None
    fortnight = [day(chance, 50) for _ in range(10)]
    assert compare(fortnight, day(chance, 300), BINS, ALPHA) is None


def test_bins_that_hold_next_to_nothing_are_joined_with_their_neighbours() -> None:
    chance = random.Random(6)
    found = weeks(chance, 20, now=(0.6, 0.25, 0.149, 0.001))
    assert found is not None
    assert [name for each in found.bins for name in each.names] == list(BINS)
    assert sum(each.now for each in found.bins) == pytest.approx(1)
    few = compare([Counter({"0": 20, "1": 0}) for _ in range(28)], Counter({"0": 99, "1": 1}), ("0", "1"), ALPHA)
    assert few is not None
    assert len(few.bins) == 1
    assert not few.drifted
