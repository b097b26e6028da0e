"""What lines for holding come to at a staffing, and which do the least harm within it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from moderation.planning import exact, waiting
from moderation.planning.bands import NEVER, Band
from moderation.planning.waiting import Staffing, Waits
from moderation.policy.values import moved

Z: Final = 1.645
"""Intervals hold nine times in ten."""
ONE_SIDE: Final = 0.05
"""How often either end of an interval may be wrong."""
FLAT: Final = (1.0,) * 24
RHYTHM: Final = tuple(round(1.0 + 0.75 * math.sin((hour - 13) / 24 * 2 * math.pi), 4) for hour in range(24))
"""How much of a day comes in each hour, where nothing was measured: most in the evening, least before dawn (UTC)."""
TENTHS: Final = 0.9
MOST_PEOPLE: Final = 2.0**16
"""So many times the people are reckoned with, and no more."""
PARTS: Final = (1.0, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.0)
"""Of the room for held posts, the parts that are tried."""


EXACT: Final = 0.9999
"""Of shares nearer to all than this the queue model says nothing."""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many a day, with an interval of nine in ten."""

    a_day: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Label:
    """A label with what it weighs, the policy's line (None for never) and what lies at which score."""

    name: str
    severity: float
    line: float | None
    bands: tuple[Band, ...]
    grave: bool = False
    """Whether its line may never go up."""
    waits: bool = False
    """Whether it holds nothing yet, since the start is a careful one."""
    lifted: float = 0.0
    """By how many logits its line is up for a while."""

    @property
    def at_door(self) -> float | None:
        """The line that is applied now; None for never."""
        if self.line is None or self.waits:
            return None
        return moved(self.line, self.lifted) if self.lifted else self.line

    @property
    def borrowed(self) -> bool:
        """Whether no decision of the house is in it."""
        return not any(band.decided for band in self.bands)

    def cut(self, line: float | None) -> tuple[Sequence[Band], Sequence[Band]]:
        """What a line lets by, and what it holds. Lines stand at the edges of bands."""
        at = NEVER if line is None else line
        return [each for each in self.bands if each.low < at], [each for each in self.bands if each.low >= at]


@dataclass(frozen=True, slots=True)
class Aim:
    """What is wanted of answers: this part of the held posts within so many minutes; and how much a wrong hold weighs
    beside a missed harm, whose weight is its severity of 10."""

    minutes: float = 60.0
    share: float = TENTHS
    wrong_hold: float = 0.5
    harmless_at_most: float = 1 / 200
    """Of harmless posts, never more than this part is held, however many people there are."""


@dataclass(frozen=True, slots=True)
class Ends:
    """When holds end by themselves, and the post is let in behind a warning; `local` is the part of members' posts."""

    local_hours: float = 4.0
    remote_hours: float = 24.0
    local: float = 0.4

    def unanswered(self, waits: Waits) -> float:
        """Which part of what is held nobody answers before that; all of it where people fall behind for good."""
        answered = self.local * waits.share_within(60.0 * self.local_hours)
        answered += (1.0 - self.local) * waits.share_within(60.0 * self.remote_hours)
        return 1.0 - answered if answered < EXACT else 0.0


@dataclass(frozen=True, slots=True)
class Situation:
    """A house as the planner sees it."""

    labels: tuple[Label, ...]
    staffing: Staffing
    others_a_day: float
    """Cases that no line makes (reports, appeals, samples), as so many average cases."""
    rhythm: tuple[float, ...] = RHYTHM
    posts_an_author: float = 1.0
    """Wrongly held posts of one author: what makes authors of posts."""
    aim: Aim = field(default_factory=Aim)
    ends: Ends = field(default_factory=Ends)


Lines = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a choice of lines comes to."""

    lines: dict[str, float | None]
    held_a_day: float
    work_a_day: float
    """What these take people, in average cases."""
    waits: Waits
    unanswered: float
    """Which part of the held posts nobody answers before their hold ends."""
    missed: dict[str, Amount]
    """Let by, or held and let in unanswered."""
    wrongly_held: Amount
    wronged_authors: float
    harm: float
    """What is missed and what is wrongly held together, by weight, a day."""

    @property
    def ended_a_day(self) -> float:
        """Holds that end unanswered."""
        return self.unanswered * self.held_a_day


@dataclass(frozen=True, slots=True)
class Plan:
    """What is, what would be best at this staffing, and what would be if people were no limit."""

    current: Outcome
    suggested: Outcome
    unlimited: Outcome
    reachable: float
    """Which part could be answered in time if nothing else came: the hours in which somebody is there."""
    room_a_day: float
    """So many held posts a day, as long as those of the suggestion, are answered as wanted."""
    people: float
    """How many times the people it takes to give nothing up; 1 where they are enough, infinite where it's beyond
    reckoning."""

    @property
    def gives_up(self) -> dict[str, float]:
        """By label, what is missed a day for want of people, for it is let by or its hold ends unanswered."""
        if self.people <= 1.0:
            return {}
        return {
            name: each.a_day - self.unlimited.missed[name].a_day
            for name, each in self.suggested.missed.items()
            if each.a_day > 1.001 * self.unlimited.missed[name].a_day + 1e-9
        }

    @property
    def closes(self) -> bool:
        """Whether nothing is given up."""
        return self.people <= 1.0


def in_force(situation: Situation) -> dict[str, float | None]:
    """The lines as they are applied now."""
    return {label.name: label.at_door for label in situation.labels}


def outcome(situation: Situation, lines: Lines) -> Outcome:
    """What these lines come to."""
    held = wrong = spread = harm = 0.0
    unseen: dict[str, Amount] = {}
    work = work_of(situation, lines)
    found = answers(situation, work)
    unanswered = situation.ends.unanswered(found)
    for label in situation.labels:
        below, above = label.cut(lines.get(label.name))
        unseen[label.name] = missed(below, above, unanswered)
        held += sum(band.a_day for band in above)
        wrong += sum(band.harmless_a_day for band in above)
        spread += _spread(above)
        harm += label.severity * unseen[label.name].a_day
    return Outcome(
        {label.name: lines.get(label.name) for label in situation.labels},
        held,
        work,
        found,
        unanswered,
        unseen,
        _amount(wrong, spread),
        wrong / situation.posts_an_author,
        harm + situation.aim.wrong_hold * wrong,
    )


def plan(situation: Situation) -> Plan:
    """The lines that do the least harm within what the people can do, beside those in force."""
    best = waiting.waits(situation.staffing, 0.0, situation.rhythm)
    reachable = best.share_within(situation.aim.minutes)
    now = answers(situation, 0.0)
    room = _room(situation, situation.aim.share * now.share_within(situation.aim.minutes))
    wanted = _best(situation, math.inf, 1.0 - situation.ends.unanswered(best))
    work = work_of(situation, wanted)
    enough = work <= room and not now.falls_behind
    people = 1.0 if enough else _people(situation, work)
    suggested = outcome(situation, wanted) if enough else _within(situation, room, 1.0 - situation.ends.unanswered(now))
    posts = room * suggested.held_a_day / suggested.work_a_day if suggested.work_a_day else room
    return Plan(
        outcome(situation, in_force(situation)), suggested, _with(situation, wanted, people), reachable, posts, people
    )


def work_of(situation: Situation, lines: Lines) -> float:
    """What these lines take people, in average cases a day."""
    return sum(band.work_a_day for label in situation.labels for band in label.cut(lines.get(label.name))[1])


def _within(situation: Situation, room: float, answered: float) -> Outcome:
    """The least harm at no more work than this. Less of it may do less: more holds are answered before they end."""
    tried = [_best(situation, part * room, answered) for part in PARTS]
    return min((outcome(situation, lines) for lines in tried), key=lambda each: each.harm)


def _with(situation: Situation, lines: Lines, people: float) -> Outcome:
    """What lines come to with so many times the people; with as many as anybody could reckon with where that isn't
    enough."""
    factor = min(people, MOST_PEOPLE)
    return outcome(replace(situation, staffing=situation.staffing.times(factor)) if factor > 1.0 else situation, lines)


def answers(situation: Situation, work_a_day: float) -> Waits:
    """How long held posts wait when so many average cases come besides everything else."""
    return waiting.waits(situation.staffing, work_a_day + situation.others_a_day, situation.rhythm)


def missed(below: Sequence[Band], above: Sequence[Band] = (), unanswered: float = 0.0) -> Amount:
    """What breaks a rule among posts that a line lets by, and among this part of those that it holds. Of what is let by
    it is at least no more than decisions of such posts alone prove.
    """
    ended = _amount(unanswered * sum(band.harmful_a_day for band in above), unanswered**2 * _spread(above))
    let_by = sum(band.harmful_a_day for band in below)
    said = _amount(let_by + ended.a_day, _spread(below) + unanswered**2 * _spread(above))
    decided, upheld = sum(band.decided for band in below), sum((band.upheld for band in below), 0.0)
    if not decided:
        return said
    proven = sum(band.a_day for band in below) * exact.lower_bound(upheld, decided, ONE_SIDE)
    return replace(said, low=min(said.low, proven + ended.low))


def _spread(bands: Sequence[Band]) -> float:
    """The variance of what they hold. What is borrowed, and what the curve says of a band beside its few decisions, is
    wrong in the same direction everywhere; decisions aren't."""
    shared = [band.unsure if band.alike is None else min(band.alike, band.unsure) for band in bands]
    pairs = list(zip(bands, shared, strict=True))
    alike = sum(band.a_day * part for band, part in pairs)
    return alike**2 + sum(band.a_day**2 * (band.unsure**2 - part**2) for band, part in pairs)


def _amount(mean: float, variance: float) -> Amount:
    """A log-normal interval of what one day has, which is chance besides: what is counted is never below nothing."""
    if mean <= 0.0:
        return Amount(0.0, 0.0, 0.0)
    width = math.exp(Z * math.sqrt(math.log1p((variance + mean) / mean**2)))
    return Amount(mean, mean / width, mean * width)


def _room(situation: Situation, wanted: float) -> float:
    """The most average cases a day, held, of which this part is answered in time."""
    low, high = 0.0, max(0.0, situation.staffing.cases_a_day - situation.others_a_day)
    for _ in range(11):
        middle = (low + high) / 2.0
        enough = answers(situation, middle).share_within(situation.aim.minutes) >= wanted
        low, high = (middle, high) if enough else (low, middle)
    return low


@dataclass(frozen=True, slots=True)
class _Step:
    """A label's line, one place lower."""

    label: Label
    band: Band
    worth: float
    """What it spares to hold a post of this band, for the time of an average case."""


def _best(situation: Situation, room: float, answered: float) -> dict[str, float | None]:
    """Holding costs people's time, so the bands that spare most harm for as much of it come first. What isn't
    `answered` before its hold ends spares none.

    What is grave is held as it is now, before everything else. Labels that the policy never holds stay so.
    """
    lines: dict[str, float | None] = {label.name: label.line if label.grave else None for label in situation.labels}
    left = room - sum(band.work_a_day for label in situation.labels for band in label.cut(lines[label.name])[1])
    harmless = max((sum(band.harmless_a_day for band in label.bands) for label in situation.labels), default=0.0)
    fine = situation.aim.harmless_at_most * harmless
    fine -= sum(band.harmless_a_day for label in situation.labels for band in label.cut(lines[label.name])[1])
    for step in _steps(situation, lines, answered):
        label, band = step.label, step.band
        above = lines[label.name]
        if (NEVER if above is None else above) != band.high or step.worth <= 0:
            continue
        if band.work_a_day <= left + 1e-9 and band.harmless_a_day <= fine + 1e-9:
            lines[label.name] = band.low
            left, fine = left - band.work_a_day, fine - band.harmless_a_day
    return lines


def _steps(situation: Situation, lines: Lines, answered: float) -> list[_Step]:
    """All that could be held besides, what spares most first; of what spares alike, the higher score."""
    wrong = situation.aim.wrong_hold
    found = [
        _Step(label, band, (answered * label.severity * band.harm - wrong * (1.0 - band.harm)) / band.effort)
        for label in situation.labels
        if label.line is not None
        for band in label.cut(lines[label.name])[0]
        if band.low > 0.0
    ]
    return sorted(found, key=lambda step: (-step.worth, -step.band.low))


def _people(situation: Situation, work_a_day: float) -> float:
    """How many times the people, at the same hours, answer so many average cases as wanted; in twentieths. Infinite
    beyond MOST_PEOPLE."""
    low, high = 1.0, 2.0
    while not _answered(situation, high, work_a_day):
        if high >= MOST_PEOPLE:
            return math.inf
        low, high = high, 2.0 * high
    for _ in range(5):
        middle = (low + high) / 2.0
        low, high = (low, middle) if _answered(situation, middle, work_a_day) else (middle, high)
    return math.ceil(20.0 * high) / 20.0


def _answered(situation: Situation, factor: float, work_a_day: float) -> bool:
    staffing, aim = situation.staffing.times(factor), situation.aim
    found = waiting.waits(staffing, work_a_day + situation.others_a_day, situation.rhythm)
    best = waiting.waits(staffing, 0.0, situation.rhythm)
    return found.share_within(aim.minutes) >= aim.share * min(1.0, best.share_within(aim.minutes))
