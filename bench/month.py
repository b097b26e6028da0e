"""A month of a house, simulated: what comes, a crew with shifts, words that change, a wave, and what is done about it.

python -m bench.month [--seed 1] [--data ../shared/data] [--out docs/month]

With --data posts are public texts and learning is real: see `bench.month_words`. Without, they are numbers: scores are
drawn from the curves of the model's card. Everything that answers to them is the real code: the planner chooses lines
once a week from what was decided and sampled, the rule for lines that go up by themselves looks every ten minutes,
drift is measured and lines are proven from the same rows' worth of decisions.

What retraining regains of words that the model never saw follows, without texts, what `bench.few_labels` measured on
spam of a source left out, the harder of two: .45 of it is found at 95 % precision without a label, .49 after 20, .58
after 100, .77 after 300, where .83 is found of it when it is learnt from.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench import month_charts, month_words
from bench.month_words import Words
from models import registry
from moderation.drift import measures, windows
from moderation.learning.labelling import Said
from moderation.planning import adapting, bands, card, plans, readers, risk
from moderation.planning import found as people
from moderation.planning.adapting import Load
from moderation.planning.bands import Borrowed, Seen
from moderation.planning.plans import RHYTHM, Ends, Label, Situation
from moderation.planning.readers import Answers, Errors, Read
from moderation.planning.risk import Drawn, Error, Example
from moderation.planning.waiting import STEP_MINUTES, STEPS_A_DAY, Floats, Staffing
from moderation.policy.values import Adapt, Adapted, moved
from moderation.values import Action

Bools = NDArray[np.bool_]
BEGIN: Final = datetime(2026, 3, 2, tzinfo=UTC)
STEP: Final = STEP_MINUTES * 60
LABELS: Final = ("spam", "hate")
SEVERITY: Final[Mapping[str, float]] = {"spam": 4.0, "hate": 8.0}
HOLDS_FOR: Final = 4 * 3600
"""Seconds after which what nobody looked at is let in behind a warning."""
REGAINED: Final = ((0, 0.45 / 0.83), (20, 0.49 / 0.83), (100, 0.58 / 0.83), (300, 0.77 / 0.83))
RULE: Final = Adapt(on=True, minutes=60, logits=1.5, hours=6)
FORTNIGHT: Final = 14
THURSDAY: Final = 3
"""With words the model learns on Mondays, and lines are chosen three days later, of what the version in use judged."""
GUESS: Final = Borrowed(0.9, 0.5, 1 / 2000, 1 / 200, 0.3, 0.7)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What happens, whatever is done about it."""

    days: int = 28
    posts_a_day: int = 30_000
    """By people without a good record."""
    harmful: Mapping[str, float] = field(default_factory=lambda: {"spam": 0.006, "hate": 0.002})
    shifts: tuple[tuple[float, float], ...] = ((7, 13), (12, 18), (17, 23))
    short: int = 11
    """The day on which the second doesn't come."""
    wave: int = 17
    """The day on which spam comes besides, from ten o'clock until ten at night, each unlike the others."""
    in_wave: int = 1500
    seconds: float = 75.0
    others: float = 40.0
    audits: int = 40
    new_words: tuple[int, int] = (6, 12)
    """From one day to the other, words come up that the model never saw; then half of what is harmful has them."""
    wrong: float = 0.04
    """How often people decide the other way."""
    again: float = 0.02
    """The part of decisions that is read again by lot. What is found harmful in a sample always is, and of held posts
    that are let in as large a part as is drawn of the others; where two differ, a lead has the last word."""
    twice: bool = True
    """Whether anything is read again."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Means:
    """What is done: do lines follow the planner, may they go up by themselves, is the model retrained?"""

    name: str
    planned: bool = False
    adapts: bool = False
    retrained: bool = False


WAYS: Final = (
    Means("as at first"),
    Means("planned, retrained", planned=True, retrained=True),
    Means("and going up by themselves", planned=True, retrained=True, adapts=True),
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it went. Waits are minutes of what was held that day; None where nothing was answered."""

    held: int
    middle: float
    tenth: float
    """What one in ten waits at least."""
    missed: int
    said: float
    """What the planner said would be missed a day."""
    low: float
    high: float
    wrong: int
    unanswered: int
    """Holds that ended by themselves."""
    up: float
    """Hours in which lines were up."""
    psi: float
    drifted: tuple[str, ...]
    """Labels whose scores aren't as before."""
    lines: Mapping[str, float | None]
    proven: float | None
    """The line for spam that decisions prove: at most one harmless post in a hundred held, nine in ten."""


@dataclass(slots=True)
class Posts:
    """A day's posts. `kind` is -1 for harmless, else the label's number."""

    at: Floats
    kind: Floats
    scores: Floats
    """(posts, labels)"""
    new: Bools
    drawn: month_words.Drawn | None = None
    """Their texts, where they have any."""


@dataclass(slots=True)
class Case:
    """Something for people. `post` is None for reports and appeals."""

    at: float
    post: int | None
    held: bool
    harmful: bool = False
    again: bool = False
    """Whether somebody else has read it before."""


@dataclass(slots=True)
class Kept:
    """What the rows keep of a day: what came, what was held, and what each said who read it, the first one first."""

    posts: Posts
    held: Bools
    answers: dict[int, list[bool]] = field(default_factory=dict)
    by_lot: set[int] = field(default_factory=set)
    """What was read again and not for what the first said."""


class House:
    """The month under some means."""

    def __init__(self, scenario: Scenario, means: Means, words: Words | None = None) -> None:
        self.of, self.means, self.words = scenario, means, words
        self.rng = np.random.default_rng(scenario.seed)
        known = card.figures(registry.current())
        self.figures = {label: known.get(label, GUESS) for label in LABELS}
        self.lines: dict[str, float | None] = {label: self.figures[label].hold for label in LABELS}
        self.kept: deque[Kept] = deque(maxlen=28)
        self.days: dict[int, Kept] = {}
        self.counts: list[dict[str, Counter[str]]] = []
        self.learnt = 0
        self.new_decided = 0
        self.adapted: Adapted | None = None
        self.ended_at: datetime | None = None
        self.queue: deque[Case] = deque()
        self.free = [0.0] * len(scenario.shifts)
        self.promise = plans.Amount(0.0, 0.0, 0.0)
        self.proven: float | None = None
        self.last: Adapted | None = None

    def run(self) -> Iterator[Day]:
        """Day by day."""
        for day in range(self.of.days):
            if day and day % 7 == 0 and self.means.retrained:
                self._learn(day)
            if day and day % 7 == (0 if self.words is None else THURSDAY):
                self._look_back()
            yield self._day(day)

    def _learn(self, day: int) -> None:
        """What a week taught the model. Scores of another version say nothing of those of this one."""
        self.learnt = self.new_decided
        if self.words is not None and self.words.learn(day, self.figures["spam"].hold):
            self.kept.clear()

    def _look_back(self) -> None:
        """What a week says of the lines, and what can be proven."""
        situation = self._situation()
        if self.means.planned:
            self.lines = dict(plans.plan(situation).suggested.lines)
        missed = plans.outcome(situation, self.lines).missed
        self.promise = plans.Amount(*(sum(getattr(each, name) for each in missed.values()) for name in _AMOUNT))
        examples = risk.uniform(each for number, day in enumerate(self.kept) for each in self._drawn(number, day))
        found = risk.guaranteed(examples, Error.FALSE_HOLD, 0.01, bands.PLACES)
        self.proven = found.line if found is not None else None

    def _situation(self) -> Situation:
        lately = list(self.kept)[-FORTNIGHT:]
        errors = self._errors()
        labels = tuple(
            Label(
                label,
                SEVERITY[label],
                self.lines[label] if self.lines[label] is not None else self.figures[label].hold,
                bands.of_history(
                    (each for day in lately for each in self._seen(day, label)),
                    len(lately),
                    bands.places(self.lines[label]),
                    errors=errors,
                ),
            )
            for label in LABELS
        )
        hands = tuple(float(self._planned(step)) for step in range(STEPS_A_DAY)) * 7
        ends = Ends(HOLDS_FOR / 3600, HOLDS_FOR / 3600)
        return Situation(labels, Staffing(hands, self.of.seconds), self.of.others + self.of.audits, ends=ends)

    def _errors(self) -> Errors:
        """How often people are wrong, as the planner knows it."""
        return readers.errors(
            Read(
                not day.held[index],
                said[0],
                said[0] == said[1] if len(said) > 1 else None,
                index in day.by_lot,
            )
            for day in self.kept
            for index, said in day.answers.items()
        )

    def _seen(self, day: Kept, label: str) -> Iterator[Seen]:
        """Every score of a day, and what people found of what they looked at."""
        answers = {
            index: [self._found(day.posts, index, bad, is_held=bool(day.held[index])) for bad in said]
            for index, said in day.answers.items()
        }
        for index, score in enumerate(day.posts.scores[:, LABELS.index(label)].tolist()):
            if index in answers:
                said = [label in each for each in answers[index]]
                given = Answers(sum(said), len(said) - sum(said))
                yield Seen(score, given.harmful > given.harmless, answers=given)
            else:
                yield Seen(score)

    def _planned(self, step: int) -> int:
        hour = step * 24 / STEPS_A_DAY
        return sum(begin <= hour < end for begin, end in self.of.shifts)

    def _there(self, day: int, step: int) -> list[int]:
        hour = step * 24 / STEPS_A_DAY
        return [
            number
            for number, (begin, end) in enumerate(self.of.shifts)
            if begin <= hour < end and not (day == self.of.short and number == 1)
        ]

    def _posts(self, day: int) -> Posts:
        """What comes on a day. The draws are the same whatever is done, for each day has its own."""
        rng, of = np.random.default_rng((self.of.seed, day)), self.of
        count = int(rng.poisson(of.posts_a_day))
        chances = [of.harmful[label] for label in LABELS]
        kind = rng.choice([-1, 0, 1], count, p=[1 - sum(chances), *chances])
        hours = rng.choice(24, count, p=np.asarray(RHYTHM) / sum(RHYTHM))
        at = day * 86_400 + (hours + rng.random(count)) * 3600
        if day == of.wave:
            kind = np.concatenate([kind, np.zeros(of.in_wave)])
            at = np.concatenate([at, day * 86_400 + rng.uniform(10, 22, of.in_wave) * 3600])
        first, last = of.new_words
        share = 0.5 * min(1.0, max(0.0, (day - first) / (last - first)))
        new = rng.random(len(at)) < share
        order = np.argsort(at)
        if self.words is not None:
            at, kind, new = at[order], kind[order], new[order]
            drawn = self.words.draw(day, kind, new, rng)
            return Posts(at, kind, drawn.scores, new, drawn)
        unseen = new & (rng.random(len(at)) >= self._known())
        scores = np.stack(
            [self._scores(rng, label, (kind == number) & ~unseen) for number, label in enumerate(LABELS)], axis=1
        )
        return Posts(at[order], kind[order], scores[order], new[order])

    def _known(self) -> float:
        """Which part of new words the model has learnt."""
        return float(np.interp(self.learnt, [count for count, _ in REGAINED], [part for _, part in REGAINED]))

    def _scores(self, rng: np.random.Generator, label: str, harmful: Bools) -> Floats:
        of, z = self.figures[label], rng.standard_normal(len(harmful))
        bad = bands.through(of.hold, of.label, of.harmful_over_hold, of.harmful_over_label)
        fine = bands.through(of.hold, of.label, of.harmless_over_hold, of.harmless_over_label)
        at, slope = np.where(harmful, bad[0], fine[0]), np.where(harmful, bad[1], fine[1])
        return np.asarray(1.0 / (1.0 + np.exp(-(z - at) / slope)), dtype=np.float64)

    def _day(self, day: int) -> Day:
        posts = self._posts(day)
        held = np.zeros(len(posts.at), dtype=bool)
        kept = self.days[day] = Kept(posts, held)
        self.kept.append(kept)
        cases = self._cases(day, posts)
        waits: list[float] = []
        unanswered, missed, up = 0, 0, 0.0
        for step in range(STEPS_A_DAY):
            begin = day * 86_400.0 + step * STEP
            there = self._there(day, step)
            self._adapt(begin, len(there), self._planned(step))
            up += STEP / 3600 if self.adapted is not None else 0.0
            self._arrive(cases, begin + STEP, posts, held)
            while self.queue and self.queue[0].held and self.queue[0].at < begin - HOLDS_FOR:
                missed += self.queue.popleft().harmful
                unanswered += 1
            for case, done in self._work(there, begin):
                if case.held:
                    waits.append((done - case.at) / 60)
                if case.post is not None:
                    self._answer(case, case.post, done)
        if self.words is not None and posts.drawn is not None:
            said = {index: _said(each[0], int(posts.kind[index])) for index, each in kept.answers.items()}
            self.words.remember(day, posts.drawn, said, held, BEGIN + timedelta(days=day + 1))
        missed += int(((posts.kind >= 0) & ~held).sum())
        psi, drifted = self._drift(posts)
        return Day(
            int(held.sum()),
            float(np.median(waits)) if waits else 0.0,
            float(np.quantile(waits, 0.9)) if waits else 0.0,
            missed,
            self.promise.a_day,
            self.promise.low,
            self.promise.high,
            int((held & (posts.kind < 0)).sum()),
            unanswered,
            up,
            psi,
            tuple(drifted),
            dict(self.lines),
            self.proven,
        )

    def _cases(self, day: int, posts: Posts) -> deque[Case]:
        """What may become a case today, in order: what a line would hold, samples of the rest, reports and appeals."""
        least = np.array([1.1 if self.lines[label] is None else self.lines[label] for label in LABELS])
        over = (posts.scores >= least).any(axis=1)
        rest = np.flatnonzero(~over)
        sampled = self.rng.choice(rest, min(self.of.audits, len(rest)), replace=False)
        found = [
            Case(float(posts.at[index]), int(index), True, bool(posts.kind[index] >= 0))
            for index in np.flatnonzero(over)
        ]
        found += [Case(float(posts.at[index]), int(index), False) for index in sampled]
        others = day * 86_400 + self.rng.random(self.rng.poisson(self.of.others)) * 86_400
        found += [Case(float(at), None, False) for at in others]
        return deque(sorted(found, key=lambda case: case.at))

    def _arrive(self, cases: deque[Case], until: float, posts: Posts, held: Bools) -> None:
        while cases and cases[0].at < until:
            case = cases.popleft()
            if case.held and case.post is not None:
                if not self._holds(posts.scores[case.post]):
                    continue  # let in behind a warning: lines are up
                held[case.post] = True
            self.queue.append(case)

    def _holds(self, scores: Floats) -> bool:
        lift = self.adapted.logits if self.adapted is not None else 0.0
        lines = [self.lines[label] for label in LABELS]
        return any(
            line is not None and score >= (moved(line, lift) if lift else line)
            for line, score in zip(lines, scores, strict=True)
        )

    def _work(self, there: list[int], begin: float) -> list[tuple[Case, float]]:
        done = []
        while there and self.queue:
            case = self.queue[0]
            free, who = min((max(self.free[number], begin, case.at), number) for number in there)
            if free >= begin + STEP:
                break
            self.queue.popleft()
            self.free[who] = free + float(self.rng.exponential(self.of.seconds))
            done.append((case, self.free[who]))
        return done

    def _adapt(self, at: float, there: int, planned: int) -> None:
        """The real rule, as the worker asks it."""
        if not self.means.adapts:
            return
        now = BEGIN + timedelta(seconds=at)
        load = Load(len(self.queue), there, planned, timedelta(seconds=self.of.seconds))
        if self.adapted is not None:
            if now >= self.adapted.until or adapting.is_relieved(load, RULE):
                self.last, self.adapted, self.ended_at = self.adapted, None, now
            elif (logits := adapting.wanted(load, RULE)) > self.adapted.logits:
                self.adapted = Adapted(self.adapted.until, logits)
            return
        logits = adapting.wanted(load, RULE)
        if logits and adapting.may_begin(self.last, self.ended_at, RULE, now):
            self.adapted = Adapted(now + timedelta(hours=RULE.hours), logits)

    def _answer(self, case: Case, post: int, done: float) -> None:
        """What somebody says, and whether somebody else is asked, who hears nothing of it."""
        day = self.days[int(case.at // 86_400)]
        harmful = bool(day.posts.kind[post] >= 0)
        bad = harmful != (self.rng.random() < self.of.wrong)
        said = day.answers.setdefault(post, [])
        said.append(bad)
        if not case.again:
            self.new_decided += int(bad and bool(day.posts.new[post]))
            by_lot = self.rng.random() < self.of.again
            weighs = bad if not case.held else not bad and self.rng.random() < self.of.audits / self.of.posts_a_day
            if self.of.twice and (by_lot or weighs):
                day.by_lot |= {post} if by_lot else set()
                self.queue.append(Case(case.at, post, False, harmful, again=True))
        elif said[0] != bad:
            said.append(harmful != (self.rng.random() < self.of.wrong))

    def _drawn(self, number: int, day: Kept) -> list[Drawn]:
        """What people looked at, with the chance that it had; what more say than not is what it is."""
        held = sum(bool(day.held[index]) for index in day.answers)
        chance = {
            True: held / max(1, int(day.held.sum())),
            False: (len(day.answers) - held) / max(1, int((~day.held).sum())),
        }
        found = []
        for index, said in day.answers.items():
            is_held, bad = bool(day.held[index]), 2 * sum(said) > len(said)
            labels = self._found(day.posts, index, bad, is_held=is_held)
            example = Example(float(day.posts.scores[index, 0]), LABELS[0] in labels)
            found.append(Drawn(example, chance[is_held], f"{number}:{index}"))
        return found

    def _found(self, posts: Posts, index: int, bad: bool, *, is_held: bool) -> frozenset[str]:
        """What the planner takes a decision for. Who removes something names the rule that it breaks; of something
        harmless that is the one that it was held for, or the likeliest."""
        scores = dict(zip(LABELS, posts.scores[index].tolist(), strict=True))
        likeliest, kind = max(scores, key=scores.__getitem__), int(posts.kind[index])
        about = (LABELS[kind],) if kind >= 0 else (likeliest,)
        said = Said(
            Action.REMOVE if bad else Action.NO_ACTION,
            about if bad else (),
            case_label=likeliest if is_held else None,
            sampled=not is_held,
            scores=scores,
        )
        return people.labels_of(said, by_rule=bad) or frozenset()

    def _drift(self, posts: Posts) -> tuple[float, list[str]]:
        """The last week's scores beside the days before, up to four weeks, as the nightly job compares them: how far
        those for spam are from before, and which labels' have changed."""
        self.counts.append({label: _binned(posts.scores[:, number]) for number, label in enumerate(LABELS)})
        psi, drifted = 0.0, []
        for label in LABELS:
            days = [each[label] for each in self.counts[-windows.NOW_DAYS - windows.BEFORE_DAYS :]]
            now = sum(days[-windows.NOW_DAYS :], Counter())
            order = [str(place) for place in range(len(measures.SCORES) + 1)]
            found = windows.compare(measures.SCORE + label, days[: -windows.NOW_DAYS], now, order)
            psi = found[0].psi if found[0] is not None and label == LABELS[0] else psi
            drifted += [label] * any(each is not None and each.drifted for each in found)
        return psi, drifted


def _binned(scores: Floats) -> Counter[str]:
    places = np.searchsorted(measures.SCORES, scores, side="right")
    return Counter({str(place): int(count) for place, count in enumerate(np.bincount(places))})


def _said(bad: bool, kind: int) -> list[float]:
    """The labels that a decision gives; who takes something harmless for harmful takes it for spam."""
    return [float(bad and number == max(kind, 0)) for number in range(len(LABELS))]


_AMOUNT: Final = ("a_day", "low", "high")


def main() -> None:
    """Run the month three ways, print what came of it, and draw it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--days", type=int, default=28)
    asked.add_argument("--wrong", type=float, default=0.04, help="how often people decide the other way")
    asked.add_argument("--once", action="store_true", help="nothing is read again")
    asked.add_argument("--data", type=Path, help="posts are texts of this directory, and learning is real")
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    scenario = Scenario(seed=given.seed, days=given.days, wrong=given.wrong, twice=not given.once)
    found: dict[str, list[Day]] = {}
    pools = month_words.pools(given.data, LABELS) if given.data is not None else None
    for means in WAYS:
        begun = time.perf_counter()
        with tempfile.TemporaryDirectory() as root:
            words = Words(pools, LABELS, scenario.days, Path(root)) if pools is not None else None
            found[means.name] = list(House(scenario, means, words).run())
        print(f"{means.name} ({time.perf_counter() - begun:.0f} s)")
        for line in summary(found[means.name], scenario):
            print("  " + line)
        for monday in words.mondays if words is not None else ():
            print("  " + month_words.described(monday))
    if given.out is not None:
        month_charts.write(given.out, found, scenario.wave, scenario.short, scenario.new_words[0])


def summary(days: list[Day], scenario: Scenario) -> list[str]:
    """A month in a few lines."""
    weeks = [days[number : number + 7] for number in range(0, len(days), 7)]
    kept = [day for day in days if day.high]
    inside = sum(day.low <= day.missed <= day.high for day in kept)
    found = [
        "held a day, by week: " + ", ".join(f"{np.mean([day.held for day in week]):.0f}" for week in weeks),
        "missed a day, by week: " + ", ".join(f"{np.mean([day.missed for day in week]):.0f}" for week in weeks),
        "wrongly held a day, by week: " + ", ".join(f"{np.mean([day.wrong for day in week]):.0f}" for week in weeks),
        "half answered within, by week: "
        + ", ".join(f"{np.mean([day.middle for day in week]):.0f} min" for week in weeks),
        f"holds that nobody answered: {sum(day.unanswered for day in days)}",
        f"hours in which lines were up: {sum(day.up for day in days):.1f}",
        "drift was noticed on: "
        + (
            ", ".join(f"day {number} ({', '.join(day.drifted)})" for number, day in enumerate(days) if day.drifted)
            or "no day"
        ),
        f"days on which what was missed lay in the planner's interval: {inside} of {len(kept)}",
    ]
    for name, number in (("wave", scenario.wave), ("short shift", scenario.short)):
        if number < len(days):
            day = days[number]
            found.append(f"on the day of the {name}: {day.held} held, one in ten waited {day.tenth:.0f} min or longer")
    return found


if __name__ == "__main__":
    main()
