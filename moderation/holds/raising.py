"""A held post that nobody would have seen gets its case when a reader appears."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import newcomers, opening, priority
from moderation.evidence.snapshots import latest
from moderation.holds.tables import HoldRow, HoldState
from moderation.queues import placing
from moderation.values import CaseOrigin


def raise_for_reader(session: Session, uri: str, now: datetime) -> int | None:
    """Somebody opened, mentioned or boosted it: the case that it has now; None if it isn't held.

    A second call gives the same case.
    """
    statement = select(HoldRow).where(HoldRow.uri == uri, HoldRow.state == HoldState.HELD).with_for_update()
    row = session.scalars(statement).first()
    if row is None:
        return None
    if row.case_id is None:
        known = opening.open_cases(session, [uri]).get(uri)
        row.case_id = known if known is not None else _open(session, row, now)
        session.flush()
        placing.settle_holds(session, [row.case_id])
    return row.case_id


def _open(session: Session, row: HoldRow, now: datetime) -> int:
    pending = row.pending
    if newcomers.is_led_by(pending.get("reasons", ())):
        known = newcomers.case_of(session, row.author_domain)
        if known is not None:
            member = {"uri": row.uri, "author_uri": row.author_uri, "kind": row.kind, "verdict_id": row.verdict_id}
            newcomers.join(session, known, member, now)
            return known
    rank = priority.rank(
        CaseOrigin.HOLD,
        now,
        severity=pending.get("severity", 5.0),
        certainty=pending.get("certainty", 0.8),
        reach=1 + int(pending.get("followers", 0)),
        local=row.local,
    )
    snapshot = latest(session, [row.uri]).get(row.uri)
    media = snapshot.context.get("media", []) if snapshot is not None else []
    case = opening.Opening(
        row.uri,
        row.kind,
        CaseOrigin.HOLD,
        row.author_uri,
        row.author_domain,
        row.local,
        rank,
        row.label,
        snapshot.language if snapshot else None,
        pending.get("reasons", ()),
        verdict_id=row.verdict_id,
        has_pictures=opening.has_pictures(each["media_type"] for each in media),
    )
    return opening.open_many(session, [case], now)[0]
