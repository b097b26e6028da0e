"""What a text model makes of the functional tests: by function, and of harmless sentences by who is named in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Protocol

import numpy as np

from models import measures
from models.artefact import Lines
from models.functional.sentences import Case, cases
from models.textmodel import TextScores

HALF: Final = 0.5
"""More likely than not: what classifiers are compared at."""


class Scorer(Protocol):
    """What is judged: any version of the text model."""

    version: str
    lines: Mapping[str, Lines]

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> Sequence[TextScores]:
        """One for each text."""


@dataclass(frozen=True)
class Rate:
    """So many of so many."""

    of: int
    count: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.count / self.of if self.of else 0.0


@dataclass(frozen=True)
class Outcome:
    """One function in one language: sentences that were taken rightly at the label line, at one half, and held."""

    language: str
    label: str
    function: str
    harmful: bool
    at_label_line: Rate
    at_half: Rate
    held: Rate


@dataclass(frozen=True)
class Report:
    """All functions. `auc` is by language and label; `wronged` by language and identity: harmless sentences that name
    them and that would get a label for hate."""

    version: str
    outcomes: tuple[Outcome, ...]
    auc: Mapping[str, Mapping[str, float]]
    wronged: Mapping[str, Mapping[str, Rate]]

    def rightly(self, language: str | None = None, *, harmful: bool | None = None, label: str | None = None) -> float:
        """The mean over functions of the share that is right at one half: each function counts alike."""
        chosen = [
            each.at_half.share
            for each in self.outcomes
            if language in (None, each.language) and harmful in (None, each.harmful) and label in (None, each.label)
        ]
        return sum(chosen) / len(chosen) if chosen else 0.0

    def as_dict(self) -> dict[str, object]:
        """For reports and pages: JSON's types only."""
        return {
            "version": self.version,
            "outcomes": [
                {
                    "language": each.language,
                    "label": each.label,
                    "function": each.function,
                    "harmful": each.harmful,
                    "n": each.at_half.of,
                    "right_at_label_line": each.at_label_line.count,
                    "right_at_half": each.at_half.count,
                    "held": each.held.count,
                }
                for each in self.outcomes
            ],
            "auc": {language: dict(by_label) for language, by_label in self.auc.items()},
            "wronged": {
                language: {identity: {"n": rate.of, "labelled": rate.count} for identity, rate in rates.items()}
                for language, rates in self.wronged.items()
            },
        }


@dataclass(frozen=True)
class _Judged:
    case: Case
    score: float
    line: Lines


def run(model: Scorer, chosen: Sequence[Case] | None = None) -> Report:
    """Let a model score every sentence; where it abstains, its score is 0: it found nothing."""
    wanted = cases() if chosen is None else chosen
    scored = model.score([case.text for case in wanted], [case.language for case in wanted])
    judged = [
        _Judged(case, result.scores[case.label] or 0.0, model.lines[case.label])
        for case, result in zip(wanted, scored, strict=True)
    ]
    outcomes = tuple(_outcome(group) for group in _grouped(judged, _function))
    return Report(model.version, outcomes, _aucs(judged), _wronged(judged))


def _function(one: _Judged) -> tuple[str, str, bool, str]:
    return one.case.language, one.case.label, one.case.harmful, one.case.function


def _grouped(judged: Iterable[_Judged], key: Callable[[_Judged], tuple[object, ...]]) -> list[list[_Judged]]:
    ordered = sorted(judged, key=lambda one: tuple(map(str, key(one))))
    return [list(group) for _, group in groupby(ordered, key)]


def _outcome(group: Sequence[_Judged]) -> Outcome:
    first = group[0].case
    return Outcome(
        first.language,
        first.label,
        first.function,
        first.harmful,
        _rate([(one.score > one.line.label) == first.harmful for one in group]),
        _rate([(one.score > HALF) == first.harmful for one in group]),
        _rate([one.score > one.line.hold for one in group]),
    )


def _rate(found: Sequence[bool]) -> Rate:
    return Rate(len(found), sum(found))


def _aucs(judged: Sequence[_Judged]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for group in _grouped(judged, lambda one: (one.case.language, one.case.label)):
        first = group[0].case
        scores = np.array([one.score for one in group])
        harmful = np.array([one.case.harmful for one in group])
        if 0 < harmful.sum() < len(harmful):
            found.setdefault(first.language, {})[first.label] = measures.roc_auc(scores, harmful)
    return found


def _wronged(judged: Sequence[_Judged]) -> dict[str, dict[str, Rate]]:
    """Harmless mentions of people by who they are: nobody should be labelled more often for it than others."""
    named = [one for one in judged if one.case.identity and not one.case.harmful and one.case.label == "hate"]
    found: dict[str, dict[str, Rate]] = {}
    for group in _grouped(named, lambda one: (one.case.language, one.case.identity)):
        case = group[0].case
        rate = _rate([one.score > one.line.label for one in group])
        found.setdefault(case.language, {})[str(case.identity)] = rate
    return found
