"""The gate: whether a candidate is worse than the version in use anywhere that counts, and where, in figures.

Everything that is compared is paired: both versions score the same texts. On decisions, which are few and unalike,
worse means worse by more than chance explains in all that is compared at once; on our own sentences, which are always
the same, by more than a stated tolerance.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from models import functional
from models.attacks import ATTACKS
from models.functional import Case, Report
from models.functional.judging import Scorer
from models.labels import LABELS
from models.local.learning import Labelled
from models.measures import roc_auc

Floats = npt.NDArray[np.float64]

AUC_TOLERANCE: Final = 0.02
SHARE_TOLERANCE: Final = 0.03
HELD_TOLERANCE: Final = 0.005
DISGUISED_TOLERANCE: Final = 0.05
WRONGED_TOLERANCE: Final = 0.05
LEAST_SIDE: Final = 10
"""With fewer on either side nothing is said of a label."""
LEAST_FOR_FIGURES: Final = 30
CHANCE: Final = 0.05
"""How often a version that is no worse may be refused for what chance alone did among decisions, however much is
compared there."""
SURE: Final = 1.645
"""Standard errors: one-sided, 95 %."""
_SLACK: Final = 0.002
"""A mean may grow by so much whatever chance explains."""
_PROBES: Final = 240
_SEED: Final = 20240611


@dataclass(frozen=True)
class Compared:
    """One thing that was compared. `part` says of what: a label, a language, a disguise, a group of people."""

    area: str
    measure: str
    part: str
    before: float
    after: float
    tolerance: float
    n: int
    passed: bool
    error: float = 0.0
    """The standard error of the difference; 0 where chance isn't reckoned with."""

    def as_dict(self) -> dict[str, Any]:
        """JSON's types only."""
        return asdict(self) | {"before": round(self.before, 4), "after": round(self.after, 4)}


@dataclass(frozen=True)
class Judged:
    """What the gate says: everything that was compared, and whether the candidate may be put in use."""

    compared: tuple[Compared, ...]

    @property
    def passed(self) -> bool:
        """Whether it is worse nowhere."""
        return all(each.passed for each in self.compared)

    def failures(self) -> tuple[Compared, ...]:
        """Where it is worse."""
        return tuple(each for each in self.compared if not each.passed)


def judge(current: Scorer, candidate: Scorer, held: Sequence[Labelled]) -> Judged:
    """Compare a candidate with the version in use, on decisions that neither has learnt from and on our sentences."""
    reports = functional.run(current), functional.run(candidate)
    found = [
        *on_decisions(current, candidate, held),
        *_functions(*reports),
        *_at_the_lines(current, candidate, functional.cases()),
        *_fairness(*reports),
        *_disguises(current, candidate, functional.cases()),
    ]
    return Judged(tuple(found))


def on_decisions(current: Scorer, candidate: Scorer, held: Sequence[Labelled]) -> list[Compared]:
    """The part of the comparison that is about decisions, by label, and by label and language."""
    if not held:
        return []
    texts, languages = [each.text for each in held], [each.language for each in held]
    before, after = (_scores(model, texts, languages) for model in (current, candidate))
    weights = np.array([each.weight for each in held])
    groups = {"": np.ones(len(held), dtype=bool)}
    for language in sorted({each or "" for each in languages} - {""}):
        groups[language] = np.array([each == language for each in languages])
    found: list[Compared] = []
    for place, label in enumerate(LABELS):
        truth = np.array([_mark(each.labels.get(label)) for each in held])
        for language, mine in groups.items():
            known = ~np.isnan(truth)
            if language and bool(mine[known].all()):
                continue  # it would be the same once more
            chosen = np.flatnonzero(mine & known)
            harmful = truth[chosen] >= 0.5
            if min(int(harmful.sum()), int((~harmful).sum())) < LEAST_SIDE:
                continue
            part = f"{label} {language}".strip()
            lines = current.lines[label].hold, candidate.lines[label].hold
            found += of_label(part, truth[chosen], before[chosen, place], after[chosen, place], lines, weights[chosen])
    return together(found)


def together(found: Sequence[Compared]) -> list[Compared]:
    """The same, as many comparisons at once: each may differ by so much more that a version which is no worse fails
    any of them with `CHANCE` at most (C. Bonferroni; S. Holm's steps refuse the same versions)."""
    unlike = sum(each.error > 0.0 for each in found)
    if not unlike:
        return list(found)
    sure = NormalDist().inv_cdf(1 - CHANCE / unlike)
    return [_passing(each, sure) for each in found]


def _passing(each: Compared, sure: float) -> Compared:
    """Whether it is worse by no more than its slack and so many standard errors."""
    slack, worse = _SLACK, each.after - each.before
    if each.measure == "auc":
        slack, worse = AUC_TOLERANCE, -worse
    tolerance = slack + sure * each.error
    return replace(each, tolerance=tolerance, passed=worse <= tolerance)


def of_label(
    part: str, truth: Floats, before: Floats, after: Floats, lines: tuple[float, float], weights: Floats
) -> list[Compared]:
    """What two versions' scores say of what people decided of a label: how far off, in which order, what is held and
    what of the harmful isn't.

    `weights` (n,) is for how many each stands. Where that differs, order is compared among what was looked at, too,
    each alike: a few that stand for many say little of it by themselves.
    """
    harmful = truth >= 0.5
    n = len(truth)
    losses = [-(truth * np.log(_in(each)) + (1 - truth) * np.log(1 - _in(each))) for each in (before, after)]
    held = [each > line for each, line in zip((before, after), lines, strict=True)]
    wrong, missed = (
        [(each & ~harmful).astype(float) for each in held],
        [(~each[harmful]).astype(float) for each in held],
    )
    found = [
        paired("decisions", "log_loss", part, losses[0], losses[1], weights),
        _in_order("decisions", part, harmful, before, after, weights),
        paired("decisions", "wrongly_held", part, wrong[0], wrong[1], weights),
        paired("decisions", "missed", part, missed[0], missed[1], weights[harmful]),
    ]
    if len(set(weights.tolist())) > 1:
        found.append(_in_order("looked_at", part, harmful, before, after, np.ones(n)))
    return found


def _in_order(
    area: str, part: str, harmful: npt.NDArray[np.bool_], before: Floats, after: Floats, weights: Floats
) -> Compared:
    """Whether harmful stands above harmless no less often than before: beyond the tolerance, and beyond chance.

    Either side has its own part in that (E. DeLong and others 1988): ten harmful ones say little, whatever they are
    compared with.
    """
    was, now = roc_auc(before, harmful, weights), roc_auc(after, harmful, weights)
    gained = _ranks(after, harmful, weights) - _ranks(before, harmful, weights)
    sides = [_mean(gained[side], weights[side])[1] for side in (harmful, ~harmful)]
    error = math.hypot(*sides)
    return _passing(Compared(area, "auc", part, was, now, 0.0, len(harmful), passed=True, error=error), SURE)


def _ranks(scores: Floats, harmful: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    """Of each text, which part of the other side it is on the right side of."""
    right = np.empty(len(scores))
    right[harmful] = _below(scores[~harmful], weights[~harmful], scores[harmful], "left")
    right[~harmful] = 1 - _below(scores[harmful], weights[harmful], scores[~harmful], "right")
    return right


def _below(others: Floats, weights: Floats, scores: Floats, side: Literal["left", "right"]) -> Floats:
    """(n,): which part of the others, by weight, is below each score; on the right side those that are equal, too."""
    order = np.argsort(others, kind="stable")
    summed = np.concatenate(([0.0], np.cumsum(weights[order])))
    found: Floats = summed[np.searchsorted(others[order], scores, side=side)] / summed[-1]
    return found


def _mean(values: Floats, weights: Floats) -> tuple[float, float]:
    """The weighed mean, and its standard error."""
    whole = float(weights.sum())
    mean = float(weights @ values) / whole
    return mean, float(np.sqrt(weights**2 @ (values - mean) ** 2)) / whole


def paired(area: str, measure: str, part: str, before: Floats, after: Floats, weights: Floats) -> Compared:
    """Whether a mean that should be small has grown by more than chance. `weights` (n,): for how many each stands."""
    was, now = _mean(before, weights)[0], _mean(after, weights)[0]
    error = _mean(after - before, weights)[1]
    return _passing(Compared(area, measure, part, was, now, 0.0, len(weights), passed=True, error=error), SURE)


def _functions(before: Report, after: Report) -> list[Compared]:
    found: list[Compared] = []
    for language in sorted(before.auc):
        for harmful, measure in ((True, "harmful_right"), (False, "harmless_right")):
            was, now = (each.rightly(language, harmful=harmful) for each in (before, after))
            n = sum(one.at_half.of for one in before.outcomes if (one.language, one.harmful) == (language, harmful))
            passed = now >= was - SHARE_TOLERANCE
            found.append(Compared("functional", measure, language, was, now, SHARE_TOLERANCE, n, passed))
        held = [
            [one.held for one in each.outcomes if one.language == language and not one.harmful]
            for each in (before, after)
        ]
        of = sum(one.of for one in held[0])
        shares = [sum(one.count for one in each) / max(of, 1) for each in held]
        passed = shares[1] <= shares[0] + HELD_TOLERANCE
        found.append(Compared("functional", "wrongly_held", language, shares[0], shares[1], HELD_TOLERANCE, of, passed))
    return found


def _at_the_lines(current: Scorer, candidate: Scorer, cases: Sequence[Case]) -> list[Compared]:
    """Whether harmful sentences still stand above harmless ones, by label and language, and are still held."""
    texts, languages = [case.text for case in cases], [case.language for case in cases]
    before, after = (_scores(model, texts, languages) for model in (current, candidate))
    found: list[Compared] = []
    for language in sorted(set(languages)):
        mine = [row for row, case in enumerate(cases) if case.language == language and case.harmful]
        missed = [
            np.array([each[row, LABELS.index(cases[row].label)] <= model.lines[cases[row].label].hold for row in mine])
            for model, each in ((current, before), (candidate, after))
        ]
        was, now = (each.astype(float) for each in missed)
        found.append(paired("functional", "missed", language, was, now, np.ones(len(mine))))
    for language, label in sorted({(case.language, case.label) for case in cases}):
        mine = [row for row, case in enumerate(cases) if (case.language, case.label) == (language, label)]
        harmful = np.array([cases[row].harmful for row in mine])
        if not 0 < int(harmful.sum()) < len(mine):
            continue
        place = LABELS.index(label)
        scores = before[mine, place], after[mine, place]
        found.append(_in_order("functional", f"{label} {language}", harmful, *scores, np.ones(len(mine))))
    return found


def _fairness(before: Report, after: Report) -> list[Compared]:
    """Harmless mentions of people: nobody may be labelled more often for being named."""
    found: list[Compared] = []
    for language, rates in before.wronged.items():
        for identity, was in rates.items():
            now = after.wronged[language][identity]
            passed = now.share <= was.share + WRONGED_TOLERANCE
            part = f"{identity} {language}"
            found.append(
                Compared("fairness", "wrongly_labelled", part, was.share, now.share, WRONGED_TOLERANCE, was.of, passed)
            )
    return found


def _disguises(current: Scorer, candidate: Scorer, cases: Sequence[Case]) -> list[Compared]:
    """Whether as many harmful sentences are found in disguise, and no more harmless ones are."""
    rng = random.Random(_SEED)
    found: list[Compared] = []
    sides = [[case for case in cases if case.harmful is harmful] for harmful in (True, False)]
    harmful, harmless = (rng.sample(side, min(_PROBES, len(side))) for side in sides)
    for name in sorted(ATTACKS):
        for chosen, measure in ((harmful, "disguised_found"), (harmless, "disguised_labelled")):
            texts = [ATTACKS[name](case.text, random.Random(f"{_SEED}{case.text}")) for case in chosen]
            was, now = (_above(model, chosen, texts) for model in (current, candidate))
            worse = was - now if chosen is harmful else now - was
            passed = worse <= DISGUISED_TOLERANCE
            found.append(Compared("disguises", measure, name, was, now, DISGUISED_TOLERANCE, len(texts), passed))
    return found


def _above(model: Scorer, cases: Sequence[Case], texts: Sequence[str]) -> float:
    """Which share is above its label's line for a label."""
    scored = model.score(texts, [case.language for case in cases])
    above = [
        (result.scores[case.label] or 0.0) > model.lines[case.label].label
        for case, result in zip(cases, scored, strict=True)
    ]
    return sum(above) / max(len(above), 1)


def _scores(model: Scorer, texts: Sequence[str], languages: Sequence[str | None]) -> Floats:
    """(n, labels): 0 where it abstains, since then nothing comes of it."""
    scored = model.score(texts, languages)
    return np.array([[result.scores[label] or 0.0 for label in LABELS] for result in scored], dtype=np.float64)


def _mark(value: float | None) -> float:
    return float("nan") if value is None else value


def _in(scores: Floats) -> Floats:
    inside: Floats = np.clip(scores, 1e-4, 1 - 1e-4)
    return inside


def as_json(judged: Judged) -> Mapping[str, Any]:
    """As it is kept."""
    return {"passed": judged.passed, "compared": [each.as_dict() for each in judged.compared]}
