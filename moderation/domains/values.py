"""A domain rule, as it is and as somebody wants it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that somebody wants: typed, imported or sent."""

    domain: str
    severity: Severity
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    public_comment: str = ""
    private_comment: str = ""


@dataclass(frozen=True, slots=True)
class DomainRule:
    """A rule in force. `domain` is where it was set, perhaps a parent of the domain that was asked about."""

    domain: str
    severity: Severity
    reject_media: bool
    reject_reports: bool
    obfuscate: bool
    public_comment: str
    private_comment: str
    set_by: str
    set_at: datetime
