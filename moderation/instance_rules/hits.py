"""What rules matched, written with the verdicts, for public subjects alone; and forgotten when evidence is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.evidence.snapshots import RETENTION
from moderation.instance_rules import evaluating
from moderation.instance_rules.tables import HitMode, RuleHitRow, RuleTrialRow
from moderation.recording.work import Item, Work
from moderation.rows import table_of, upsert
from moderation.values import Finding

MODES: Final[Mapping[str, HitMode]] = {
    evaluating.LIVE: HitMode.LIVE,
    evaluating.SHADOW: HitMode.SHADOW,
    evaluating.FAILED: HitMode.FAILED,
}


def write(work: Work) -> None:
    """A row for each rule that matched each public subject; judged again by the same version, it stays one."""
    rows = [
        _row(item, finding, work.now)
        for item in work.items
        if item.judgement.as_public
        for finding in (*item.judgement.findings, *item.judgement.shadows)
        if finding.check == evaluating.NAME
    ]
    upsert(work.session, RuleHitRow, rows, put=("mode",), key=("rule_id", "version", "uri"))


def forget(session: Session, now: datetime, limit: int) -> int:
    """Forget those that are older than evidence, and trials, which name some; how many."""
    before = now - RETENTION
    old = select(RuleHitRow.id).where(RuleHitRow.at < before).limit(limit)
    tried = select(RuleTrialRow.id).where(RuleTrialRow.asked_at < before).limit(limit)
    writes = (
        delete(table_of(RuleHitRow)).where(RuleHitRow.id.in_(old)),
        delete(table_of(RuleTrialRow)).where(RuleTrialRow.id.in_(tried)),
    )
    return sum(int(session.connection().execute(write).rowcount) for write in writes)


def _row(item: Item, finding: Finding, now: datetime) -> dict[str, Any]:
    return {
        "rule_id": finding.details["rule"],
        "version": finding.details["version"],
        "uri": item.uri,
        "mode": MODES[finding.why],
        "at": now,
    }
