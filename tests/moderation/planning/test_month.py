"""The simulated month, in small: the same each time, and what is done about it changes what comes of it."""

from __future__ import annotations

from pathlib import Path

from bench import month
from bench.month import House, Means, Scenario
from bench.month_words import Pools, Words, coinage

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


def test_with_words_learning_is_real_and_a_version_is_put_in_use_only_where_the_gate_lets_it(tmp_path: Path) -> None:
    texts = {"spam": "Win the big prize number {} today", "hate": "They are vermin of kind {}"}
    known = tuple([texts[label].format(number) for number in range(60)] for label in month.LABELS)
    new = tuple([" ".join(map(coinage, text.split())) for text in each] for each in known)
    pools = Pools([f"The tram number {number} was late" for number in range(200)], known, new)
    words = Words(pools, month.LABELS, SMALL.days, tmp_path)
    days = list(House(SMALL, Means("all", planned=True, retrained=True), words).run())
    [monday] = words.mondays
    assert monday.day == 7 and monday.learnt_from > 20 and len(days) == SMALL.days
    assert (words.version is not None) is monday.passed
    assert monday.passed or monday.why
    assert {each.labels["spam"] for each in words.examples} <= {0.0, 1.0}


def test_a_coinage_is_the_same_for_the_same_word_and_no_word_of_any_list() -> None:
    assert coinage("Casino") == coinage("casino") != coinage("lottery")
