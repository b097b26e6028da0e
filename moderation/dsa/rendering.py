"""A statement of reasons as the transparency database takes it. Pure; nothing that names a person goes in.

What a moderator wrote to the author stays out: it may quote or name somebody. Handles, addresses and links are struck
from the rest, although nothing that we write ourselves has any.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from moderation.dsa.schema import EEA, FIELDS, LANGUAGES
from moderation.statements.tables import StatementRow

STRUCK: Final = "[…]"
_NAMES_SOMEBODY: Final = re.compile(
    r"https?://\S+"  # a link
    r"|[\w.+-]*@[\w-]+(?:[.@:][\w-]+)*"  # a handle, or a mailbox
    r"|\+?\d[\d ()/.-]{7,}\d"  # a telephone number
)
_SOURCE: Final[Mapping[str, str]] = {
    "ARTICLE_16": "SOURCE_ARTICLE_16",
    "TRUSTED_FLAGGER": "SOURCE_TRUSTED_FLAGGER",
    "OTHER_NOTIFICATION": "SOURCE_TYPE_OTHER_NOTIFICATION",
}
_DECIDED_BY: Final[Mapping[str, str]] = {"NOT": "NOT_AUTOMATED"}
_ENDS: Final[Mapping[str, str]] = {
    "decision_visibility": "end_date_visibility_restriction",
    "decision_provision": "end_date_service_restriction",
    "decision_account": "end_date_account_restriction",
}
NO_RULE: Final = {
    "hold": "The terms let a machine make a post wait until a person has read it.",
    "machine": "The terms let a machine put posts behind a warning, limit their reach or refuse them.",
    "person": "The terms let moderators restrict what harms others, also where no rule names it.",
}
"""The contractual ground where no rule was named, by who decided."""
EXPLAINED: Final = {
    "rule": "A moderator found that it breaks this rule of the terms.",
    "hold": "A machine doubted it, by the calibrated scores and lines that the terms publish; a person decides.",
    "machine": "A machine decided by the calibrated scores and lines that the terms publish.",
    "person": "A moderator found that it can't stay as it was under the terms.",
}


def record(row: StatementRow, terms_url: str) -> dict[str, Any]:
    """The statement's fields, those that are empty left out."""
    rule = row.rule if row.rule.split() else ""  # nothing but blanks names no rule
    why = "rule" if rule else _who(row)
    said: dict[str, Any] = {
        "decision_visibility": [f"DECISION_VISIBILITY_{name}" for name in row.visibility],
        "decision_provision": _prefixed("DECISION_PROVISION_", row.provision),
        "decision_account": _prefixed("DECISION_ACCOUNT_", row.account),
        "decision_ground": f"DECISION_GROUND_{row.ground}",
        "decision_ground_reference_url": terms_url,
        "incompatible_content_ground": _bounded("incompatible_content_ground", rule or NO_RULE[why]),
        "incompatible_content_explanation": EXPLAINED[why],
        "content_type": [f"CONTENT_TYPE_{name}" for name in row.content_types] or ["CONTENT_TYPE_TEXT"],
        "category": f"STATEMENT_CATEGORY_{row.category}",
        "territorial_scope": list(EEA),
        "content_language": _language(row.content_language),
        "content_date": _day("content_date", row.content_at or row.applied_at),
        "application_date": _day("application_date", row.applied_at),
        "decision_facts": _bounded("decision_facts", row.facts),
        "source_type": _SOURCE.get(row.source, "SOURCE_VOLUNTARY"),
        "automated_detection": "Yes" if row.automated_detection else "No",
        "automated_decision": f"AUTOMATED_DECISION_{_DECIDED_BY.get(row.automated_decision, row.automated_decision)}",
        "puid": puid(row),
    }
    if "CONTENT_TYPE_OTHER" in said["content_type"]:
        said["content_type_other"] = "An attached file of another kind"
    if row.ends_at is not None:
        ends = {end: _day(end, row.ends_at) for name, end in _ENDS.items() if said[name]}
        said |= ends
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def is_restriction(row: StatementRow) -> bool:
    """Whether the database has a word for what was done: a mere warning restricts nothing."""
    return bool(row.visibility or row.provision or row.account)


def puid(row: StatementRow) -> str:
    """The statement's number here: unique, never used again, and nobody's name."""
    return f"statement-{row.id}"


def impersonal(text: str) -> str:
    """A text without handles, mailboxes, telephone numbers and links."""
    return _NAMES_SOMEBODY.sub(STRUCK, text)


def _who(row: StatementRow) -> str:
    if row.action == "hold":
        return "hold"
    return "machine" if row.automated_decision == "FULLY" else "person"


def _prefixed(prefix: str, name: str | None) -> str | None:
    return None if name is None else prefix + name


def _bounded(name: str, text: str) -> str:
    return impersonal(" ".join(text.split()))[: FIELDS[name].longest]


def _language(code: str | None) -> str | None:
    found = (code or "").partition("-")[0].upper()
    return found if found in LANGUAGES else None


def _day(name: str, at: datetime) -> str:
    """The day, within what the database believes in: other servers date their posts as they like."""
    field = FIELDS[name]
    day: date = min(max(at.date(), field.earliest), field.latest)
    return day.isoformat()
