"""Lines with a guarantee: how often they keep it, counted over hundreds of houses whose truth is known."""

from __future__ import annotations

import random

import pytest

from moderation.planning import exact, risk
from moderation.planning.bands import PLACES
from moderation.planning.risk import Drawn, Error, Example

HOUSES = 600


def house(seed: int, count: int, harmful: float = 0.3) -> list[Example]:
    """Posts of one house: harmless scores pile up low, harmful ones are spread."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        bad = draw.random() < harmful
        found.append(Example(draw.betavariate(2, 1.5) if bad else draw.betavariate(1, 6), bad))
    return found


def truth(line: float, error: Error) -> float:
    """The real error of a line, by a large draw of the same posts."""
    return TRUTH[error][min(range(len(PLACES)), key=lambda number: abs(PLACES[number] - line))]


def _true(error: Error) -> list[float]:
    posts = [each for each in house(10**6, 200_000) if each.harmful is (error is Error.MISSED_HARM)]
    held = [sum(each.score >= line for each in posts) / len(posts) for line in PLACES]
    return [1 - each for each in held] if error is Error.MISSED_HARM else held


TRUTH = {error: _true(error) for error in Error}


@pytest.mark.parametrize(
    ("error", "bound", "count"),
    [(Error.FALSE_HOLD, 0.02, 400), (Error.FALSE_HOLD, 0.05, 150), (Error.MISSED_HARM, 0.3, 300)],
)
def test_a_bound_is_broken_no_more_often_than_the_risk(error: Error, bound: float, count: int) -> None:
    """Nine in ten keep it at least: one in ten may break it, and three deviations more in a test."""
    broken = found = 0
    for seed in range(HOUSES):
        guarantee = risk.guaranteed(house(seed, count), error, bound, PLACES)
        found += guarantee is not None
        broken += guarantee is not None and truth(guarantee.line, error) > bound
    assert found > 0.5 * HOUSES
    assert broken <= 0.1 * HOUSES + 3 * (0.09 * HOUSES) ** 0.5


def test_the_mean_is_bounded_by_conformal_control() -> None:
    """Averaged over houses, whose lines sometimes err more and mostly less."""
    lines = [risk.conformal(house(seed, 200), Error.FALSE_HOLD, 0.05, PLACES) for seed in range(HOUSES)]
    errors = [truth(line, Error.FALSE_HOLD) for line in lines if line is not None]
    assert len(errors) > 0.9 * HOUSES
    assert sum(errors) / len(errors) <= 0.05 + 0.002


def test_conformal_control_asks_for_less_than_a_guarantee() -> None:
    for seed in range(50):
        examples = house(seed, 300)
        mean = risk.conformal(examples, Error.FALSE_HOLD, 0.05, PLACES)
        sure = risk.guaranteed(examples, Error.FALSE_HOLD, 0.05, PLACES)
        assert mean is not None
        assert sure is None or mean <= sure.line


def test_of_too_few_examples_nothing_is_promised() -> None:
    needed = risk.least_needed(0.01)
    clean = [Example(0.01, False)] * needed
    assert risk.guaranteed(clean, Error.FALSE_HOLD, 0.01, PLACES) is not None
    assert risk.guaranteed(clean[1:], Error.FALSE_HOLD, 0.01, PLACES) is None
    assert exact.binomial_at_most(0, needed, 0.01) <= 0.1 < exact.binomial_at_most(0, needed - 1, 0.01)


def test_more_examples_let_a_line_go_further() -> None:
    lines = []
    for count in (200, 1000, 5000):
        found = risk.guaranteed(house(3, count), Error.FALSE_HOLD, 0.03, PLACES)
        assert found is not None
        lines.append(found.line)
    assert lines == sorted(lines, reverse=True)


def test_no_line_beyond_one_that_fails_is_looked_at() -> None:
    """A lower line that happens to look better again isn't taken: that would need a correction."""
    examples = [Example(0.97, False)] * 30 + [Example(0.01, False)] * 70
    assert risk.guaranteed(examples, Error.FALSE_HOLD, 0.05, PLACES) is not None
    found = risk.guaranteed(examples, Error.FALSE_HOLD, 0.05, PLACES)
    assert found is not None and found.line > 0.97


def test_thinning_makes_a_sample_of_what_was_looked_at_unequally() -> None:
    """Everything above .5 is decided, one in ten below: thinned, a third lies above, as in truth."""
    draw = random.Random(4)
    drawn = []
    for number in range(40_000):
        score = draw.random() ** 1.5
        chance = 1.0 if score >= 0.5 else 0.1
        if draw.random() < chance:
            drawn.append(Drawn(Example(score, False), chance, f"post:{number}"))
    thin = risk.uniform(drawn)
    above = sum(each.score >= 0.5 for each in thin) / len(thin)
    assert above == pytest.approx(1 - 0.5 ** (1 / 1.5), abs=0.02)
    assert risk.uniform(drawn) == thin
