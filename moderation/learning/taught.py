"""What was taught, as examples: several people's answers to one post are one soft label.

What people decided of a post, or what is drawn at random for measuring, goes first and isn't here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.cases.tables import CaseRow
from moderation.evidence.tables import SnapshotRow
from moderation.learning import labelling
from moderation.learning.labelling import CHILDREN, CLEARED, PARENT
from moderation.learning.tables import ExampleRow, LessonRow
from moderation.learning.values import Chosen, Example, Provenance, Taught
from moderation.values import CaseOrigin, Visibility

_NONE: Final = dict.fromkeys((*CLEARED, "self_harm"), 0.0)


def read(session: Session, since: datetime | None = None, until: datetime | None = None) -> list[Example]:
    """Examples that were last answered from `since` on and before `until`, oldest first, with their texts."""
    by_uri: dict[str, list[tuple[LessonRow, SnapshotRow]]] = {}
    for row, snapshot in session.execute(_select()):
        by_uri.setdefault(row.uri, []).append((row, snapshot))
    found = sorted((_example(rows) for rows in by_uri.values()), key=lambda each: each.decided_at)
    return [each for each in found if _within(each.decided_at, since, until)]


def count(session: Session) -> int:
    """How many posts were taught: so many examples, if all of them are learnt from."""
    posts = _select().with_only_columns(LessonRow.uri).order_by(None).distinct().subquery()
    return session.scalar(select(func.count()).select_from(posts)) or 0


def labels_of(given: Taught) -> Mapping[str, float]:
    """What an answer says, by label; rudeness is allowed, and "none of these" says nothing of it."""
    if given is Taught.UNSURE:
        return {}
    if given is Taught.NONE:
        return dict(_NONE)
    return {given.value: 1.0} | ({PARENT: 1.0} if given.value in CHILDREN else {})


def soft(given: Sequence[Taught]) -> dict[str, float]:
    """Several answers as one: whoever names a label wouldn't have named another's. Of the parent nobody says no."""
    said = [labels_of(each) for each in given if each is not Taught.UNSURE]
    named = {label for each in said for label, value in each.items() if value} - {PARENT}
    return labelling.mean({**dict.fromkeys(named, 0.0), **each} for each in said)


def _select() -> Select[LessonRow, SnapshotRow]:
    decided = select(ExampleRow.id).where(ExampleRow.uri == LessonRow.uri).exists()
    drawn = select(CaseRow.id).where(CaseRow.uri == LessonRow.uri, CaseRow.origin == CaseOrigin.AUDIT).exists()
    return (
        select(LessonRow, SnapshotRow)
        .join(SnapshotRow, SnapshotRow.id == LessonRow.snapshot_id)
        .where(LessonRow.answer.is_not(None), LessonRow.answer != Taught.UNSURE)
        .where(SnapshotRow.visibility == Visibility.PUBLIC, ~decided, ~drawn)
        .order_by(LessonRow.answered_at, LessonRow.id)
    )


def _example(rows: Sequence[tuple[LessonRow, SnapshotRow]]) -> Example:
    """Of those who read the same text as the last one did: an edit is another text."""
    lesson, snapshot = rows[-1]
    same = [row for row, read in rows if read.digest == snapshot.digest]
    labels = soft([row.answer for row in same if row.answer is not None])
    return Example(
        uri=lesson.uri,
        author_uri=snapshot.author_uri,
        text=snapshot.text,
        language=snapshot.language,
        labels={label: labels.get(label) for label in LABELS},
        decided_at=lesson.answered_at or lesson.offered_at,
        provenance=Provenance.TEACHING,
        chosen=Chosen.OTHER,
        held_out=False,
        propensity=None,
        scores=lesson.scores,
        model_version=lesson.model_version,
        readers=len(same),
        decision_id=0,
        case_id=0,
    )


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)
