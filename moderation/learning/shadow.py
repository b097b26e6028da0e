"""The shadow run: a candidate scores live public posts beside the version in use, after the door, some at a time.

Of the text model it reads texts again; of the others it takes what the door saw, from the verdicts' facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.behaviour import FEATURES, BehaviourModel
from models.context import LABELS as LABELS_IN_CONTEXT
from models.context import ContextModel
from models.labels import LABELS
from moderation.checks import in_context, sending
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


@dataclass(frozen=True, slots=True)
class Due:
    """A machine's verdict on a public post that a candidate hasn't looked at."""

    id: int
    uri: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """What two versions say of a post under a label: their scores, and whether either does something about it."""

    uri: str
    label: str
    scores: tuple[float, float]
    does: tuple[bool, bool]


def due(session: Session, row: ShadowRow, limit: int) -> list[Due]:
    """Verdicts that it hasn't looked at, oldest first."""
    if row.looked_at >= MOST:
        return []
    query = (
        select(VerdictRow.id, VerdictRow.uri, VerdictRow.facts)
        .where(VerdictRow.id > row.last_id, VerdictRow.facts.is_not(None), ~VerdictRow.by_person)
        .where(VerdictRow.kind.in_(_KINDS), VerdictRow.supersedes_id.is_(None))
        .order_by(VerdictRow.id)
        .limit(limit)
    )
    return [Due(number, uri, facts or {}) for number, uri, facts in session.execute(query)]


def texts(
    due: Sequence[Due], submissions: Mapping[str, Submission], current: TextScorer, candidate: TextScorer
) -> Iterator[list[Word]]:
    """What two versions of the text model say of each post, and whether they would hold it. Reads texts, keeps none."""
    known = [submissions[each.uri] for each in due if each.uri in submissions]
    shown = [each for each in known if each.visibility in PUBLIC_KINDS]
    read, languages = [each.text for each in shown], [each.language for each in shown]
    pairs = zip(shown, current.score(read, languages), candidate.score(read, languages), strict=True)
    for each, one, other in pairs:
        words = []
        for label in LABELS:
            was, now = one.scores.get(label) or 0.0, other.scores.get(label) or 0.0
            does = was >= current.hold_lines.get(label, 2.0), now >= candidate.hold_lines.get(label, 2.0)
            words.append(Word(each.uri, label, (was, now), does))
        yield words


def behaviours(due: Sequence[Due], current: BehaviourModel, candidate: BehaviourModel) -> Iterator[list[Word]]:
    """What two versions of the behaviour model say of how each was sent, and whether it is above their own lines."""
    known = [(each.uri, row) for each in due if (row := sending.unpacked(each.facts)) is not None]
    values = np.array([row for _, row in known]).reshape(len(known), len(FEATURES))
    pairs = zip(known, current.chances(values).tolist(), candidate.chances(values).tolist(), strict=True)
    for (uri, _row), was, now in pairs:
        does = was >= current.about.lines["hold"], now >= candidate.about.lines["hold"]
        yield [Word(uri, "spam", (was, now), does)]


def contexts(due: Sequence[Due], current: ContextModel | None, candidate: ContextModel) -> Iterator[list[Word]]:
    """What scores mean to two versions of the context model, and whether either would say so beside a case."""
    for each in due:
        standing = in_context.unpacked(each.facts)
        if standing is None:
            continue
        words = []
        for label in LABELS_IN_CONTEXT:
            first = each.facts.get("s", {}).get(label)
            if isinstance(first, int | float):
                means = tuple(
                    model.score(label, first, standing) if model is not None else float(first)
                    for model in (current, candidate)
                )
                tells = tuple(in_context.is_told(first, score) for score in means)
                words.append(Word(each.uri, label, (means[0], means[1]), (tells[0], tells[1])))
        yield words


def look(due: Sequence[Due], said: Iterable[Sequence[Word]]) -> Looked:
    """Where both would do something, or one alone."""
    counts: dict[str, dict[str, int]] = {}
    differing: list[dict[str, Any]] = []
    looked_at = 0
    for words in said:
        looked_at += 1
        for each in words:
            way = _WAYS.get(each.does)
            if way is None:
                continue
            of_label = counts.setdefault(each.label, {})
            of_label[way] = of_label.get(way, 0) + 1
            if way != "both":
                was, now = (round(score, 4) for score in each.scores)
                differing.append({"uri": each.uri, "label": each.label, "current": was, "candidate": now})
    return Looked(due[-1].id if due else 0, looked_at, counts, differing)


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
