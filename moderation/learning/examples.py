"""Reading examples, counting them, and forgetting those whose evidence is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.evidence.tables import SnapshotRow
from moderation.learning.tables import ExampleRow
from moderation.learning.values import Chosen, Example, Provenance
from moderation.rows import slices, table_of
from moderation.values import PUBLIC_KINDS


@dataclass(frozen=True, slots=True)
class Counts:
    """How many examples there are, and of what; held out ones are in `total` and `held_out` alone."""

    total: int
    held_out: int
    by_provenance: Mapping[Provenance, int]
    by_chosen: Mapping[Chosen, int]
    by_label: Mapping[str, tuple[int, int]]
    """By label, how many people called it that, and how many said that it isn't."""
    by_language: Mapping[str, int]


def read(session: Session, since: datetime | None = None, until: datetime | None = None) -> list[Example]:
    """Examples that were decided from `since` on and before `until`, oldest first, with their texts.

    Those that are `held_out` are among them: whoever learns leaves them out, whoever measures takes them.
    """
    return [_example(row, snapshot) for row, snapshot in session.execute(_select(since, until))]


def count(session: Session) -> Counts:
    """What there is to learn from."""
    provenance: Counter[Provenance] = Counter()
    chosen: Counter[Chosen] = Counter()
    languages: Counter[str] = Counter()
    labels = {label: [0, 0] for label in LABELS}
    total = out = 0
    for row, snapshot in session.execute(_select(None, None)):
        total += 1
        if row.held_out:
            out += 1
            continue
        provenance[row.provenance] += 1
        chosen[row.chosen] += 1
        languages[snapshot.language or ""] += 1
        for label, value in row.labels.items():
            if label in labels:
                labels[label][0 if value >= 0.5 else 1] += 1
    by_label = {label: (found[0], found[1]) for label, found in labels.items()}
    return Counts(total, out, provenance, chosen, by_label, languages)


def forget(session: Session, limit: int) -> int:
    """Drop the examples whose evidence was purged; how many."""
    table = table_of(ExampleRow)
    evidence = select(SnapshotRow.id).where(SnapshotRow.id == table.c.snapshot_id).exists()
    gone = list(session.scalars(select(table.c.id).where(~evidence).limit(limit)))
    for part in slices(gone):
        session.execute(delete(table).where(table.c.id.in_(part)))
    return len(gone)


def _select(since: datetime | None, until: datetime | None) -> Select[ExampleRow, SnapshotRow]:
    """With their evidence, of public posts alone: asked here too, whatever stands in the rows."""
    statement = (
        select(ExampleRow, SnapshotRow)
        .join(SnapshotRow, SnapshotRow.id == ExampleRow.snapshot_id)
        .where(SnapshotRow.visibility.in_(PUBLIC_KINDS))
        .order_by(ExampleRow.decided_at, ExampleRow.id)
    )
    if since is not None:
        statement = statement.where(ExampleRow.decided_at >= since)
    return statement if until is None else statement.where(ExampleRow.decided_at < until)


def _example(row: ExampleRow, snapshot: SnapshotRow) -> Example:
    known: dict[str, Any] = row.labels
    return Example(
        uri=row.uri,
        author_uri=snapshot.author_uri,
        text=snapshot.text,
        language=snapshot.language,
        labels={label: known.get(label) for label in LABELS},
        decided_at=row.decided_at,
        provenance=row.provenance,
        chosen=row.chosen,
        held_out=row.held_out,
        propensity=row.propensity,
        scores=row.scores,
        model_version=row.model_version,
        readers=row.readers,
        decision_id=row.decision_id,
        case_id=row.case_id,
        circumstances=row.circumstances,
    )
