"""How soon people answer at the staffing that there is, and what another line for holding would change. Pure.

The model is a replay: what came is answered in order, each case in its measured time, while somebody worked, and not
otherwise. For this there is a working clock, which stands still while nobody works and runs twice as fast while two do.
It supposes nothing about how cases arrive; it leaves out that graver cases are taken first, which moves single waits
and hardly their middle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from moderation.values import CaseOrigin

FEWEST_HELD: Final = 20
FEWEST_DECIDED: Final = 20
LEAST_WORKED: Final = timedelta(hours=2)
CANDIDATES: Final = (0.25, 0.5, 0.75)
"""The parts of a label's held posts that the lines looked at would let by."""
FEWEST_OF_A_LABEL: Final = 12
"""Held posts of one label that people decided, before anything is said of its line."""
NOTICEABLE: Final = 0.9
WORTHWHILE: Final = 0.5
"""The first line that brings the waiting down to this part is named; else the one that helps most."""

Waits = Sequence[timedelta | None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A case. `score` is what a machine gave a held post; `upheld` whether people found that it breaks a rule, None
    while nobody has decided."""

    at: datetime
    held: bool = False
    label: str | None = None
    score: float | None = None
    upheld: bool | None = None
    origin: CaseOrigin = CaseOrigin.HOLD
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What came, oldest first, when each worked, and how long a case took, over some days."""

    since: datetime
    until: datetime
    arrivals: Sequence[Arrival]
    worked: Sequence[tuple[datetime, datetime]]
    decided: int

    @property
    def time_worked(self) -> timedelta:
        """By everybody together."""
        return sum((end - begin for begin, end in self.worked), timedelta())

    @property
    def each(self) -> timedelta:
        """How long a case takes."""
        return self.time_worked / self.decided if self.decided else timedelta()

    @property
    def days(self) -> float:
        """How many days these are."""
        return (self.until - self.since) / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another line for holding one label."""

    label: str
    line: float
    before: timedelta | None
    """How long those that would still be held wait as it is: like is compared with like."""
    answered: timedelta | None
    """How long they would wait."""
    missed_a_day: float
    """Of what people found to break a rule, how many a day would no longer be held."""
    fewer_a_day: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """How it goes at this staffing. `answered` is the middle wait of held posts; None where work falls behind."""

    answered: timedelta | None
    load: float
    """Which part of the time worked what came would take."""
    held_a_day: float
    other: Alternative | None


def outlook(past: Past, lines: Mapping[str, float]) -> Outlook | None:
    """What can be said; None while there is too little. `lines` are those for holding in force, by label."""
    held = sum(each.held for each in past.arrivals)
    if held < FEWEST_HELD or past.decided < FEWEST_DECIDED or past.time_worked < LEAST_WORKED:
        return None
    answered = middle_wait(past, past.arrivals)
    load = len(past.arrivals) * past.each / past.time_worked
    return Outlook(answered, load, held / past.days, _other(past, lines))


def middle_wait(past: Past, arrivals: Sequence[Arrival]) -> timedelta | None:
    """The median wait of held posts among these; None where half of them are never answered."""
    return _middle([wait for each, wait in zip(arrivals, waits_of(past, arrivals), strict=True) if each.held])


def _middle(waits: Waits) -> timedelta | None:
    ordered = sorted(waits, key=lambda wait: timedelta.max if wait is None else wait)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def waits_of(past: Past, arrivals: Sequence[Arrival]) -> list[timedelta | None]:
    """How long each waits to be answered; None where that isn't before the end."""
    clock, each, free = _Clock(past.worked), past.each.total_seconds(), 0.0
    found: list[timedelta | None] = []
    for one in arrivals:
        free = max(free, clock.at(one.at)) + each
        done = clock.when(free)
        found.append(None if done is None else done - one.at)
    return found


def _other(past: Past, lines: Mapping[str, float]) -> Alternative | None:
    """The line that brings waiting down enough and misses least; where none does, the one that helps most."""
    waits = waits_of(past, past.arrivals)
    found = [each for label, scores in _scores(past, lines).items() for each in _raised(past, waits, label, scores)]
    better = [each for each in found if _part(each) <= NOTICEABLE]
    enough = [each for each in better if _part(each) <= WORTHWHILE]
    if enough:
        return min(enough, key=lambda each: (each.missed_a_day, each.fewer_a_day))
    return min(better, key=_part, default=None)


def _part(alternative: Alternative) -> float:
    """Which part of the waiting would be left; of waiting without end, none."""
    if alternative.answered is None:
        return 1.0
    return (
        alternative.answered / alternative.before if alternative.before else 0.0 if alternative.before is None else 1.0
    )


def _scores(past: Past, lines: Mapping[str, float]) -> dict[str, list[float]]:
    """By label, the scores of what its line held and people decided, lowest first."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for each in past.arrivals:
        if (
            each.held
            and each.label is not None
            and each.label in lines
            and each.score is not None
            and each.upheld is not None
        ):
            found[each.label].append(each.score)
    return {label: sorted(scores) for label, scores in found.items() if len(scores) >= FEWEST_OF_A_LABEL}


def _raised(past: Past, waits: Waits, label: str, scores: Sequence[float]) -> list[Alternative]:
    """This label's line at some higher places, none of which lets nearly all of it by."""
    places = sorted({round(scores[int(len(scores) * part)], 2) for part in CANDIDATES})
    return [_at(past, waits, label, line) for line in places if scores[0] < line < scores[-1]]


def _at(past: Past, waits: Waits, label: str, line: float) -> Alternative:
    gone = [each for each in past.arrivals if each.held and each.label == label and (each.score or 1.0) < line]
    away = set(map(id, gone))
    kept = [each for each in past.arrivals if id(each) not in away]
    decided = [each.upheld for each in gone if each.upheld is not None]
    wrong = sum(decided) / len(decided) if decided else 0.0
    still = [wait for each, wait in zip(past.arrivals, waits, strict=True) if each.held and id(each) not in away]
    missed, fewer = wrong * len(gone) / past.days, len(gone) / past.days
    return Alternative(label, line, _middle(still), middle_wait(past, kept), missed, fewer)


class _Clock:
    """Seconds worked by everybody together, as a function of time, and its inverse."""

    def __init__(self, worked: Sequence[tuple[datetime, datetime]]) -> None:
        turns = sorted([(begin, 1) for begin, _ in worked] + [(end, -1) for _, end in worked])
        self._times = [at for at, _ in turns]
        self._hands = list(accumulate(change for _, change in turns))
        parts = zip(self._times, self._times[1:], self._hands, strict=False)
        self._worked = list(accumulate(((b - a).total_seconds() * hands for a, b, hands in parts), initial=0.0))

    def at(self, moment: datetime) -> float:
        """What was worked by then."""
        index = bisect_right(self._times, moment) - 1
        if index < 0:
            return 0.0
        return self._worked[index] + (moment - self._times[index]).total_seconds() * self._hands[index]

    def when(self, seconds: float) -> datetime | None:
        """When so much was worked; None for never."""
        if not self._times or seconds > self._worked[-1]:
            return None
        index = max(0, bisect_right(self._worked, seconds) - 1)
        while index > 0 and self._worked[index] >= seconds:
            index -= 1
        hands = self._hands[index]
        return self._times[index] + timedelta(seconds=(seconds - self._worked[index]) / hands if hands else 0.0)
