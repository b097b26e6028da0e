"""Exact bounds of shares: against sums that anybody can write down."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.planning import exact


def counted(count: int, of: int, share: float) -> float:
    """The same probability, term by term."""
    return math.fsum(math.comb(of, each) * share**each * (1 - share) ** (of - each) for each in range(count + 1))


@given(of=st.integers(1, 60), part=st.floats(0, 1), share=st.floats(0.001, 0.999))
def test_at_most_so_many_hits_is_the_sum_of_their_probabilities(of: int, part: float, share: float) -> None:
    count = math.floor(part * of)
    assert exact.binomial_at_most(count, of, share) == pytest.approx(counted(count, of, share), abs=1e-9)


@given(of=st.integers(1, 400), part=st.floats(0, 1), risk=st.sampled_from([0.01, 0.05, 0.1]))
def test_a_bound_is_the_share_at_which_what_was_seen_is_as_rare_as_the_risk(of: int, part: float, risk: float) -> None:
    count = math.floor(part * of)
    upper, lower = exact.upper_bound(count, of, risk), exact.lower_bound(count, of, risk)
    assert lower <= count / of <= upper
    if count < of:
        assert exact.binomial_at_most(count, of, upper) == pytest.approx(risk, rel=1e-6)
    if count > 0:
        assert 1 - exact.binomial_at_most(count - 1, of, lower) == pytest.approx(risk, rel=1e-6)


def test_of_nothing_seen_in_many_the_bound_is_the_rule_of_three() -> None:
    assert exact.upper_bound(0, 1000, 0.05) == pytest.approx(3 / 1000, rel=0.01)
    assert exact.upper_bound(0, 0, 0.05) == 1.0
    assert exact.lower_bound(0, 0, 0.05) == 0.0
