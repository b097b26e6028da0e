"""Reports as Mastodon's clients know them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from app.mastodon.serialise.times import instant, instant_or_none
from moderation.reports.tables import ReportOutcome, ReportRow


def report(row: ReportRow, target: orjson.Fragment, status_ids: Sequence[str]) -> dict[str, Any]:
    """A Report. `action_taken` says that it was settled in its favour."""
    return {
        "id": str(row.id),
        "action_taken": row.outcome is ReportOutcome.UPHELD,
        "action_taken_at": instant_or_none(row.settled_at) if row.outcome is ReportOutcome.UPHELD else None,
        "category": row.category,
        "comment": row.comment,
        "forwarded": row.forward,
        "created_at": instant(row.filed_at),
        "status_ids": list(status_ids) or None,
        "rule_ids": list(row.rule_ids) or None,
        "target_account": target,
    }
