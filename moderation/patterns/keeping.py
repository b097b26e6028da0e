"""Patterns are added, listed and lifted, each by a name and logged; and read into memory when one has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain as log
from moderation.patterns import spelling
from moderation.patterns.matching import Pattern, Patterns
from moderation.patterns.tables import PatternKind, PatternRow, PatternSeverity
from moderation.policy.parsing import LABEL_NAMES

LONGEST_NOTE: Final = 500
MOST_STARRED: Final = 500
"""Patterns with stars: each of them is compared with every post."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to add."""

    kind: PatternKind
    pattern: str
    severity: PatternSeverity
    label: str = "spam"
    note: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that can't be a pattern, and why."""

    line: int
    text: str
    reason: str


class PatternsCache:
    """The patterns of one process: read again when one was added or lifted."""

    def __init__(self) -> None:
        self._stamp: Stamp | None = None
        self._patterns = Patterns()

    def get(self, session: Session, stamp: Stamp) -> Patterns:
        """Those that weren't lifted; whether their time is over is asked when they match. `stamp` was just read."""
        if stamp != self._stamp:
            self._patterns, self._stamp = load(session), stamp
        return self._patterns


Stamp = tuple[Any, ...]
STAMP = (select(func.max(PatternRow.id)).scalar_subquery(), select(func.max(PatternRow.lifted_at)).scalar_subquery())
"""Columns to ask for: equal only where nothing was added or lifted."""


def load(session: Session, kind: PatternKind | None = None) -> Patterns:
    """Every pattern that wasn't lifted, perhaps of one kind only."""
    wanted = (PatternRow.id, PatternRow.kind, PatternRow.pattern, PatternRow.severity, PatternRow.label)
    query = select(*wanted, PatternRow.expires_at).where(PatternRow.lifted_at.is_(None))
    query = query if kind is None else query.where(PatternRow.kind == kind)
    return Patterns(Pattern(*row) for row in session.execute(query))


def in_force(
    session: Session,
    now: datetime,
    kind: PatternKind | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[PatternRow]:
    """Those that hold, the newest first; `before` is the id of the last that was seen."""
    query = select(PatternRow).where(*_holds(now)).order_by(PatternRow.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(PatternRow.kind == kind)
    return list(session.scalars(query if before is None else query.where(PatternRow.id < before)))


def counts(session: Session, now: datetime) -> dict[PatternKind, int]:
    """How many of each kind hold."""
    query = select(PatternRow.kind, func.count()).where(*_holds(now)).group_by(PatternRow.kind)
    found = {kind: int(count) for kind, count in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in PatternKind}


def find(session: Session, number: int) -> PatternRow:
    """One, also when it was lifted. Raises NotFoundError."""
    row = session.get(PatternRow, number) if 0 < number < 1 << 63 else None
    if row is None:
        raise NotFoundError("there is no such pattern")
    return row


def add(session: Session, draft: Draft, by: str, now: datetime, own: str | None = None) -> PatternRow:
    """Add one, in the place of what said something else of the same. Raises RefusedError for what can't be one."""
    row = _row(draft, by, now, own)
    before = _same(session, row, now)
    if "*" in row.pattern and before is None:
        _require_room(session, now)
    if before is not None:
        before.lifted_by, before.lifted_at = by, now
    session.add(row)
    session.flush()
    said = {"kind": row.kind.value, "pattern": row.pattern, "severity": row.severity.value}
    log.append(session, by, "pattern_added", f"pattern:{row.id}", said, now)
    return row


def add_lines(
    session: Session, like: Draft, lines: Sequence[str], by: str, now: datetime, own: str | None = None
) -> tuple[list[PatternRow], list[RefusedLine]]:
    """One for each line, all alike but for what they match; lines that can't be one are left out, with why. Empty
    lines and those that begin with `# ` say nothing."""
    added, refused = [], []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("# "):
            continue
        draft = Draft(like.kind, text, like.severity, like.label, like.note, like.expires_at)
        try:
            added.append(add(session, draft, by, now, own))
        except RefusedError as error:
            refused.append(RefusedLine(number, text[:200], error.safe))
    return added, refused


def lift(session: Session, number: int, by: str, now: datetime) -> PatternRow:
    """End one now. Raises NotFoundError, RefusedError where it doesn't hold any more."""
    row = find(session, number)
    if row.lifted_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise RefusedError("this doesn't hold any more")
    row.lifted_by, row.lifted_at = by, now
    session.flush()
    log.append(session, by, "pattern_lifted", f"pattern:{row.id}", {"pattern": row.pattern}, now)
    return row


def _row(draft: Draft, by: str, now: datetime, own: str | None) -> PatternRow:
    if draft.label not in LABEL_NAMES:
        raise RefusedError(f"what it is about is one of {', '.join(LABEL_NAMES)}")
    if draft.expires_at is not None and draft.expires_at <= now:
        raise RefusedError("its end is over already")
    return PatternRow(
        kind=draft.kind,
        pattern=spelling.spelt(draft.kind, draft.pattern, own),
        severity=draft.severity,
        label=draft.label,
        note=draft.note.strip()[:LONGEST_NOTE],
        made_by=by,
        made_at=now,
        expires_at=draft.expires_at,
    )


def _same(session: Session, row: PatternRow, now: datetime) -> PatternRow | None:
    same = (PatternRow.kind == row.kind, PatternRow.pattern == row.pattern)
    return session.scalar(select(PatternRow).where(*same, *_holds(now)).order_by(PatternRow.id.desc()).limit(1))


def _require_room(session: Session, now: datetime) -> None:
    starred = select(func.count()).select_from(PatternRow).where(PatternRow.pattern.contains("*"), *_holds(now))
    if (session.scalar(starred) or 0) >= MOST_STARRED:
        raise RefusedError(f"at most {MOST_STARRED} patterns have a star: each is compared with every post")


def _holds(now: datetime) -> tuple[Any, ...]:
    in_time = or_(PatternRow.expires_at.is_(None), PatternRow.expires_at > now)
    return PatternRow.lifted_at.is_(None), in_time
