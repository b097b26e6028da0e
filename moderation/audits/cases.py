"""Audit and care cases of a batch: about posts that stay where they are, let in or not."""

from __future__ import annotations

from collections.abc import Sequence

from moderation.cases import opening
from moderation.evidence.snapshots import take
from moderation.evidence.tables import SnapshotCause
from moderation.recording.holds import rank_of
from moderation.recording.work import Item, Work
from moderation.values import PUBLISHABLE, CaseOrigin


def write(work: Work) -> None:
    """Open a case for each post that was drawn for an audit, and for each author who may need somebody."""
    let_in = [item for item in work.items if item.judgement.outcome in PUBLISHABLE and item.judgement.as_public]
    care = [item for item in let_in if item.judgement.care]
    audits = [item for item in work.items if item.judgement.audit and item.judgement.as_public and item not in care]
    _open(work, care, CaseOrigin.CARE, SnapshotCause.INGEST)
    _open(work, audits, CaseOrigin.AUDIT, SnapshotCause.AUDIT)


def _open(work: Work, items: Sequence[Item], origin: CaseOrigin, cause: SnapshotCause) -> None:
    if not items:
        return
    take(work.session, [item.judgement.submission for item in items], cause, work.now)
    known = opening.open_cases(work.session, [item.uri for item in items])
    fresh = [item for item in items if item.uri not in known]
    label = work.policy.care.label if origin is CaseOrigin.CARE else None
    openings = [
        opening.opening_of(
            item.judgement.submission,
            origin,
            rank_of(work, item, origin),
            label=label or item.judgement.label,
            reasons=[origin.value],
            verdict_id=item.verdict_id,
        )
        for item in fresh
    ]
    for item, number in zip(fresh, opening.open_many(work.session, openings, work.now), strict=True):
        item.case_id = number
