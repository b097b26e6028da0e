"""What lies between two lines of a label: how many posts a day, and which part of them breaks a rule. Pure.

Between two neighbouring places of a line every post counts alike. That makes decisions of held posts and random samples
of the others comparable without weights: within a band, which of them somebody looked at doesn't depend on the score.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import NormalDist
from typing import Final

import numpy as np

from moderation.planning import calibration, readers
from moderation.planning.calibration import Curve
from moderation.planning.readers import Answers, Errors

PLACES: Final = (
    *(0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.84, 0.88),
    *(0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995),
)
"""Where a line may be; that in force comes besides."""
WEIGHT: Final = 4.0
MOST_WEIGHT: Final = 50.0
"""So many decisions is the calibrated curve worth beside those of a band, at least and at most: by how sure it is."""
STRAIGHT: Final = 0.25
"""A curve may be off by this part of what it says, for it is straight: one standard deviation."""
UNSURE: Final = 0.5
"""Borrowed shares may be off by half of themselves: one standard deviation."""
NEVER: Final = 1.01
NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Band:
    """Posts with a score from `low` up to below `high`, of those that the model may hold."""

    low: float
    high: float
    a_day: float
    harm: float
    """Which part of them breaks a rule."""
    unsure: float
    """The standard deviation of that."""
    decided: int = 0
    """How many of them people decided; 0 where all of this is borrowed."""
    effort: float = 1.0
    """How long one of them would take people, as a part of the average case."""
    upheld: float = 0.0
    """How many of those that were decided break a rule, each as far as that is sure."""
    alike: float | None = None
    """The part of `unsure` that is wrong in the same direction in every band: the curve's. None for all of it."""

    @property
    def harmful_a_day(self) -> float:
        """Posts that break a rule."""
        return self.a_day * self.harm

    @property
    def harmless_a_day(self) -> float:
        """Posts that don't."""
        return self.a_day * (1.0 - self.harm)

    @property
    def work_a_day(self) -> float:
        """What holding them would take, in average cases."""
        return self.a_day * self.effort


@dataclass(frozen=True, slots=True)
class Seen:
    """One post of the past: what the model gave it, and what people found, where somebody looked at it."""

    score: float
    upheld: bool | None = None
    effort: float = 1.0
    """How long it takes people, or would, as a part of the average case."""
    answers: Answers | None = None
    """What each said who read it; None where one person did, or nobody."""

    @property
    def given(self) -> Answers:
        """The same, and one answer of one person. Only of what somebody looked at."""
        return self.answers or Answers(int(self.upheld is True), int(self.upheld is False))


def places(*current: float | None) -> tuple[float, ...]:
    """Where a label's line may be, those in force among them: the policy's, and where it is for a while."""
    return tuple(sorted({*PLACES, *(each for each in current if each is not None and each < 1.0)}))


def of_history(
    seen: Iterable[Seen], days: float, at: Sequence[float], curve: Curve | None = None, errors: Errors = readers.NONE
) -> tuple[Band, ...]:
    """Bands of what came in so many days: what scores mean here at first, and people's own word ever more.

    `curve`: what scores mean here; learnt from what is decided of `seen` where it isn't given. `errors`: how often
    people are wrong.
    """
    edges, whole = (0.0, *at, NEVER), list(seen)
    if curve is None:
        curve = learnt(whole, errors)
    means, spreads = calibration.corrected(curve, [each.score for each in whole])
    truth = _truth(whole, means, errors)
    within: list[list[int]] = [[] for _ in edges[1:]]
    for number, each in enumerate(whole):
        within[bisect_right(edges, each.score) - 1].append(number)
    found = []
    for low, high, rows in zip(edges, edges[1:], within, strict=False):
        middle = (low + min(high, 1.0)) / 2.0
        word, unsure = (
            (float(np.mean(means[rows])), float(np.mean(spreads[rows])))
            if rows
            else (curve.means(middle), curve.unsure(middle))
        )
        said = [truth[row] for row in rows if row in truth]
        effort = sum(whole[row].effort for row in rows) / len(rows) if rows else 1.0
        posts = Band(low, high, len(rows) / days, word, math.hypot(unsure, STRAIGHT * word), effort=effort)
        found.append(_decided(posts, said))
    return rising(found)


def learnt(seen: Iterable[Seen], errors: Errors) -> Curve:
    """What scores mean, by what people said who are wrong so often."""
    return calibration.learnt_from([(each.score, each.given) for each in seen if each.upheld is not None], errors)


def _truth(seen: Sequence[Seen], means: calibration.Floats, errors: Errors) -> dict[int, float]:
    """By place, how probable it is that a post breaks the rule that people looked at."""
    rows = [number for number, each in enumerate(seen) if each.upheld is not None]
    if not rows:
        return {}
    given = np.array([seen[row].given for row in rows], dtype=np.float64)
    wrong = (errors.false_alarm.mean, errors.overlooked.mean)
    known = readers.probable(means[rows], given[:, 0], given[:, 1], *wrong)
    return dict(zip(rows, known.tolist(), strict=True))


def _decided(band: Band, said: Sequence[float]) -> Band:
    """A band of which the curve has its word; its own decisions count beside that, each as far as it is sure."""
    if not said:
        return band
    word, unsure, upheld = band.harm, band.unsure, sum(said)
    worth = min(MOST_WEIGHT, max(WEIGHT, word * (1.0 - word) / unsure**2 - 1.0))
    a = upheld + word * worth
    b = len(said) - upheld + (1.0 - word) * worth
    doubt = sum(each * (1.0 - each) for each in said)
    spread = a * b / ((a + b) ** 2 * (a + b + 1.0)) + doubt / (a + b) ** 2
    alike = unsure * worth / (worth + len(said))
    return replace(band, harm=a / (a + b), unsure=math.sqrt(spread), decided=len(said), upheld=upheld, alike=alike)


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What a model's card says of a label at its two lines: which parts exceed them of what is harmless and harmful."""

    hold: float
    label: float
    harmless_over_hold: float
    harmless_over_label: float
    harmful_over_hold: float
    harmful_over_label: float


def of_card(figures: Borrowed, a_day: float, harmful: float, at: Sequence[float]) -> tuple[Band, ...]:
    """Bands where nothing is known of a house: `a_day` posts, of which this part breaks the rule.

    Both kinds' scores are taken as normal on the scale of logits, drawn through the card's two points.
    """
    fine = through(figures.hold, figures.label, figures.harmless_over_hold, figures.harmless_over_label)
    bad = through(figures.hold, figures.label, figures.harmful_over_hold, figures.harmful_over_label)
    edges = (0.0, *at, NEVER)
    found = []
    for low, high in pairwise(edges):
        harmless = a_day * (1.0 - harmful) * max(0.0, _above(fine, low) - _above(fine, high))
        harm = a_day * harmful * max(0.0, _above(bad, low) - _above(bad, high))
        whole = harmless + harm
        share = harm / whole if whole > 0 else 1.0
        found.append(Band(low, high, whole, share, UNSURE * share))
    return rising(found)


Straight = tuple[float, float]
"""An intercept and a slope."""


def through(hold: float, label: float, over_hold: float, over_label: float) -> Straight:
    """The line through two points: the probit of the part above, by the logit of the score."""
    x, y = _logit(hold), NORMAL.inv_cdf(_inside(over_hold))
    u, v = _logit(label), NORMAL.inv_cdf(_inside(over_label))
    slope = min((y - v) / (x - u), -0.05) if x > u else -0.5
    return y - slope * x, slope


def _above(straight: Straight, score: float) -> float:
    if score <= 0.0:
        return 1.0
    return 0.0 if score >= 1.0 else NORMAL.cdf(straight[0] + straight[1] * _logit(score))


def _logit(score: float) -> float:
    inside = _inside(score)
    return math.log(inside / (1.0 - inside))


def _inside(share: float) -> float:
    return min(max(share, 1e-6), 1.0 - 1e-6)


def rising(bands: Sequence[Band]) -> tuple[Band, ...]:
    """With shares of harm that never fall as scores rise (pool adjacent violators), so that a line is the best cut."""
    pools: list[list[Band]] = []
    for band in bands:
        pools.append([band])
        while len(pools) > 1 and _share(pools[-2]) > _share(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return tuple(
        replace(band, harm=share, unsure=max(band.unsure, abs(band.harm - share)) if len(pool) > 1 else band.unsure)
        for pool in pools
        for share in (_share(pool),)
        for band in pool
    )


def _share(pool: Sequence[Band]) -> float:
    """Of a pool together: a band weighs by what people decided of it, and the model's word of its posts."""
    weights = [band.decided + (WEIGHT if band.a_day else 1e-6) for band in pool]
    return sum(weight * band.harm for weight, band in zip(weights, pool, strict=True)) / sum(weights)
