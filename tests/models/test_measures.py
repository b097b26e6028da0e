"""The measures agree with scikit-learn's, say nothing without two sides, and have intervals around them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models import measures


def drawn(seed: int, size: int, places: int = 2) -> tuple[measures.Floats, measures.Truth]:
    """Scores with many ties, and truths that go with them."""
    rng = np.random.default_rng(seed)
    scores = np.round(rng.random(size), places)
    return scores, rng.random(size) < scores


@given(st.integers(0, 500), st.integers(5, 300), st.integers(1, 3))
@settings(deadline=None, max_examples=60)
def test_ranking_is_measured_as_scikit_learn_does_ties_included(seed: int, size: int, places: int) -> None:
    scores, truth = drawn(seed, size, places)
    truth[0], truth[1] = True, False
    assert measures.roc_auc(scores, truth) == pytest.approx(roc_auc_score(truth, scores))
    assert measures.average_precision(scores, truth) == pytest.approx(average_precision_score(truth, scores))
    found = measures.measure(scores, truth)
    assert found["brier"] == pytest.approx(brier_score_loss(truth, scores), abs=1e-4)


def test_recall_is_what_one_line_finds_at_that_precision() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    truth = np.array([True, True, False, True, False])
    assert measures.recall_at_precision(scores, truth, 0.95) == pytest.approx(2 / 3)
    assert measures.recall_at_precision(scores, truth, 0.75) == 1.0
    assert measures.recall_at_precision(-scores, truth, 0.95) == 0.0


def test_equal_scores_lie_on_the_same_side_of_any_line() -> None:
    scores = np.array([0.5, 0.5, 0.1])
    assert measures.recall_at_precision(scores, np.array([True, False, False]), 0.95) == 0.0


def test_scores_that_mean_what_they_say_have_next_to_no_calibration_error() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(40_000)
    truth = rng.random(40_000) < scores
    assert measures.calibration_error(scores, truth) < 0.01
    assert measures.calibration_error(scores**2, truth) > 0.1


def test_with_one_side_only_there_is_nothing_to_measure() -> None:
    assert measures.measure(np.array([0.1, 0.2]), np.array([False, False])) == {"n": 2, "positive": 0}
    assert measures.measure(np.array([]), np.array([], dtype=bool)) == {"n": 0, "positive": 0}


def test_an_interval_holds_its_figure_and_narrows_with_more_texts() -> None:
    few, many = (measures.measure(*drawn(3, size), intervals=True) for size in (100, 3000))
    for found in (few, many):
        low, high = found["auc_interval"]
        assert low <= found["auc"] <= high
    wide, narrow = (found["auc_interval"][1] - found["auc_interval"][0] for found in (few, many))
    assert narrow < wide / 2
    assert measures.measure(*drawn(3, 100), intervals=True) == few


@pytest.mark.parametrize(("harmful", "harmless"), [(10, 10), (10, 200), (60, 60)])
def test_intervals_of_the_area_hold_the_truth_nine_times_in_ten_and_more_with_few_texts(
    harmful: int, harmless: int
) -> None:
    rng = np.random.default_rng(9)
    apart, truth = 1.6, np.arange(harmful + harmless) < harmful
    true = 0.5 * (1 + math.erf(apart / 2))  # of two normal distributions, 1.6 apart
    held = 0
    for _ in range(100):
        scores = rng.normal(0.0, 1.0, harmful + harmless) + apart * truth
        low, high = measures.measure(scores, truth, intervals=True)["auc_interval"]
        held += low <= true <= high
    assert held >= 92


def test_perfect_order_of_a_few_is_no_proof_of_perfection() -> None:
    truth = np.arange(20) < 10
    found = measures.measure(truth.astype(float), truth, intervals=True)
    assert found["auc_interval"][0] < 0.9 and found["recall_at_precision_98_interval"][0] < 0.8
    assert found["auc_interval"][1] == 1.0


def test_with_fewer_than_ten_of_a_side_no_interval_is_told() -> None:
    truth = np.arange(50) < 9
    found = measures.measure(np.linspace(1, 0, 50), truth, intervals=True)
    assert found["too_few"] and not [name for name in found if name.endswith("_interval")]
