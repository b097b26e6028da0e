"""Agreement beyond chance, held against examples that others have worked and published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.quality.agreement import cohens_kappa, krippendorffs_alpha, wilson

WORDS = st.sampled_from("abc")


def table(*cells: tuple[str, str, int]) -> list[tuple[str, str]]:
    """Pairs of a table of counts."""
    return [(one, other) for one, other, count in cells for _ in range(count)]


def test_cohens_kappa_of_the_example_of_grants() -> None:
    """Fifty proposals, two readers, yes or no: 20, 5, 10, 15 (Wikipedia, "Cohen's kappa", simple example): 0.4."""
    found = cohens_kappa(table(("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)))
    assert found.observed == pytest.approx(0.7)
    assert found.beyond_chance == pytest.approx(0.4)


@pytest.mark.parametrize(("cells", "kappa"), [((45, 15, 25, 15), 0.1304), ((25, 35, 5, 35), 0.2593)])
def test_cohens_kappa_tells_the_same_agreement_apart_by_what_chance_would_do(
    cells: tuple[int, ...], kappa: float
) -> None:
    """The same article: both agree in 60 of 100, and differ in how far that is chance."""
    both, first, second, neither = cells
    found = cohens_kappa(table(("y", "y", both), ("y", "n", first), ("n", "y", second), ("n", "n", neither)))
    assert found.observed == pytest.approx(0.6)
    assert found.beyond_chance == pytest.approx(kappa, abs=5e-5)


def test_the_interval_is_that_of_fleiss_cohen_and_everitt() -> None:
    """Fleiss, "Statistical methods for rates and proportions", chapter 18: two raters, a hundred diagnoses: 0.68, 0.087."""
    cells = (
        *(("a", "a", 75), ("a", "b", 1), ("a", "c", 4)),
        *(("b", "a", 5), ("b", "b", 4), ("b", "c", 1)),
        *(("c", "a", 0), ("c", "b", 0), ("c", "c", 10)),
    )
    found = cohens_kappa(table(*cells))
    assert found.beyond_chance == pytest.approx(0.676, abs=5e-4)
    assert found.high is not None and found.low is not None
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.088, abs=2e-3)


def test_krippendorffs_alpha_of_two_observers() -> None:
    """Krippendorff (2011), example B: twelve articles, two observers, nominal: 0.692."""
    meg = ["a", "a", "b", "b", "d", "c", "c", "c", "e", "d", "d", "a"]
    owen = ["b", "a", "b", "b", "b", "c", "c", "c", "e", "d", "d", "d"]
    assert krippendorffs_alpha(list(zip(meg, owen, strict=True))).beyond_chance == pytest.approx(0.692, abs=5e-4)


def test_krippendorffs_alpha_of_four_observers_who_missed_some() -> None:
    """Krippendorff (2011), example C: twelve units, four observers, missing answers, nominal: 0.743."""
    rows = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    columns = zip(*(row.split() for row in rows), strict=True)
    units = [[answer for answer in column if answer != "."] for column in columns]
    found = krippendorffs_alpha(units)
    assert found.beyond_chance == pytest.approx(0.743, abs=5e-4)
    assert found.n == 11


def test_the_interval_of_alpha_is_the_same_for_the_same_answers() -> None:
    units = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"], ["c", "c"], ["c", "a"]]
    first, again = krippendorffs_alpha(units), krippendorffs_alpha(units)
    assert first == again
    assert first.low is not None and first.high is not None and first.beyond_chance is not None
    assert first.low < first.beyond_chance < first.high


def test_wilsons_interval() -> None:
    """Of 10 none: up to 27.8 of 100; of 263 81: 25.5 to 36.6 (Newcombe, Statistics in Medicine 17, 1998, table I)."""
    none, many = wilson(0, 10), wilson(81, 263)
    assert (none.low, none.high) == (pytest.approx(0.0), pytest.approx(0.2775, abs=5e-4))
    assert (many.low, many.high) == (pytest.approx(0.2553, abs=5e-4), pytest.approx(0.3662, abs=5e-4))


def test_nothing_is_said_of_nothing_and_of_what_is_always_the_same() -> None:
    assert cohens_kappa([]).beyond_chance is None
    assert cohens_kappa([("a", "a")] * 9).beyond_chance is None
    assert krippendorffs_alpha([["a", "a"]] * 9).beyond_chance is None
    assert krippendorffs_alpha([["a"]]).n == 0
    assert wilson(0, 0).high == 1.0


@given(st.lists(st.tuples(WORDS, WORDS), max_size=40))
def test_agreement_stays_within_its_bounds(pairs: list[tuple[str, str]]) -> None:
    found = cohens_kappa(pairs)
    if found.beyond_chance is not None and found.low is not None and found.high is not None:
        assert -1 <= found.low <= found.beyond_chance + 1e-9
        assert found.beyond_chance <= found.high + 1e-9 <= 1 + 2e-9
    alpha = krippendorffs_alpha(pairs).beyond_chance
    assert alpha is None or alpha <= 1
