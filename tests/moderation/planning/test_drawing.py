"""Which chance posts had to be looked at, and what nobody looked at."""

from __future__ import annotations

import pytest

from moderation.planning import drawing
from moderation.planning.drawing import Fate, Gap, Stratum


def test_chances_follow_the_rates_and_stand_for_all_posts() -> None:
    found = drawing.chances(Stratum(Fate.LET_IN, 3000, 4), [0.002, 0.002, 0.001, 0.001])
    assert found[0] == pytest.approx(2 * found[2])
    assert sum(1 / each for each in found) == pytest.approx(3000)


def test_no_chance_is_above_one() -> None:
    assert drawing.chances(Stratum(Fate.HELD, 3, 3), [1.0, 1.0, 1.0]) == [1.0, 1.0, 1.0]


def test_what_came_and_was_never_drawn_is_a_gap_and_takes_its_part_of_the_examples() -> None:
    strata = drawing.strata(
        [(Fate.LET_IN, False)] * 900
        + [(Fate.RESTRAINED, True)]
        + [(Fate.RESTRAINED, False)] * 59
        + [(Fate.HELD, True)] * 40
    )
    assert drawing.gaps(strata, 460) == [Gap(Fate.LET_IN, 900, 414)]


def test_a_decided_post_is_drawn_where_its_like_are() -> None:
    assert drawing.is_drawn(Fate.HELD, "hate") and drawing.is_drawn(Fate.LET_IN, None)
    assert not drawing.is_drawn(Fate.LET_IN, "hate"), "it was let in, and held later on for what came of it"
    assert not drawing.is_drawn(Fate.HELD, None)


def test_held_posts_of_scores_that_people_looked_at_less_stand_for_more() -> None:
    """Of a hundred low ones twenty were looked at, of a hundred high ones all."""
    held = [(0.6 + number / 1000, number % 5 == 0) for number in range(100)]
    held += [(0.8 + number / 1000, True) for number in range(100)]
    found = drawing.by_score(held)
    assert found[:100] == [pytest.approx(0.2)] * 100
    assert found[100:] == [1.0] * 100


def test_bands_of_scores_of_which_few_were_looked_at_are_one() -> None:
    held = [(number / 100, number in (3, 97)) for number in range(100)]
    assert drawing.by_score(held) == [0.02] * 100
    assert drawing.by_score([]) == []
