"""How long cases wait at a staffing that changes through the week. Pure, and checked by a simulation in the tests.

The work that lies before an arriving case is followed as a distribution, step by step through a week: in each step what
arrives is added (a compound Poisson sum, by its transform), and what the people who are there can do is taken off. They
are modelled as one who is as fast as all of them together, which is right to within about the length of one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEP_MINUTES: Final = 10
STEPS_A_DAY: Final = 24 * 60 // STEP_MINUTES
STEPS: Final = 7 * STEPS_A_DAY
"""Of a week, from Monday's midnight."""
CELLS: Final = 256
FULL: Final = 0.999
"""From this load on nobody catches up within the weeks that are looked at: it counts as too much."""
WARMING: Final = STEPS_A_DAY
"""The week begins as its last day left it."""
ASKED: Final = (
    *(2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 480, 600, 720, 840, 960, 1080, 1260, 1440),
    *(1800, 2160, 2880, 4320, 5760, 10080),
)
"""Minutes, between which the waits are read."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many work, step by step through a week, and how long a case takes them."""

    hands: tuple[float, ...]
    """One for each step."""
    seconds: float
    """For a case, in the middle of many."""
    variation: float = 1.0
    """The standard deviation of that, as a part of it."""

    @property
    def hours_a_week(self) -> float:
        """By everybody together."""
        return sum(self.hands) * STEP_MINUTES / 60

    @property
    def cases_a_day(self) -> float:
        """What they could do if they never had to wait for work."""
        return self.hours_a_week * 3600 / self.seconds / 7

    @property
    def covered(self) -> float:
        """In which part of the week somebody is there."""
        return sum(each > 0 for each in self.hands) / len(self.hands)

    def times(self, factor: float) -> Staffing:
        """So many times the people, at the same hours."""
        return Staffing(tuple(each * factor for each in self.hands), self.seconds, self.variation)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long those wait that come. `within` is by minutes, as in ASKED."""

    load: float
    """Which part of what people can do is asked of them; from FULL on they fall behind for good."""
    within: tuple[float, ...]

    @property
    def falls_behind(self) -> bool:
        """Whether more comes than is done."""
        return self.load >= FULL

    def share_within(self, minutes: float) -> float:
        """Which part is answered in so many minutes."""
        return float(np.interp(minutes, (0, *ASKED), (0.0, *self.within)))

    def quantile(self, share: float) -> float | None:
        """The minutes in which this part is answered; None where it isn't within a week."""
        if self.within[-1] < share:
            return None
        known = [0.0, *self.within]
        index = next(number for number, each in enumerate(known) if each >= share)
        before, after = (0, *ASKED)[index - 1], ASKED[index - 1]
        rise = known[index] - known[index - 1]
        return float(before + (after - before) * (share - known[index - 1]) / rise) if rise else float(after)


def waits(staffing: Staffing, a_day: float, rhythm: tuple[float, ...]) -> Waits:
    """How long they wait where `a_day` come on an average day. `rhythm` says how much of a day comes in each hour."""
    load = a_day / staffing.cases_a_day if staffing.cases_a_day else float("inf")
    if load >= FULL:
        return Waits(load, (0.0,) * len(ASKED))
    return Waits(load, _within(staffing, max(a_day, 1e-9), rhythm))


@lru_cache(maxsize=256)
def _within(staffing: Staffing, a_day: float, rhythm: tuple[float, ...]) -> tuple[float, ...]:
    coming = _coming(a_day, rhythm)
    done = np.asarray(staffing.hands) * STEP_MINUTES * 60.0
    cell = _cell(coming * staffing.seconds, done, staffing.seconds)
    before = _before(coming, done / cell, _case(staffing, cell))
    ready = np.concatenate([[0.0], np.cumsum(np.tile(done, 3))])
    starts = (ready[:STEPS] + ready[1 : STEPS + 1]) / 2.0  # cases come on average in the middle of a step
    times = np.arange(len(ready), dtype=np.float64)
    weights, unseen = coming / coming.sum(), _unseen(staffing, coming, done)
    found = []
    for minutes in ASKED:
        until = np.interp(np.arange(STEPS) + 0.5 + minutes / STEP_MINUTES, times, ready)
        room = np.where(until > starts + 1e-9, np.maximum(until - starts - unseen, 1e-6), 0.0)
        found.append(float(weights @ _at_most(before, room / cell)))
    return tuple(found)


def _unseen(staffing: Staffing, coming: Floats, done: Floats) -> Floats:
    """Seconds of work that steps don't see, since within one of them idle and busy minutes cancel out.

    Of a random walk that is looked at now and then and can't fall below nothing, 0.583 standard deviations of a step
    are missing (Siegmund 1979; Broadie, Glasserman and Kou 1997); and never more than the mean of Pollaczek and
    Khinchine, beside which there's nothing to miss.
    """
    square = staffing.seconds**2 * (1.0 + staffing.variation**2)
    left = done - coming * staffing.seconds
    mean = np.where(left > 0, coming * square / (2.0 * np.maximum(left, 1e-9)), np.inf)
    return np.where(done > 0, np.minimum(0.583 * np.sqrt(coming * square), mean), 0.0)


def _coming(a_day: float, rhythm: Sequence[float]) -> Floats:
    """Cases in each step."""
    hours = np.asarray(rhythm, dtype=np.float64)
    day = np.repeat(hours / hours.sum(), STEPS_A_DAY // 24) * a_day / (STEPS_A_DAY // 24)
    return np.tile(day, 7)


def _cell(work: Floats, done: Floats, seconds: float) -> float:
    """Seconds of work in a cell: so wide that what piles up while nobody is there finds room, and no wider."""
    pile, highest = 0.0, 0.0
    for one, other in zip(np.tile(work, 2), np.tile(done, 2), strict=True):
        pile = max(0.0, pile + one - other)
        highest = max(highest, pile)
    load = float(work.sum() / done.sum())
    room = 1.5 * highest + 6.0 * seconds * (1.0 + 1.0 / (1.0 - load)) + 8.0 * (highest * seconds) ** 0.5
    return float(room / CELLS)


def _case(staffing: Staffing, cell: float) -> Floats:
    """How the work of one case is spread over cells: a gamma distribution, drawn by its own quantiles."""
    shape = 1.0 / max(staffing.variation, 0.05) ** 2
    places = _gamma(shape) * staffing.seconds / shape / cell
    found = np.zeros(2 * CELLS)
    below = np.floor(places).astype(np.int64)
    part = places - below
    for where, weight in ((below, 1.0 - part), (below + 1, part)):
        np.add.at(found, np.minimum(where, CELLS - 1), weight / len(places))
    return found


@lru_cache(maxsize=16)
def _gamma(shape: float) -> Floats:
    """200 equally likely values of a gamma distribution of scale 1, with its mean."""
    top = shape + 12.0 * shape**0.5 + 12.0
    x = (np.arange(20_000) + 0.5) * top / 20_000
    heights = np.exp((shape - 1.0) * np.log(x) - x)
    rising = np.cumsum(heights) / heights.sum()
    values = np.interp((np.arange(200) + 0.5) / 200, rising, x)
    return np.asarray(values * shape / values.mean(), dtype=np.float64)


def _before(coming: Floats, done: Floats, case: Floats) -> Floats:
    """For each step, how the work is spread that is there once a case has come: of those before it, and its own."""
    one = np.fft.rfft(case)
    hourly = coming[: STEPS_A_DAY : STEPS_A_DAY // 24]
    whole = np.exp(np.outer(hourly, one - 1.0))
    half = np.exp(np.outer(hourly / 2.0, one - 1.0))
    alike = bool((np.tile(done[:STEPS_A_DAY], 7) == done).all())
    period, warming = (STEPS_A_DAY, [*range(STEPS_A_DAY)] * 2) if alike else (STEPS, [*range(STEPS - WARMING, STEPS)])
    state = np.zeros(2 * CELLS)
    state[0] = 1.0
    found = np.zeros((period, CELLS))
    for step in [*warming, *range(period)]:
        wave, hour = np.fft.rfft(state), step % STEPS_A_DAY * 24 // STEPS_A_DAY
        ahead = _less(_folded(np.fft.irfft(wave * half[hour], 2 * CELLS)), done[step] / 2.0)
        found[step] = _folded(np.fft.irfft(np.fft.rfft(ahead) * one, 2 * CELLS))[:CELLS]
        state = _less(_folded(np.fft.irfft(wave * whole[hour], 2 * CELLS)), done[step])
    return np.cumsum(np.tile(found, (STEPS // period, 1)), axis=1)


def _folded(spread: Floats) -> Floats:
    """What has no room lies in the last cell."""
    spread[CELLS - 1] += spread[CELLS:].sum()
    spread[CELLS:] = 0.0
    return np.asarray(np.maximum(spread, 0.0), dtype=np.float64)


def _less(spread: Floats, cells: float) -> Floats:
    """With so much of the work done; what was less is nothing."""
    if cells <= 0:
        return spread
    whole = int(min(cells, CELLS))
    part = min(cells - whole, 1.0)
    found = (1.0 - part) * _moved(spread, whole) + part * _moved(spread, whole + 1)
    return np.asarray(found, dtype=np.float64)


def _moved(spread: Floats, cells: int) -> Floats:
    found = np.zeros(2 * CELLS)
    kept = min(cells, CELLS)
    found[: CELLS - kept] = spread[kept:CELLS]
    found[0] += spread[:kept].sum()
    return found


def _at_most(rising: Floats, cells: Floats) -> Floats:
    """Of each step, which part has at most so much work before it and of its own; nothing is done in no time."""
    where = np.clip(cells, 0.0, CELLS - 1.001)
    below = where.astype(np.int64)
    rows = np.arange(len(rising))
    part = where - below
    found = (1.0 - part) * rising[rows, below] + part * rising[rows, below + 1]
    return np.where(cells > 1e-9, found, 0.0)
