"""The shadow run: a candidate scores live public posts beside the version in use, after the door, some at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.checks.model import TextScorer
from moderation.learning.tables import ShadowRow
from moderation.values import PUBLIC_KINDS, SubjectKind, Submission
from moderation.verdicts.tables import VerdictRow

MOST: Final = 50_000
"""Posts after which a shadow run knows enough."""
KEPT: Final = 50
_KINDS: Final = (SubjectKind.POST, SubjectKind.EDIT)
_WAYS: Final = {(True, True): "both", (True, False): "current", (False, True): "candidate"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a batch came to."""

    last_id: int
    looked_at: int
    counts: Mapping[str, Mapping[str, int]]
    differing: Sequence[Mapping[str, Any]]


def begin(session: Session, version: str, against: str, now: datetime) -> ShadowRow:
    """The shadow run of a candidate, begun with what comes from now on; anew where another version is in use."""
    row = session.get(ShadowRow, version)
    if row is not None and row.against == against:
        return row
    newest = session.scalar(select(func.max(VerdictRow.id))) or 0
    values: dict[str, Any] = {
        "against": against,
        "last_id": newest,
        "looked_at": 0,
        "counts": {},
        "differing": [],
        "changed_at": now,
    }
    if row is None:
        row = ShadowRow(version=version, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    return row


def due(session: Session, row: ShadowRow, limit: int) -> list[tuple[int, str]]:
    """Verdicts of machines on public posts that it hasn't looked at, oldest first: number and address."""
    if row.looked_at >= MOST:
        return []
    query = (
        select(VerdictRow.id, VerdictRow.uri)
        .where(VerdictRow.id > row.last_id, VerdictRow.facts.is_not(None), ~VerdictRow.by_person)
        .where(VerdictRow.kind.in_(_KINDS), VerdictRow.supersedes_id.is_(None))
        .order_by(VerdictRow.id)
        .limit(limit)
    )
    return [(number, uri) for number, uri in session.execute(query)]


def look(
    judged: Sequence[tuple[int, str]],
    submissions: Mapping[str, Submission],
    current: TextScorer,
    candidate: TextScorer,
) -> Looked:
    """Where both would hold, or one alone. Reads texts, keeps none."""
    known = [submissions[uri] for _, uri in judged if uri in submissions]
    shown = [each for each in known if each.visibility in PUBLIC_KINDS]
    texts, languages = [each.text for each in shown], [each.language for each in shown]
    counts: dict[str, dict[str, int]] = {}
    differing: list[dict[str, Any]] = []
    pairs = zip(shown, current.score(texts, languages), candidate.score(texts, languages), strict=True)
    for each, one, other in pairs:
        for label in LABELS:
            was, now = one.scores.get(label) or 0.0, other.scores.get(label) or 0.0
            way = _WAYS.get((was >= current.hold_lines.get(label, 2.0), now >= candidate.hold_lines.get(label, 2.0)))
            if way is not None:
                counts.setdefault(label, {}).setdefault(way, 0)
                counts[label][way] += 1
            if way in ("current", "candidate"):
                differing.append(
                    {"uri": each.uri, "label": label, "current": round(was, 4), "candidate": round(now, 4)}
                )
    return Looked(judged[-1][0] if judged else 0, len(shown), counts, differing)


def note(session: Session, version: str, before: int, looked: Looked, now: datetime) -> None:
    """Add a batch, unless somebody else looked at it meanwhile."""
    row = session.get(ShadowRow, version, populate_existing=True, with_for_update=True)
    if row is None or row.last_id != before or looked.last_id <= before:
        return
    counts = {label: dict(ways) for label, ways in row.counts.items()}
    for label, ways in looked.counts.items():
        for way, count in ways.items():
            counts.setdefault(label, {})[way] = counts.get(label, {}).get(way, 0) + count
    row.counts, row.looked_at, row.last_id = counts, row.looked_at + looked.looked_at, looked.last_id
    row.differing = [*map(dict, looked.differing), *row.differing][:KEPT]
    row.changed_at = now
    session.flush()
