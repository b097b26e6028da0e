"""The lines in force for a batch: policy, model, careful start and loosening taken together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.checks.model import TextScorer
from moderation.checks.values import Context
from moderation.policy.values import moved, resolve
from moderation.second_model import SecondScorer

LOOSER_POINTS = 2


@dataclass(frozen=True, slots=True)
class Lines:
    """By label, from which score on; labels without a line are left out."""

    hold: Mapping[str, float]
    hold_later: Mapping[str, float]
    """What would hold were the start not a careful one: those are labelled instead."""
    limit: Mapping[str, float]
    label: Mapping[str, float]
    care: float | None
    behaviour_limit: float | None
    behaviour_hold: float | None
    sending_limit: float | None
    sending_hold: float | None

    @classmethod
    def of(cls, context: Context) -> Lines:
        """The lines of a context, on the first stage's scores."""
        return cls._on(context, context.text_model)

    @classmethod
    def of_second(cls, context: Context) -> Lines:
        """The same on the second stage's scores, which have lines of their own."""
        return cls._on(context, context.second_stage)

    @classmethod
    def _on(cls, context: Context, model: TextScorer | SecondScorer | None) -> Lines:
        policy, now = context.policy, context.now
        holds: Mapping[str, float] = model.hold_lines if model else {}
        labels: Mapping[str, float] = model.label_lines if model else {}
        loosened = policy.is_loosened(now)
        points = policy.behaviour.hold
        sending = context.behaviour_model.about.lines if context.behaviour_model is not None else {}
        sent = resolve(policy.sending.hold, "hold", sending)
        return cls(
            hold=_present({name: policy.hold_line(name, holds, now) for name in policy.labels}),
            hold_later=_present({name: resolve(each.hold, name, holds) for name, each in policy.labels.items()}),
            limit=_present({name: resolve(each.limit, name, labels) for name, each in policy.labels.items()}),
            label=_present({name: resolve(each.label, name, labels) for name, each in policy.labels.items()}),
            care=resolve(policy.care.line, policy.care.label, holds),
            behaviour_limit=policy.behaviour.limit,
            behaviour_hold=points + LOOSER_POINTS if points is not None and loosened else points,
            sending_limit=resolve(policy.sending.limit, "hold", sending),
            sending_hold=moved(sent, policy.loosened.logits) if sent is not None and loosened else sent,
        )

    def of_label(self, label: str) -> list[float]:
        """All scores from which on something is done about a label."""
        found = (each.get(label) for each in (self.hold, self.hold_later, self.limit, self.label))
        return [line for line in found if line is not None]


def _present(lines: Mapping[str, float | None]) -> dict[str, float]:
    return {name: line for name, line in lines.items() if line is not None}
