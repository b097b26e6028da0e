"""Appeals as those who file and answer them see them. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderation.appeals.tables import AppealOutcome, Party
from moderation.cases.values import Decision, DecisionRequest
from moderation.evidence.snapshots import Snapshot
from moderation.values import Effect


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the talk. `moderator` is None for who contests, and never leaves the crew."""

    moderator: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """A contest of a decision. `outcome` is None while nobody has answered."""

    id: int
    decision_id: int
    by: Party
    uri: str
    report_id: int | None
    text: str
    filed_at: datetime
    case_id: int
    afresh_at: datetime | None
    outside_at: datetime | None
    outcome: AppealOutcome | None
    reply: str
    answer_id: int | None
    closed_by: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class AppealShown:
    """What its desk shows: the appeal, what was decided first, and the content as it was then."""

    appeal: Appeal
    first: Decision | None
    """None for who decided first themselves: they see it afresh, without their own reasons."""
    as_it_was: tuple[Snapshot, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers. `instead` is what is decided in place of the first decision, where one is needed."""

    outcome: AppealOutcome
    reply: str
    instead: DecisionRequest | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered appeal, and what the app must do about it."""

    appeal: Appeal
    effects: tuple[Effect, ...]
