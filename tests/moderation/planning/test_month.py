"""The simulated month, in small: the same each time, and what is done about it changes what comes of it."""

from __future__ import annotations

from bench import month
from bench.month import House, Means, Scenario

SMALL = Scenario(days=9, posts_a_day=3000, harmful={"spam": 0.03, "hate": 0.01}, wave=8, in_wave=300, short=7)


def test_a_month_is_the_same_each_time() -> None:
    means = Means("all", planned=True, adapts=True, retrained=True)
    assert list(House(SMALL, means).run()) == list(House(SMALL, means).run())


def test_the_same_comes_whatever_is_done() -> None:
    first, other = (list(House(SMALL, means).run()) for means in month.WAYS[:2])
    assert [day.held for day in first[:7]] == [day.held for day in other[:7]]
    assert first[7].lines != other[7].lines


def test_lines_go_up_only_where_they_may() -> None:
    plain, adapting = (list(House(SMALL, Means("", planned=True, adapts=adapts)).run()) for adapts in (False, True))
    assert sum(day.up for day in plain) == 0
    assert sum(day.up for day in adapting) > 0
