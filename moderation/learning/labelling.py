"""What somebody's answer says of a text, label by label. Pure.

An answer that restrains says one thing: under which label. It says nothing of the others. An answer that lets be says
that no label holds that would have led to something; rudeness, and that its author may need somebody, are none of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.labels import LABELS
from moderation.values import Action, Outcome

KEEPING: Final = frozenset((Action.APPROVE, Action.NO_ACTION))
RESTRAINED: Final = frozenset((Outcome.LABEL, Outcome.LIMIT, Outcome.REJECT))
PARENT: Final = "toxic"
CHILDREN: Final = frozenset(("hate", "harassment", "violence"))
CLEARED: Final = ("hate", "harassment", "violence", "spam", "sexual")
SURE_ENOUGH: Final = 0.5
"""From which score on the text model's word decides between the labels that a rule is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, with what is needed to know what it means."""

    action: Action
    about: Sequence[str] = ()
    """What the rule is about that it names."""
    warned: str | None = None
    """The label that somebody put before the post."""
    case_label: str | None = None
    standing: Outcome | None = None
    """How the post stood when it was answered."""
    standing_label: str | None = None
    sampled: bool = False
    """Whether the question was if the machine was right: then to leave alone what it restrained is to agree."""
    behind_warning: bool = False
    """Whether its author had put it behind a warning: then it may be what it is."""
    scores: Mapping[str, float] = field(default_factory=dict)


def labels_of(said: Said) -> dict[str, float]:
    """By label, 1 or 0; empty where the answer says nothing of the text."""
    if said.action is Action.NO_ACTION and said.standing in RESTRAINED:
        return _positive(said.standing_label) if said.sampled else {}
    if said.action in KEEPING:
        return {label: 0.0 for label in CLEARED if label != "sexual" or not said.behind_warning}
    return _positive(_named(said))


def mean(answers: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Several people's answers as one soft label: each label's mean over those who said anything of it."""
    found: dict[str, list[float]] = {}
    for each in answers:
        for label, value in each.items():
            found.setdefault(label, []).append(value)
    return {label: round(sum(values) / len(values), 4) for label, values in found.items()}


def _named(said: Said) -> str | None:
    """The label that was meant: the rule's, else the warning's, else the case's."""
    if said.action is Action.SPAM:
        return "spam"
    if said.about:
        return _of_rule(said)
    return said.warned if said.warned in LABELS else said.case_label


def _of_rule(said: Said) -> str | None:
    """Of a rule about several things the one that the case is about, else the one that the text model saw, if any."""
    about = [each for each in said.about if each in LABELS and each != PARENT]
    if len(about) == 1 or not about:
        return about[0] if about else None
    if said.case_label in about:
        return said.case_label
    best = max(about, key=lambda each: said.scores.get(each, 0.0))
    return best if said.scores.get(best, 0.0) >= SURE_ENOUGH else PARENT if PARENT in said.about else None


def _positive(label: str | None) -> dict[str, float]:
    if label not in LABELS:
        return {}
    return {label: 1.0} | ({PARENT: 1.0} if label in CHILDREN else {})
