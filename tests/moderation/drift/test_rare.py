"""The share of high scores: what the distance of whole distributions can't see, and what is no accident."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from moderation.drift import divergence, measures, rare, windows
from moderation.drift.rare import Rare

HIGH = measures.told(measures.SCORE + "spam") or frozenset()
ALPHA = divergence.FALSE_ALARMS / len(measures.NAMES) / 2
ORDER = [str(place) for place in range(len(measures.SCORES) + 1)]


def day(chance: random.Random, posts: int, share: float, burst: int = 1) -> Counter[str]:
    """A day's posts of which such a share scores high; who writes one writes up to `burst` like it."""
    counts: Counter[str] = Counter()
    while counts.total() < posts:
        counts["7" if chance.random() < share else chance.choice("012")] += chance.randint(1, burst)
    return counts


def weeks(
    chance: random.Random, posts: int, before: float, now: float, burst: int = 1
) -> tuple[Sequence[Counter[str]], Counter[str]]:
    last: Counter[str] = Counter()
    for _ in range(7):
        last.update(day(chance, posts, now, burst))
    return [day(chance, posts, before, burst) for _ in range(28)], last


def found(before: Sequence[Counter[str]], now: Counter[str], alpha: float = ALPHA) -> Rare | None:
    return rare.compare(before, now, HIGH, alpha)


def test_half_of_what_is_rare_is_noticed_where_the_whole_distribution_says_nothing() -> None:
    whole, high = windows.compare(measures.SCORE + "spam", *weeks(random.Random(1), 4000, 0.006, 0.003), ORDER)
    assert whole is not None and not whole.drifted and whole.psi < 0.01
    assert high is not None and high.drifted
    assert (high.before, high.now) == (pytest.approx(0.006, rel=0.2), pytest.approx(0.003, rel=0.2))


def test_a_change_that_is_sure_and_small_is_no_alarm() -> None:
    high = found(*weeks(random.Random(1), 4000, 0.05, 0.06))
    assert high is not None and high.p < ALPHA and not high.drifted


@pytest.mark.parametrize(("posts", "burst"), [(40, 1), (40, 6), (300, 1), (300, 6)])
def test_a_house_where_nothing_changes_hardly_ever_hears_of_a_change(posts: int, burst: int) -> None:
    chance = random.Random(posts + burst)
    looks = [found(*weeks(chance, posts, 0.02, 0.02, burst), alpha=0.01) for _ in range(200)]
    assert sum(each is not None and each.p < 0.01 for each in looks) <= 7  # expected are two


def test_days_that_differ_among_themselves_make_it_less_sure() -> None:
    chance = random.Random(4)
    calm = found(*weeks(chance, 300, 0.02, 0.05))
    moody = found([day(chance, 300, share) for share in (0.005, 0.035) * 14], weeks(chance, 300, 0, 0.05)[1])
    assert calm is not None and moody is not None
    assert calm.p < moody.p


def test_of_what_hardly_ever_comes_nothing_is_said() -> None:
    chance = random.Random(2)
    assert found(*weeks(chance, 100, 0.0005, 0.0005)) is None
    assert found([day(chance, 300, 0.1) for _ in range(13)], day(chance, 300, 0.1)) is None


def test_only_scores_are_looked_at_so() -> None:
    before, now = weeks(random.Random(1), 300, 0.01, 0.02)
    assert windows.compare(measures.LENGTH, before, now, ORDER)[1] is None


def test_the_measure_counts_as_drifted_where_its_high_scores_are() -> None:
    whole, high = windows.compare(measures.SCORE + "hate", *weeks(random.Random(1), 4000, 0.003, 0.009), ORDER)
    measured = windows.Measured(measures.SCORE + "hate", whole, (), HIGH, high)
    assert measured.drifted and whole is not None and not whole.drifted


def test_probabilities_are_those_of_students_t() -> None:
    stats = pytest.importorskip("scipy.stats")
    for t, freedom in ((0.5, 13), (2.0, 27), (4.5, 27)):
        assert rare._two_sided(t * t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=1e-6)
