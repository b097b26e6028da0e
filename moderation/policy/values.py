"""The policy as a frozen value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from moderation.policy.graves import Graves
from moderation.policy.strikes import StrikePolicy

Line = float | Literal["model"] | None
"""A probability, the line that the model's card measured, or never."""


@dataclass(frozen=True, slots=True)
class LabelLines:
    """From which score on a label leads to what; `severity` (1 to 10) orders the queue."""

    label: Line
    limit: Line
    hold: Line
    severity: float


@dataclass(frozen=True, slots=True)
class Care:
    """From which score on somebody should be looked after."""

    label: str
    line: Line
    local_only: bool


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What each signal counts, and from how many points on a post is limited or held."""

    limit: float | None
    hold: float | None
    points: Mapping[str, float]
    young_account_days: float
    young_domain_days: float
    strangers_in_a_post: int
    strangers_in_an_hour: int
    links: int
    hashtags: int


@dataclass(frozen=True, slots=True)
class Sending:
    """From which score of the behaviour model on a post is limited or held."""

    limit: Line
    hold: Line

    @property
    def is_drawn(self) -> bool:
        """Whether anything comes of its word."""
        return self.limit is not None or self.hold is not None


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How long, or how many posts, until it means something that an author or a host is new here."""

    days: float
    posts: int


@dataclass(frozen=True, slots=True)
class Wave:
    """When near-duplicates are a wave. `distance` is in bits of 64."""

    copies: int
    authors: int
    copies_of_one_author: int
    minimum_characters: int
    distance: int
    window_hours: float
    lasts_days: float


@dataclass(frozen=True, slots=True)
class Proven:
    """What makes an author's record a good one."""

    approved: int
    days: float
    removed_per_hundred: float


@dataclass(frozen=True, slots=True)
class Mailing:
    """A direct post to more strangers than this is treated as public."""

    strangers: int


@dataclass(frozen=True, slots=True)
class Budget:
    """How many cases machines may make a day for each active moderator."""

    cases_per_moderator: int


@dataclass(frozen=True, slots=True)
class Audits:
    """Which part of the approved public posts is looked at at most, which of those that machines restrained, and about
    how many a day where that would be more."""

    rate: float
    restrained_rate: float
    per_day: int


@dataclass(frozen=True, slots=True)
class HoldTimes:
    """When a hold ends by itself."""

    local_hours: float
    remote_hours: float


class WhileAway(StrEnum):
    """What becomes of holds whose time is over while nobody works here."""

    RELEASED = "released"
    """Let in behind a warning, as ever."""
    LIMITED = "limited"
    """Let in behind a warning, and kept off the public timelines."""
    LONGER = "longer"
    """They wait on, up to `longest_hours`, and are let in limited then."""


@dataclass(frozen=True, slots=True)
class Unattended:
    """What is in force once something has waited for `hours` without anybody working on cases."""

    hours: float
    holds: WhileAway
    longest_hours: float
    """Since a post was held."""
    approve_sign_ups: bool
    """Whether who signs up waits for a yes, where otherwise they wouldn't."""


class Disposable(StrEnum):
    """What becomes of who signs up with a throw-away address."""

    REFUSE = "refuse"
    APPROVAL = "approval"
    WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class SignUps:
    """Who must be looked at before they come in, whatever else holds."""

    disposable: Disposable


@dataclass(frozen=True, slots=True)
class Breakers:
    """When open sign-ups become sign-ups by approval: 0 is never."""

    quiet_days: float
    """Without any moderator."""
    sign_ups: int
    reports: int
    """So many within the window."""
    window_hours: float


@dataclass(frozen=True, slots=True)
class Careful:
    """The careful start ends after so many days or human decisions; until then only `hold` may hold."""

    days: float
    decisions: int
    hold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loosened:
    """How far "hold less now" moves the lines for holding, in logits."""

    logits: float


@dataclass(frozen=True, slots=True)
class Adapt:
    """Whether lines for holding may go up by themselves while people can't keep up, how far, and for how long."""

    on: bool
    minutes: float
    """When a held post would wait for longer, of the time of those who are there."""
    logits: float
    """At most."""
    hours: float
    """At a time; then as long again nothing moves."""


@dataclass(frozen=True, slots=True)
class Adapted:
    """That lines have gone up, by how much, and until when at most."""

    until: datetime
    logits: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Which part of people's decisions is read again, by category where it differs, and how rare golden cases are."""

    share: float
    shares: Mapping[str, float]
    golden_every: int
    """One in so many of what somebody decides, at most; 0 for none."""

    def share_of(self, category: str) -> float:
        """The part of this category's decisions."""
        return self.shares.get(category, self.share)


@dataclass(frozen=True, slots=True)
class PileOn:
    """When strangers who write to one member are a pile-on."""

    authors: int
    posts: int
    window_hours: float
    limited_hours: float
    """For how long strangers are kept from her, once she agreed."""


@dataclass(frozen=True, slots=True)
class Mending:
    """For how long a frozen author may mend what they are frozen for."""

    hours: float
    """Then the case is the desk's again, as overdue."""


@dataclass(frozen=True, slots=True)
class PrivateMessages:
    """What machines may do with letters, the direct posts that aren't mailings."""

    text_model: bool
    """Whether their text is read. Without it listed hashes, known links and the sender's behaviour still count."""


@dataclass(frozen=True, slots=True)
class SecondStage:
    """When the text model's second stage is asked: of which posts, and how near to a line the first one must be."""

    on: bool
    strangers: bool
    """Posts whose author has no good record here, unless both follow each other."""
    wide_from: int
    """Posts that so many members here would see; 0 for none."""
    reported: bool
    """Posts of authors about whom a report is open."""
    band: float
    """Log-odds on both sides of a line in which the first stage counts as unsure."""
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    """Of posts; those that say none are asked about where it is empty."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long what proves something is kept."""

    purge_reports_days: int


@dataclass(frozen=True, slots=True)
class Access:
    """For how long somebody from outside may work here before a lead looks at it again."""

    reviewer_days: int


@dataclass(frozen=True, slots=True)
class Learning:
    """After how many days the text model learns anew from decisions; 0 is only when somebody asks. How many posts
    somebody who teaches it is asked about in an hour, and in a shift, at most; with 0 nobody is."""

    every_days: int
    questions_an_hour: int
    questions_a_shift: int


@dataclass(frozen=True, slots=True)
class NudityLines:
    """From which score of the image classifier on what is done; each above 0 and up to 1, or None for never."""

    label: float | None
    limit: float | None
    hold: float | None
    reject: float | None


@dataclass(frozen=True, slots=True)
class Pictures:
    """How near to a listed picture counts (bits of 256), how much there must be to see, and the lines for nudity."""

    distance: int
    quality: int
    turned: bool
    """Whether pictures are also compared mirrored and turned by quarters."""
    nudity: NudityLines


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of the policy, with what is needed to know whether the start is still a careful one."""

    version: int
    labels: Mapping[str, LabelLines]
    care: Care
    behaviour: Behaviour
    sending: Sending
    acquaintance: Acquaintance
    wave: Wave
    proven: Proven
    mailing: Mailing
    budget: Budget
    audits: Audits
    holds: HoldTimes
    unattended: Unattended
    sign_ups: SignUps
    breakers: Breakers
    careful: Careful
    loosened: Loosened
    adapt: Adapt
    strikes: StrikePolicy
    grave: Graves
    quality: Quality
    pile_on: PileOn
    mending: Mending
    private: PrivateMessages
    second_stage: SecondStage
    keeping: Keeping
    access: Access
    learning: Learning
    pictures: Pictures
    document: Mapping[str, Any]
    started_at: datetime
    human_decisions: int
    loosened_until: datetime | None
    adapted: Adapted | None = None

    def grave_from(self, severity: float) -> frozenset[str]:
        """The labels that are grave: those that always are, and those of this severity (1 to 10) or more."""
        return self.grave.labels | {name for name, lines in self.labels.items() if lines.severity >= severity}

    def is_careful(self, now: datetime) -> bool:
        """Whether only the labels of the careful start may hold."""
        young = now - self.started_at < timedelta(days=self.careful.days)
        return young and self.human_decisions < self.careful.decisions

    @property
    def figures_borrowed(self) -> bool:
        """Whether the figures that pages show come from public data, for want of decisions made here."""
        return self.human_decisions < self.careful.decisions

    def is_loosened(self, now: datetime) -> bool:
        """Whether "hold less now" is in force."""
        return self.loosened_until is not None and now < self.loosened_until

    def hold_line(self, label: str, model_lines: Mapping[str, float], now: datetime) -> float | None:
        """From which score on `label` holds now; None for never."""
        lines = self.labels.get(label)
        if lines is None or self.waits(label, now):
            return None
        line, logits = resolve(lines.hold, label, model_lines), self.lifted_by(label, now)
        return moved(line, logits) if line is not None and logits else line

    def waits(self, label: str, now: datetime) -> bool:
        """Whether a label holds nothing yet, since the start is a careful one."""
        return self.is_careful(now) and label not in self.careful.hold

    def lifted_by(self, label: str, now: datetime) -> float:
        """By how many logits a label's line is up for a while, by a person's word or by itself."""
        return max(self.loosened.logits if self.is_loosened(now) else 0.0, self.adapted_by(label, now))

    def adapted_by(self, label: str, now: datetime) -> float:
        """By how many logits a label's line has gone up by itself; never that of what is grave."""
        if self.adapted is None or now >= self.adapted.until or label in self.unmoving:
            return 0.0
        return min(self.adapted.logits, self.adapt.logits) if self.adapt.on else 0.0

    @property
    def unmoving(self) -> frozenset[str]:
        """Labels whose lines no plan and no adaptation raises: what is grave, and what is decided by itself."""
        return self.grave_from(self.grave.alone_from)


def resolve(line: Line, label: str, model_lines: Mapping[str, float]) -> float | None:
    """The number behind a line; None where there is none, or the model names none."""
    return model_lines.get(label) if line == "model" else line


def moved(line: float, logits: float) -> float:
    """A line moved up by so many logits, inside (0, 1)."""
    if not 0.0 < line < 1.0:
        return line
    return 1.0 / (1.0 + math.exp(-(math.log(line / (1.0 - line)) + logits)))
