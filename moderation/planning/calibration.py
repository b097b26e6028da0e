"""What a label's scores mean in this house: a curve, from what people decided, held back to the model's own. Pure.

The model's scores are probabilities of the data that it was made from. Where harm is rarer or commoner, or other words
are used, they aren't those of a house. So a shift and a slope are learnt (J. Platt, 1999), with the shipped calibration
as the prior: nothing decided leaves scores as they are, and how unsure that is, is part of every interval.

Given a score, whether somebody looked at a post says nothing of what it is: held posts and samples count alike.

People are wrong now and then. Where that is known (`readers`), what a post is isn't what somebody said of it, but how
probable that makes it; both are found together, by expectation and maximisation (Raykar and others, 2010), what isn't
known for want of being sure is taken from the precision (T. A. Louis, JRSS B 44 (1982)), and how unsure it is how often
people are wrong is part of how unsure the curve is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from moderation.planning import readers
from moderation.planning.readers import Answers, Errors

Floats = NDArray[np.float64]

SHIFT: Final = 1.0
"""By so many log-odds scores may be off in a house of which nothing is known: one standard deviation. A house in which
harm is three times rarer than in what the model learnt from is off by this much."""
SLOPE: Final = 0.3
"""The same of how much a unit of log-odds says, of which the model says 1."""
EDGE: Final = 1e-4
"""Scores are kept with four places: what is nearer to 0 or 1 isn't told apart."""
ROUNDS: Final = 400
"""Of expecting and maximising, at most."""
ENOUGH: Final = 1e-8


@dataclass(frozen=True, slots=True)
class Curve:
    """From a score's log-odds to those of what people find: a shift, a slope, and how sure both are."""

    shift: float = 0.0
    slope: float = 1.0
    spread: tuple[float, float, float] = (SHIFT**2, 0.0, SLOPE**2)
    """Variance of the shift, covariance, variance of the slope."""
    decided: int = 0
    harmful: int = 0

    def means(self, score: float) -> float:
        """The probability that a post with this score breaks the rule."""
        return float(_sigmoid(self.shift + self.slope * float(_log_odds(np.array([score]))[0])))

    def unsure(self, score: float) -> float:
        """The standard deviation of that."""
        at, of = float(_log_odds(np.array([score]))[0]), self.means(score)
        shift, both, slope = self.spread
        return of * (1.0 - of) * float(np.sqrt(max(0.0, shift + 2.0 * at * both + at * at * slope)))

    def between(self, score: float, deviations: float) -> tuple[float, float]:
        """Within so many standard deviations on the scale of log-odds, where they are even."""
        at = float(_log_odds(np.array([score]))[0])
        shift, both, slope = self.spread
        width = deviations * float(np.sqrt(max(0.0, shift + 2.0 * at * both + at * at * slope)))
        middle = self.shift + self.slope * at
        return float(_sigmoid(middle - width)), float(_sigmoid(middle + width))


UNKNOWN: Final = Curve()
"""Where nothing was decided: scores as they are, and how far off they may be."""


def learnt(decided: Iterable[tuple[float, bool]]) -> Curve:
    """The curve that decisions speak for: scores, each with whether people found that the post breaks the rule."""
    given = [(score, Answers(int(harmful), int(not harmful))) for score, harmful in decided]
    return learnt_from(given, readers.NONE)


def learnt_from(decided: Sequence[tuple[float, Answers]], errors: Errors) -> Curve:
    """The curve that answers speak for of people who are wrong so often: scores, each with who said what."""
    if not decided:
        return UNKNOWN
    rows = _rows([score for score, _ in decided])
    given = np.array([each for _, each in decided], dtype=np.float64)
    false_alarm, overlooked = errors.false_alarm, errors.overlooked
    found, precision = _fitted(rows, given, (false_alarm.mean, overlooked.mean))
    spread = np.linalg.inv(precision)
    for otherwise in _otherwise(errors):
        off = _fitted(rows, given, otherwise)[0] - found
        spread += np.outer(off, off)
    return Curve(
        float(found[0]),
        float(found[1]),
        (float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])),
        len(decided),
        int((given[:, 0] > given[:, 1]).sum()),
    )


def _otherwise(errors: Errors) -> list[tuple[float, float]]:
    """Either share a standard deviation higher, where it isn't known for sure."""
    false_alarm, overlooked = errors.false_alarm, errors.overlooked
    found = []
    if false_alarm.unsure:
        found.append((false_alarm.mean + false_alarm.unsure, overlooked.mean))
    if overlooked.unsure:
        found.append((false_alarm.mean, overlooked.mean + overlooked.unsure))
    return found


def _rows(scores: Sequence[float]) -> Floats:
    at = _log_odds(np.array(scores, dtype=np.float64))
    return np.stack([np.ones(len(at)), at], axis=1)


def _fitted(rows: Floats, given: Floats, wrong: tuple[float, float]) -> tuple[Floats, Floats]:
    """The most probable shift and slope, and their precision there (Newton's steps towards what is expected of each
    post; Laplace's approximation)."""
    before, prior = np.array([0.0, 1.0]), np.diag([SHIFT**-2, SLOPE**-2])
    found = before.copy()
    means = truth = _sigmoid(rows @ found)
    for _ in range(ROUNDS):
        means = _sigmoid(rows @ found)
        truth = readers.probable(means, given[:, 0], given[:, 1], *wrong)
        precision = prior + rows.T @ (rows * (means * (1.0 - means))[:, None])
        gradient = rows.T @ (truth - means) - prior @ (found - before)
        step = np.linalg.solve(precision, gradient)
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        found = found + step
        if float(np.abs(step).max()) < ENOUGH:
            break
    known = rows.T @ (rows * (means * (1.0 - means) - truth * (1.0 - truth))[:, None])
    return _rising(found), _at_least(prior + known)


def _at_least(precision: Floats) -> Floats:
    """No less than what is supposed beforehand of the shift: what isn't known of posts takes nothing from that."""
    values, vectors = np.linalg.eigh(precision)
    return np.asarray(vectors @ np.diag(np.maximum(values, SHIFT**-2)) @ vectors.T, dtype=np.float64)


def _rising(found: Floats) -> Floats:
    """A higher score is never taken for less harmful."""
    return np.array([found[0], max(found[1], 0.1)])


def corrected(curve: Curve, scores: Sequence[float]) -> tuple[Floats, Floats]:
    """What scores mean, and the standard deviation of that."""
    at = _log_odds(np.asarray(scores, dtype=np.float64))
    means = _sigmoid(curve.shift + curve.slope * at)
    shift, both, slope = curve.spread
    return means, means * (1.0 - means) * np.sqrt(np.maximum(0.0, shift + 2.0 * at * both + at * at * slope))


def _log_odds(scores: Floats) -> Floats:
    inside = np.clip(scores, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(inside / (1.0 - inside)), dtype=np.float64)


def _sigmoid(values: Floats | float) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.asarray(values, dtype=np.float64))), dtype=np.float64)
