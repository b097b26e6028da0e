"""For how many posts each example stands, in learning and in measuring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from moderation.learning import weighing
from moderation.learning.propensity import CLIP
from moderation.learning.values import Chosen, Example, Provenance


def example(number: int, chosen: Chosen, propensity: float | None = 1.0, harm: float = 0.0) -> Example:
    return Example(
        uri=f"https://far.example/{number}", author_uri="", text="", language=None, labels={"hate": harm},
        decided_at=datetime(2026, 11, 1, tzinfo=UTC), provenance=Provenance.DECISION, chosen=chosen, held_out=False,
        propensity=propensity, scores={}, model_version=None, readers=1, decision_id=number, case_id=number,
    )  # fmt: skip


def share(examples: Sequence[Example], weights: Sequence[float]) -> float:
    harm = [each.labels["hate"] or 0.0 for each in examples]
    return sum(w * its for w, its in zip(weights, harm, strict=True)) / sum(weights)


def test_what_was_held_or_reported_counts_for_itself_and_a_sample_for_those_it_was_drawn_from() -> None:
    found = [example(1, Chosen.SCORE), example(2, Chosen.REPORT, None), example(3, Chosen.SAMPLE, 0.25)]
    weights = weighing.weigh(found, found, {}).weights
    assert weights == pytest.approx((0.5, 0.5, 2.0))


def test_what_was_really_drawn_says_more_than_the_rate_that_was_asked_for() -> None:
    found = [example(1, Chosen.SCORE), example(2, Chosen.SAMPLE, 0.5)]
    weights = weighing.weigh(found, found, {found[1].uri: 0.1}).weights
    assert weights[1] / weights[0] == pytest.approx(10)


def test_a_sample_that_would_have_come_up_anyway_stands_for_itself() -> None:
    assert weighing.chance(example(1, Chosen.SAMPLE, 1.0), {"https://far.example/1": 0.01}) == 1.0


def test_a_sample_of_which_no_rate_is_known_stands_for_itself() -> None:
    for unknown in (None, 0.0):
        assert weighing.chance(example(1, Chosen.SAMPLE, unknown), {}) == 1.0


def test_where_nothing_was_drawn_all_count_alike() -> None:
    found = [example(number, how, None) for number, how in enumerate((Chosen.SCORE, Chosen.REPORT, Chosen.OTHER))]
    weighed = weighing.weigh(found, found, {})
    assert (weighed.weights, weighed.effective, weighed.clipped) == ((1.0, 1.0, 1.0), pytest.approx(3), 0)


def test_a_part_that_lacks_samples_still_speaks_for_all_posts() -> None:
    held = [example(number, Chosen.SCORE) for number in range(10)]
    drawn = [example(number, Chosen.SAMPLE, 0.1) for number in range(10, 20)]
    part = (*held, drawn[0])
    weights = weighing.weigh(part, (*held, *drawn), {}).weights
    assert weights[-1] / weights[0] == pytest.approx(100)


def test_no_example_outvotes_more_than_twenty_average_ones() -> None:
    found = [*(example(number, Chosen.SCORE) for number in range(99)), example(99, Chosen.SAMPLE, 0.001)]
    weighed = weighing.weigh(found, found, {})
    assert (max(weighed.weights), weighed.clipped) == (CLIP, 1)
    assert weighed.effective < 3


def test_nothing_weighs_nothing() -> None:
    assert weighing.weigh([], [], {}) == weighing.Weighed((), 0.0, 0)


def test_weighed_the_share_of_harm_is_nearer_the_truth_than_plainly() -> None:
    off = []
    for seed in range(20):
        rng = Random(seed)
        posts = [float(rng.random() < 0.05) for _ in range(4000)]
        looked: list[Example] = []
        for number, harm in enumerate(posts):
            how = Chosen.SCORE if rng.random() < (0.3 if harm else 0.005) else None
            how = how or (Chosen.SAMPLE if rng.random() < 0.05 else None)
            if how is not None:
                looked.append(example(number, how, 0.05 if how is Chosen.SAMPLE else 1.0, harm))
        true, weights = sum(posts) / len(posts), weighing.weigh(looked, looked, {}).weights
        off.append((abs(share(looked, weights) - true), abs(share(looked, [1.0] * len(looked)) - true)))
    assert all(weighed < plainly for weighed, plainly in off)
    assert sum(weighed for weighed, _ in off) / len(off) < 0.02 < 0.15 < sum(plainly for _, plainly in off) / len(off)
