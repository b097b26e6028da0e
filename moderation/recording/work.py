"""A batch while it is being recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from moderation.policy.values import Policy
from moderation.values import CaseOrigin, Effect, Judgement, Outcome, RecordedVerdict


@dataclass(frozen=True, slots=True)
class Recorded:
    """What `record` stored: a verdict for each judgement (None for those that wait), and what follows."""

    verdicts: list[RecordedVerdict | None]
    effects: list[Effect]


@dataclass(slots=True)
class Item:
    """One judgement on its way into rows."""

    judgement: Judgement
    origin: CaseOrigin | None = None
    """Why a case of it would be opened."""
    verdict_id: int = 0
    case_id: int | None = None
    cluster_id: int | None = None

    @property
    def uri(self) -> str:
        """Its subject."""
        return self.judgement.submission.uri

    @property
    def held(self) -> bool:
        """Whether it is held."""
        return self.judgement.outcome is Outcome.HOLD

    @property
    def sealed(self) -> bool:
        """Whether it goes under seal at once."""
        return self.judgement.quarantine

    @property
    def would_be_seen(self) -> bool:
        """Whether a member would see it, so that its hold is worth a case now."""
        submission = self.judgement.submission
        return submission.author.origin == "local" or submission.seen_by > 0


@dataclass(slots=True)
class Work:
    """A batch with what it needs and what came of it."""

    session: Session
    now: datetime
    policy: Policy
    items: list[Item]
    effects: list[Effect] = field(default_factory=list)

    def severity(self, label: str | None) -> float:
        """How grave a label is, 1 to 10."""
        lines = self.policy.labels.get(label or "")
        return lines.severity if lines else 5.0


UNSCORED: Final = 0.8
"""How certain that counts as which led without a score."""


def certainty(judgement: Judgement) -> float:
    """The score that led, or 0.8 where something led that has none."""
    scores = [each.score for each in judgement.findings if each.label == judgement.label and each.score is not None]
    return max(scores, default=UNSCORED)
