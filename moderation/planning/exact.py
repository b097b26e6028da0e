"""Exact bounds of binomial shares, in plain Python: serving imports no scipy, and these few lines are all it'd be for.

The incomplete beta function is the continued fraction of Lentz (Press et al., Numerical Recipes, 6.4).
"""

from __future__ import annotations

import math
from typing import Final

_SMALLEST: Final = 1e-300
_STEPS: Final = 400
_NEAR: Final = 1e-12


def beta_below(x: float, a: float, b: float) -> float:
    """The probability that a Beta(a, b) is at most x: the regularised incomplete beta function."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x that a Beta(a, b) stays at or below with this probability."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if beta_below(middle, a, b) < share else (low, middle)
    return (low + high) / 2.0


def binomial_at_most(count: int, of: int, share: float) -> float:
    """The probability of at most `count` hits in `of` tries, each with this probability."""
    return 1.0 if count >= of else beta_below(1.0 - share, of - count, count + 1)


def upper_bound(count: int, of: int, risk: float) -> float:
    """Clopper and Pearson: the share that `count` of `of` don't exceed, wrong with at most this probability."""
    return 1.0 if count >= of else beta_quantile(1.0 - risk, count + 1, of - count)


def lower_bound(count: float, of: int, risk: float) -> float:
    """The same from below; what is half sure counts as half a hit."""
    return 0.0 if count <= 0 else beta_quantile(risk, count, of - count + 1)


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    found = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d = 1.0 / _not_zero(1.0 + part * d)
            c = _not_zero(1.0 + part / c)
            found *= c * d
        if abs(c * d - 1.0) < _NEAR:
            break
    return found


def _not_zero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
