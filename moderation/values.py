"""The values that cross moderation's border: submissions in, findings and judgements between, effects out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.signups import SignUp


class SubjectKind(StrEnum):
    """What a case or a verdict is about."""

    POST = "post"
    EDIT = "edit"
    PROFILE = "profile"
    ACCOUNT = "account"
    MEDIA = "media"
    DOMAIN = "domain"


class Origin(StrEnum):
    """Where a submission comes from."""

    LOCAL = "local"
    REMOTE = "remote"


class Visibility(StrEnum):
    """Whom a post is addressed to."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"


PUBLIC_KINDS = (Visibility.PUBLIC, Visibility.UNLISTED)


class Outcome(StrEnum):
    """What the door said. `retry` isn't among them: a submission that couldn't be judged has no verdict."""

    APPROVE = "approve"
    LABEL = "label"
    LIMIT = "limit"
    HOLD = "hold"
    REJECT = "reject"


PUBLISHABLE = (Outcome.APPROVE, Outcome.LABEL, Outcome.LIMIT)


class CaseOrigin(StrEnum):
    """Why a case was opened."""

    HOLD = "hold"
    REPORT = "report"
    WAVE = "wave"
    AUDIT = "audit"
    CARE = "care"
    RETRY = "retry"
    APPEAL = "appeal"


class CaseState(StrEnum):
    """Where a case is on its way; the arrows stand in moderation.cases.states."""

    OPEN = "open"
    CLAIMED = "claimed"
    ESCALATED = "escalated"
    DECIDED = "decided"
    CLOSED = "closed"
    SEALED = "sealed"
    """Taken off the desk: only moderation.grave leads on from here."""


class Action(StrEnum):
    """What a person can decide."""

    APPROVE = "approve"
    LABEL = "label"
    LIMIT = "limit"
    REMOVE = "remove"
    FREEZE = "freeze"
    WARN = "warn"
    SILENCE = "silence"
    DISABLE = "disable"
    SUSPEND = "suspend"
    SPAM = "spam"
    NO_ACTION = "no_action"


class Scope(StrEnum):
    """How far a decision reaches."""

    SUBJECT = "subject"
    ACCOUNT = "account"
    CLUSTER = "cluster"
    DOMAIN = "domain"


class Severity(StrEnum):
    """What a domain rule does; `noop` only records."""

    SUSPEND = "suspend"
    SILENCE = "silence"
    HOLD = "hold"
    FILTER = "filter"
    NOOP = "noop"
    ALLOW = "allow"


class Verb(StrEnum):
    """What the app must do; app.enforcement has one function for each."""

    PUBLISH = "publish"
    REMOVE = "remove"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    LABEL = "label"
    UNLABEL = "unlabel"
    LIMIT = "limit"
    UNLIMIT = "unlimit"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    WARN = "warn"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    DISABLE = "disable"
    ENABLE = "enable"
    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    BLOCK_DOMAIN = "block_domain"
    UNBLOCK_DOMAIN = "unblock_domain"
    SEAL = "seal"
    NOTIFY_AUTHOR = "notify_author"
    NOTIFY_REPORTER = "notify_reporter"
    NOTIFY_APPELLANT = "notify_appellant"


@dataclass(frozen=True, slots=True)
class Author:
    """An author as the app knows them; the record of verdicts is moderation's own and is added by it.

    `made_at` is the actor's `published`, `domain_made_at` its domain's first NodeInfo date: never our first
    sight of either. None where nobody said.
    """

    uri: str
    domain: str
    origin: Origin
    handle: str
    made_at: datetime | None = None
    domain_made_at: datetime | None = None
    followers_here: int = 0
    bot: bool = False
    silenced: bool = False
    signup: SignUp | None = None
    """How a member signed up; None for everybody elsewhere, and where it isn't known or long ago."""
    followed_lately: int = 0
    """How many who don't follow them they followed in the last hours, where they are new here."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody whom a post addresses. `knows_author`: follows them, or was written to first by this member."""

    uri: str
    local: bool
    knows_author: bool = False


@dataclass(frozen=True, slots=True)
class PictureBits:
    """A perceptual hash of a picture, or of one moment of a moving one: as it stands first, then turned and mirrored.

    `bits`: each 64 hexadecimal digits; `quality`: from 0 to 100, how much there is to see in it.
    """

    bits: tuple[str, ...]
    quality: int


@dataclass(frozen=True, slots=True)
class Nudity:
    """What the image classifier said of a file: a score from 0 to 1; or None, and a code for why there is none."""

    score: float | None
    version: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Media:
    """An attachment: judged by its description and, once its bytes were seen, by what they are."""

    url: str
    media_type: str = ""
    description: str = ""
    sha256: str | None = None
    digests: tuple[str, ...] = ()
    """Of its bytes as they were sent: MD5, SHA-1 and SHA-256. Empty where nobody has seen them yet."""
    pictures: tuple[PictureBits, ...] = ()
    nudity: Nudity | None = None
    """None where the classifier wasn't asked: no picture, or not seen yet."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Something that wants to become visible.

    `text` is plain and holds all that readers would see (content, warning, poll options, descriptions are judged
    together); `html` is what the evidence keeps. `uri` names the subject; an edit's is its post's.
    """

    uri: str
    kind: SubjectKind
    author: Author
    visibility: Visibility
    text: str
    submitted_at: datetime
    html: str = ""
    warning: str = ""
    language: str | None = None
    links: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    poll_options: tuple[str, ...] = ()
    in_reply_to: str | None = None
    quotes: str | None = None
    """The URI of the post that it quotes."""
    reply_between_mutuals: bool = False
    published_at: datetime | None = None
    behind_warning: bool = False
    """Whether its author put its pictures behind a warning already."""
    seen_by: int = 0
    """How many members here would see it: mentioned, followers, replied to; a public timeline adds one."""
    via_relay: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of `Submission.text`, in characters, end exclusive, with what it weighed (0 to 1)."""

    start: int
    end: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says. `score` is a calibrated probability, None for a fact that has none (a rule matched)."""

    check: str
    label: str
    version: str
    why: str
    """A code whose sentence stands in the pages' catalogue, such as `near_duplicate`."""
    score: float | None = None
    spans: tuple[Span, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    """Small JSON values that the sentence needs: counts, a domain, a rule's number."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the policy made of the findings; nothing is stored yet.

    `outcome` is None when a check failed: the submission is not shown, waits, and is judged again.
    """

    submission: Submission
    outcome: Outcome | None
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    policy_version: int
    models: Mapping[str, str]
    label: str | None = None
    """The label that led, for priority and queues."""
    warning: str | None = None
    """The content warning that `label` adds, a code of the pages' catalogue."""
    as_request: bool = False
    """A stranger's direct post: to message requests, without a notification."""
    cluster: str | None = None
    """The near-duplicates that it belongs to, by their key; the row may not exist yet."""
    fingerprint: int | None = None
    audit: bool = False
    care: bool = False
    failed_checks: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What a preview of another policy needs to decide again: scores and standings; empty for private posts."""
    as_public: bool = False
    """Whether people may read it: public, unlisted, or a mailing to strangers."""
    hold_without_end: bool = False
    """A wave, a listed hash or a person's rule holds it: it isn't let in when its time is over."""
    quarantine: bool = False
    """It stands on a list whose hits are sealed: shown to nobody, and a case for those whom that is for."""
    shadows: tuple[Finding, ...] = ()
    """What rules would have said that are only watched, or couldn't be answered; nothing here comes of it."""
    tallies: tuple[str, ...] = ()
    """What the day's counters count, such as `over_budget`."""


@dataclass(frozen=True, slots=True)
class RecordedVerdict:
    """A stored verdict. The app's published rows point at `(id, outcome)`."""

    id: int
    uri: str
    outcome: Outcome
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the app must do about a subject. `verdict` is the superseding one that allows a release."""

    verb: Verb
    uri: str
    decision_id: int | None = None
    verdict: RecordedVerdict | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
