"""What scores mean in a house: the model's word, corrected by what people decided."""

from __future__ import annotations

import math
import random

import pytest

from moderation.planning import bands, calibration
from moderation.planning.bands import Seen
from moderation.planning.calibration import UNKNOWN


def house(count: int, shift: float, slope: float = 1.0, seed: int = 3) -> list[tuple[float, bool]]:
    """Decisions in a house whose true log-odds are these, of the model's."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        score = draw.betavariate(0.5, 2.0)
        at = math.log(max(score, 1e-4) / (1 - min(score, 0.9999)))
        found.append((score, draw.random() < 1 / (1 + math.exp(-shift - slope * at))))
    return found


def test_without_a_decision_scores_are_what_they_say_and_unsure() -> None:
    assert calibration.learnt([]) == UNKNOWN
    assert UNKNOWN.means(0.3) == pytest.approx(0.3)
    low, high = UNKNOWN.between(0.3, 1.645)
    assert low < 0.1 and high > 0.6


@pytest.mark.parametrize(("shift", "slope"), [(-1.5, 1.0), (0.8, 1.0), (0.0, 0.6), (-1.0, 1.3)])
def test_many_decisions_find_what_scores_mean_here(shift: float, slope: float) -> None:
    found = calibration.learnt(house(4000, shift, slope))
    for score in (0.05, 0.3, 0.8):
        true = 1 / (1 + math.exp(-shift - slope * math.log(score / (1 - score))))
        low, high = found.between(score, 3)
        assert low <= true <= high
        assert found.means(score) == pytest.approx(true, abs=0.06)


def test_few_decisions_move_it_little_and_many_make_it_sure() -> None:
    few, many = calibration.learnt(house(5, -2.0)), calibration.learnt(house(4000, -2.0))
    assert many.means(0.5) < few.means(0.5) < 0.5
    assert many.unsure(0.5) < few.unsure(0.5) < UNKNOWN.unsure(0.5)


def test_which_posts_were_looked_at_does_not_matter_given_their_scores() -> None:
    """All above a line and one in twenty below it."""
    draw = random.Random(8)
    whole = house(20_000, -1.0)
    some = [each for each in whole if each[0] >= 0.7 or draw.random() < 0.05]
    assert calibration.learnt(some).means(0.3) == pytest.approx(calibration.learnt(whole).means(0.3), rel=0.2)


@pytest.mark.parametrize("harmful", [True, False])
def test_decisions_that_all_say_the_same_give_no_certainty(harmful: bool) -> None:
    found = calibration.learnt([(0.95, harmful)] * 30)
    assert 0 < found.means(0.95) < 1
    assert 0 < found.between(0.2, 2)[0] < found.between(0.2, 2)[1] < 1


def test_the_curve_never_falls_however_decisions_contradict_the_model() -> None:
    found = calibration.learnt([(score, score < 0.5) for score, _ in house(2000, 0.0)])
    means = [found.means(score) for score in (0.01, 0.3, 0.7, 0.99)]
    assert means == sorted(means)


def test_what_nobody_decided_between_two_lines_is_taken_as_the_rest_turned_out() -> None:
    """Harm is five times rarer than scores say, and below .8 only few are looked at: the truth lies in the interval."""
    draw = random.Random(4)
    seen, truth = [], 0
    for score, harmful in house(30_000, -1.6):
        looked_at = score >= 0.8 or draw.random() < 0.01
        truth += harmful and score < 0.8
        seen.append(Seen(score, harmful if looked_at else None))
    below = [band for band in bands.of_history(seen, 1, bands.PLACES) if band.low < 0.8]
    said = sum(band.harmful_a_day for band in below)
    word = sum(each.score for each in seen if each.score < 0.8)
    assert word > 2.5 * truth
    assert said == pytest.approx(truth, rel=0.3)
