"""An example, and where its label comes from. Frozen, and without a name of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ModelKind(StrEnum):
    """Which model learns: each has its own candidates, its own gate, and its own version in use."""

    TEXT = "text"
    BEHAVIOUR = "behaviour"
    CONTEXT = "context"


class Provenance(StrEnum):
    """Whose word the label is, the strongest first."""

    APPEAL = "appeal"
    """A second person answered an appeal: what was decided stayed, or was decided anew."""
    SECOND_OPINION = "second_opinion"
    """At least two people read it, and the label is what all of them said."""
    AUDIT = "audit"
    """One person, of a post that was drawn at random."""
    DECISION = "decision"
    """One person."""
    TEACHING = "teaching"
    """Who taught, of a post that the text model was unsure of; nothing was decided."""


class Taught(StrEnum):
    """What somebody who teaches says of a post."""

    HATE = "hate"
    HARASSMENT = "harassment"
    VIOLENCE = "violence"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    SPAM = "spam"
    NONE = "none"
    """None of these."""
    UNSURE = "unsure"
    """They can't tell, or would rather not: nothing is learnt from it."""


class Chosen(StrEnum):
    """How a post came before people, which decides what may be reckoned from it."""

    SAMPLE = "sample"
    """Drawn at random: the only ones that speak for all posts."""
    SCORE = "score"
    """The text model's score held it."""
    REPORT = "report"
    OTHER = "other"
    """Behaviour, waves, lists, rules, or a check that failed."""


@dataclass(frozen=True, slots=True)
class Example:
    """A public post with what people said of it. `labels` is soft, from 0 to 1; None where nobody said.

    `held_out`: nothing may be learnt from it, it is for measuring alone. `propensity`: how likely a post like this one
    was to be looked at; None where nobody knows. `scores` and `model_version` are the text model's word when it was
    judged, beside which the label stands.
    """

    uri: str
    author_uri: str
    text: str
    language: str | None
    labels: Mapping[str, float | None]
    decided_at: datetime
    provenance: Provenance
    chosen: Chosen
    held_out: bool
    propensity: float | None
    scores: Mapping[str, float]
    model_version: str | None
    readers: int
    """How many people's words the label is made of."""
    decision_id: int
    case_id: int
    circumstances: Mapping[str, Any] = field(default_factory=dict)
    """What the door saw besides the text: how it was sent, and who wrote to whom, as a verdict's facts have it."""
