"""The errors of moderation: each carries a status for HTTP and a text that is safe to show.

ModerationError                 status 400
├── CheckFailedError            503  a check could not judge; the submission waits and is judged again
├── ExcludedError               403  a case that isn't for this moderator: they decided it before, or are named in it
├── NotFoundError               404  no such case, decision, rule
├── RefusedError                422  asked for something that isn't possible here; the text says what
│   ├── BadPolicyError               a policy document that doesn't hold together
│   ├── BadDomainError               a domain that no rule can be made for
│   ├── BadCursorError               a page's cursor that this server didn't hand out
│   ├── HiddenActionError            an action that the case's queue hides
│   ├── ReportRefusedError           a report from where none are taken
│   └── AppealRefusedError           an appeal or a message of it that isn't taken; says why, as a code
├── ForbiddenArrowError         409  a state can't be left that way
└── ConflictError               409  somebody was faster
    ├── BatchError                   one of several cases that were to be decided together; says which, and why
    ├── ClaimedError                 another holds the case; says who and until when
    ├── StaleError                   the case changed since it was read; says what and by whom
    │   └── AuthorDecidedError            a colleague decided about the same author meanwhile; says what and by whom
    ├── AlreadyReversedError         the decision has been reversed before
    └── HoursOverError               the hours that were agreed for the week are done
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class ModerationError(Exception):
    """Anything that moderation reports to its caller. `safe` may be shown to whoever asked."""

    status: ClassVar[int] = 400

    def __init__(self, safe: str) -> None:
        super().__init__(safe)
        self.safe = safe


class CheckFailedError(ModerationError):
    """A check could not judge. `check` names it."""

    status = 503

    def __init__(self, check: str, why: str) -> None:
        super().__init__(f"the check {check} failed: {why}")
        self.check = check


class ExcludedError(ModerationError):
    """The case isn't for this moderator; `why` is a code, and says no more than they may know."""

    status = 403

    def __init__(self, why: str) -> None:
        super().__init__("this case is for somebody else than you")
        self.why = why


class NotFoundError(ModerationError):
    """There is no such thing."""

    status = 404


class RefusedError(ModerationError):
    """What was asked for isn't possible; the text says why."""

    status = 422


class BadPolicyError(RefusedError):
    """A policy document that doesn't hold together."""


class BadDomainError(RefusedError):
    """A domain that no rule can be made for."""


class BadCursorError(RefusedError):
    """A cursor that this server didn't hand out."""


class HiddenActionError(RefusedError):
    """An action that the case's queue hides."""

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} can't be decided in this case's queue")
        self.action = action


class ReportRefusedError(RefusedError):
    """A report from a domain whose reports are not taken."""


class AppealRefusedError(RefusedError):
    """An appeal, or a message about one, that isn't taken. `why` is a code: `too_late`, `already`, `empty` …"""

    def __init__(self, why: str) -> None:
        super().__init__(f"this isn't taken: {why.replace('_', ' ')}")
        self.why = why


class ForbiddenArrowError(ModerationError):
    """A state can't be left that way."""

    status = 409


class ConflictError(ModerationError):
    """Somebody was faster."""

    status = 409


class BatchError(ConflictError):
    """One of several cases couldn't be decided with the others, so none was; `cause` says why."""

    def __init__(self, case_id: int, cause: ModerationError) -> None:
        super().__init__(f"case {case_id}: {cause.safe}")
        self.case_id = case_id
        self.cause = cause


class ClaimedError(ConflictError):
    """Another moderator holds the case until `until`."""

    def __init__(self, holder: str, until: datetime) -> None:
        super().__init__(f"{holder} holds this case until {until.isoformat(timespec='seconds')}")
        self.holder = holder
        self.until = until


class StaleError(ConflictError):
    """The case changed since it was read: `what` (decided, edited, reported …), by `by`, at `at`."""

    def __init__(self, what: str, by: str | None, at: datetime | None, version: int) -> None:
        super().__init__(f"the case was {what} by {by or 'its author or a report'} since you read it")
        self.what = what
        self.by = by
        self.at = at
        self.version = version


class AuthorDecidedError(StaleError):
    """A colleague decided something else about the same author since the case was read: `action`, in decision
    `decision`, or took that back."""

    def __init__(self, action: str, decision: int, by: str, at: datetime, version: int, taken_back: bool) -> None:
        super().__init__("author_decided", by, at, version)
        self.safe = f"{by} decided about the same author since you read this: {action} (decision {decision})"
        self.action = action
        self.decision = decision
        self.taken_back = taken_back


class AlreadyReversedError(ConflictError):
    """The decision has been reversed before."""


class HoursOverError(ConflictError):
    """The week's hours are done: new cases come to who says that they go on."""

    def __init__(self) -> None:
        super().__init__("the hours agreed for this week are done; say that you go on to be given more")
