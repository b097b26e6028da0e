"""What goes in and out of the queue: questions, pages, cases, decisions. All frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from moderation.cases.outliers import Mark
from moderation.evidence.changes import Change
from moderation.evidence.snapshots import Snapshot
from moderation.values import Action, CaseOrigin, CaseState, Effect, Finding, Outcome, Scope, SubjectKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list; `next` is the cursor of what follows, None at the end."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases. `state` open includes those whose claim ran out; `subject` is a URI of a post or an author."""

    state: CaseState | None = CaseState.OPEN
    subject: str | None = None
    label: str | None = None
    language: str | None = None
    assigned_to: str | None = None
    origin: CaseOrigin | None = None
    queue: int | None = None
    """Of a queue alone; 0 is the rest, None all."""
    limit: int = 40
    cursor: str | None = None
    reader: str | None = None
    """The moderator who asks: cases that aren't for them are left out."""


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """A case as a list shows it. `state` is open again where a claim ran out."""

    id: int
    uri: str
    kind: SubjectKind
    origin: CaseOrigin
    state: CaseState
    author_uri: str
    author_handle: str
    author_domain: str
    local: bool
    label: str | None
    language: str | None
    priority: str
    """high, medium or low."""
    priority_parts: Mapping[str, float]
    reasons: tuple[str, ...]
    excerpt: str
    reports: int
    members: int
    version: int
    opened_at: datetime
    due_at: datetime | None
    """By when it should be decided."""
    claimed_by: str | None
    claimed_until: datetime | None
    assigned_to: str | None
    escalated_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    queue_id: int | None = None
    """Where it waits; None is the rest."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease on a case."""

    case_id: int
    holder: str
    until: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report as moderators see it, with how often its reporter was right (None: nothing decided yet)."""

    id: int
    reporter_uri: str | None
    reporter_domain: str
    origin: str
    category: str
    rule_ids: tuple[str, ...]
    comment: str
    subject_uris: tuple[str, ...]
    forward: bool
    outcome: str
    filed_at: datetime
    reporter_filed: int
    reporter_accuracy: float | None


@dataclass(frozen=True, slots=True)
class VerdictShown:
    """What the door said."""

    id: int
    outcome: Outcome
    label: str | None
    reasons: tuple[str, ...]
    policy_version: int
    models: Mapping[str, str]
    by_person: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """That another text model read what waits since it was judged; `before` is what was found then."""

    version: str
    at: datetime
    before: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AuthorShown:
    """What became of an author's posts here, and of reports against them."""

    uri: str
    first_seen_at: datetime | None
    made_at: datetime | None
    followers_here: int
    approved: int
    held: int
    released: int
    removed: int
    strikes: int
    cases: int
    reports: int
    proven: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A subject of a case, with its newest text where evidence of it was kept."""

    uri: str
    author_uri: str
    kind: SubjectKind
    held: bool
    text: str | None
    added_at: datetime
    marks: tuple[Mark, ...] = ()
    """Why it stands out, so that nothing is decided about it unless it is named."""
    made_at: datetime | None = None
    """When its author's account was made."""
    followers_here: int = 0
    language: str | None = None
    distance: int | None = None
    """In how many of 64 bits it differs from its wave."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a subject: `what` is a code, `details` what its sentence needs."""

    at: datetime
    what: str
    by: str | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's event on a subject."""

    id: int
    case_id: int | None
    uri: str
    author_uri: str
    action: Action
    scope: Scope
    rule_id: str | None
    reason: str
    note: str
    by: str
    at: datetime
    ends_at: datetime | None
    strike: bool
    reverses_id: int | None
    reversed_by: int | None
    """The id of the decision that took it back."""
    part_of: int | None = None
    """The decision along with which it was made."""
    author_note: str = ""
    mend_by: datetime | None = None
    """By when somebody frozen is to mend it, or to answer."""


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What somebody of the crew put on a case for the next who reads it, and no author reads; or what a frozen author
    answered."""

    by: str
    """Empty for its author."""
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class NearestCase:
    """A decided case that is about something alike."""

    case_id: int
    action: Action
    decided_at: datetime
    similarity: float
    """A cosine of what both say, up to 1."""


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """Everything that one screen needs."""

    case: CaseSummary
    snapshots: tuple[Snapshot, ...]
    """Of the case's own subject, oldest first."""
    changes: tuple[Change, ...]
    """Who edited or deleted it since the case knows it, and when its evidence was purged; oldest first."""
    why: tuple[str, ...]
    """Codes of the sentences that say why it is here."""
    verdict: VerdictShown | None
    findings: tuple[Finding, ...]
    reports: tuple[ReportShown, ...]
    author: AuthorShown
    history: tuple[Event, ...]
    decisions: tuple[Decision, ...]
    members: tuple[Member, ...]
    """At most 100: its own subject, what stands out, then the least alike; `case.members` says how many there are."""
    standing_out: int
    """How many members stand out, shown or not."""
    language: str | None
    """What nearly all of a wave is written in."""
    similar: tuple[str, ...]
    """URIs of public posts that say nearly the same and aren't members."""
    hold_ends_at: datetime | None
    held: bool
    private: bool
    escalation_note: str
    author_decision: int | None
    """The newest decision about the author, 0 for none: who decides says that they saw it. None while read blind."""
    notes: tuple[CaseNote, ...] = ()
    """Oldest first; while read blind, one's own."""
    nearest: tuple[NearestCase, ...] = ()
    """Decided cases like it that its reader may see, the most alike first; the app's to add. None while read blind."""
    read_again: ReadAgain | None = None
    """Where another text model read it since, and `findings` has what that one says."""


@dataclass(frozen=True, slots=True)
class QueueStats:
    """How the queue is. `wait` is the median of real decisions; None while there are too few."""

    open: int
    claimed: int
    escalated: int
    oldest: datetime | None
    past_due: int
    opened_per_hour: float
    decided_per_hour: float
    by_label: Mapping[str, int]
    by_origin: Mapping[str, int]
    wait: timedelta | None
    held_unseen: int
    """Held posts that nobody would see, and that are nobody's work."""
    over_budget_today: int
    figures_borrowed: bool
    by_queue: Mapping[str, int]
    """By the names of queues; `rest` is what none matches."""


@dataclass(frozen=True, slots=True)
class Further:
    """What is done to accounts or a server along with a decision: an action, how far it reaches, for how long."""

    action: Action
    scope: Scope
    expires_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """What somebody decides. `members` are those that are ticked; None for all but those that stand out of a wave."""

    action: Action
    scope: Scope = Scope.SUBJECT
    rule_id: str | None = None
    reason: str = ""
    note: str = ""
    expires_in: timedelta | None = None
    version: int | None = None
    warning: str | None = None
    """What `label` puts before it, as `moderation.warnings` writes it; the case's label if None."""
    members: tuple[str, ...] | None = None
    further: tuple[Further, ...] = ()
    """What is done along with it; one undo takes all of it back."""
    answer: str = ""
    """What members who reported read along with what came of it."""
    ignores_reports: bool = False
    """Further reports change nothing until the post does, or until one is graver."""
    macro: str = ""
    """The name of the macro that it was asked for with."""
    author_note: str = ""
    """What a member whom it restricts reads besides the reason; it gives no reason itself, and no database gets it."""
    author_decision: int | None = None
    """The newest decision about the author that was seen, 0 for none; None where that doesn't matter."""
    link_hosts: tuple[str, ...] = ()
    """Hosts to which its posts link, and to which nothing may link for `link_days`."""
    link_days: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and what the app must do about it."""

    decision: Decision
    effects: tuple[Effect, ...]
