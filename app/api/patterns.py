"""Patterns of links, hashtags and names: which hold, adding one, ending one."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.accounts.tables import Role
from app.api import answers, bodies, who
from app.api.domains import moment
from app.reviewing import patterns
from moderation.patterns import keeping
from moderation.patterns.keeping import LONGEST_NOTE, Draft
from moderation.patterns.spelling import LONGEST
from moderation.patterns.tables import PatternKind, PatternRow, PatternSeverity

api = answers.make("patterns")
PATTERN_FIELDS = frozenset({"kind", "pattern", "severity", "label", "note", "expires_at"})
MOST = 200


@api.get("/patterns")
def list_patterns() -> Response:
    """Those that hold, the newest first; `kind` narrows them."""
    who.reader(Role.LEAD)
    said, cursor = bodies.argument("kind", most=24), bodies.argument("cursor", most=18)
    kind = bodies.word(PatternKind, said, "kind") if said else None
    limit = bodies.limit(50, MOST)
    before = int(cursor) if cursor and cursor.isascii() and cursor.isdigit() else None
    services = current.services()
    with services.db.read() as session:
        rows = keeping.in_force(session, services.clock.now(), kind, before, limit)
    return answers.page([_plain(row) for row in rows], str(rows[-1].id) if len(rows) == limit else None)


@api.post("/patterns")
def add_pattern() -> Response:
    """Add one; what said something else of the same is lifted."""
    account = who.writer(Role.LEAD)
    values = bodies.body(PATTERN_FIELDS)
    draft = Draft(
        bodies.word(PatternKind, values.get("kind"), "kind"),
        bodies.required(values, "pattern", most=LONGEST),
        bodies.word(PatternSeverity, values.get("severity", PatternSeverity.HOLD), "severity"),
        bodies.text(values, "label", otherwise="spam", most=64),
        bodies.text(values, "note", most=LONGEST_NOTE),
        moment(values, "expires_at"),
    )
    return answers.json(_plain(patterns.add(current.services(), account, draft)))


@api.delete("/patterns/<int:number>")
def lift_pattern(number: int) -> Response:
    """End one now."""
    account = who.writer(Role.LEAD)
    return answers.json(_plain(patterns.lift(current.services(), account, number)))


def _plain(row: PatternRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "pattern": row.pattern,
        "severity": row.severity,
        "label": row.label,
        "note": row.note,
        "made_by": row.made_by,
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "lifted_at": row.lifted_at,
    }
