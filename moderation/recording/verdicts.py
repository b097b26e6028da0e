"""Verdicts and findings as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from moderation.evidence.snapshots import clean
from moderation.recording.work import Item, Work
from moderation.rows import insert_ids, insert_many, slices, table_of
from moderation.values import Finding, Judgement, Outcome, SubjectKind
from moderation.verdicts.tables import FindingRow, VerdictRow

WORTH_A_ROW = 0.3


def write(work: Work, before: Mapping[str, int]) -> None:
    """A verdict row for each item, and its findings where anybody may look at them; `before` are the latest ids."""
    rows = [_row(item.judgement, before.get(item.uri), work.now) for item in work.items]
    for item, number in zip(work.items, insert_ids(work.session, VerdictRow, rows), strict=True):
        item.verdict_id = number
    insert_many(work.session, FindingRow, [row for item in work.items for row in _findings(item)])


def latest_ids(session: Session, uris: Iterable[str]) -> dict[str, int]:
    """By URI, the id of its newest verdict."""
    found: dict[str, int] = {}
    for part in slices(uris):
        found |= {uri: number for uri, number in session.execute(_LATEST_IDS, {"uris": part})}
    return found


def _latest_ids() -> Select[Any]:
    table = table_of(VerdictRow)
    some = table.c.uri.in_(bindparam("uris", expanding=True))
    return select(table.c.uri, func.max(table.c.id)).where(some).group_by(table.c.uri)


_LATEST_IDS = _latest_ids()


def latest(session: Session, uris: Iterable[str]) -> dict[str, VerdictRow]:
    """By URI, its newest verdict."""
    ids = latest_ids(session, uris)
    found: dict[str, VerdictRow] = {}
    for part in slices(ids.values()):
        found |= {row.uri: row for row in session.scalars(select(VerdictRow).where(VerdictRow.id.in_(part)))}
    return found


def latest_words(session: Session, uris: Iterable[str]) -> dict[str, VerdictRow]:
    """By URI, the newest verdict that a person made."""
    found: dict[str, VerdictRow] = {}
    for part in slices(uris):
        by_people = select(func.max(VerdictRow.id)).where(VerdictRow.uri.in_(part), VerdictRow.by_person)
        query = select(VerdictRow).where(VerdictRow.id.in_(by_people.group_by(VerdictRow.uri)))
        found |= {row.uri: row for row in session.scalars(query)}
    return found


def superseding(
    before: VerdictRow,
    outcome: Outcome,
    now: datetime,
    *,
    reasons: list[str],
    by_person: bool = False,
    decision_id: int | None = None,
    label: str | None = None,
    warning: str | None = None,
) -> dict[str, Any]:
    """The values of a verdict that takes the place of another."""
    return {
        "uri": before.uri,
        "kind": before.kind,
        "outcome": outcome,
        "author_uri": before.author_uri,
        "label": label or before.label,
        "warning": warning,
        "reasons": reasons,
        "policy_version": before.policy_version,
        "models": before.models,
        "facts": None,
        "by_person": by_person,
        "decision_id": decision_id,
        "supersedes_id": before.id,
        "made_at": now,
    }


def without_before(uri: str, kind: SubjectKind, author_uri: str) -> VerdictRow:
    """What stands in for the verdict of a subject that never had one, such as an account."""
    return VerdictRow(uri=uri, kind=kind, author_uri=author_uri, label=None, policy_version=0, models={}, id=None)


def _row(judgement: Judgement, supersedes: int | None, now: datetime) -> dict[str, Any]:
    submission = judgement.submission
    return {
        "uri": submission.uri,
        "kind": submission.kind,
        "outcome": judgement.outcome,
        "author_uri": submission.author.uri,
        "label": judgement.label,
        "reasons": list(judgement.reasons),
        "policy_version": judgement.policy_version,
        "models": dict(judgement.models),
        "facts": dict(judgement.facts) or None,
        "by_person": False,
        "supersedes_id": supersedes,
        "made_at": now,
    }


def _findings(item: Item) -> list[dict[str, Any]]:
    judgement = item.judgement
    if judgement.quarantine:  # why it was sealed is kept, whomever it was addressed to
        return [finding_row(item.verdict_id, each) for each in judgement.findings]
    if not judgement.as_public or (judgement.outcome is Outcome.APPROVE and not judgement.care):
        return []  # the verdict's facts have the scores
    return [
        finding_row(item.verdict_id, each)
        for each in judgement.findings
        if each.score is None or each.score >= WORTH_A_ROW
    ]


def finding_row(verdict_id: int, finding: Finding) -> dict[str, Any]:
    """The values of a finding's row."""
    return {
        "verdict_id": verdict_id,
        "check": finding.check,
        "label": finding.label,
        "score": finding.score,
        "why": clean(finding.why, 64),
        "version": finding.version[:64],
        "spans": [[span.start, span.end, round(span.weight, 4)] for span in finding.spans],
        "details": dict(finding.details),
    }
