"""Reports of purges: written, added to, read, and forgotten in their own time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.purging.tables import PurgeKind, PurgeReportRow
from app.purging.values import Gone, Store
from moderation.policy import store
from moderation.preservation import reach
from moderation.preservation.tables import PreservationOrderRow


def write(
    session: Session,
    kind: PurgeKind,
    by: str,
    gone: Iterable[Gone],
    began_at: datetime,
    ended_at: datetime | None,
    *,
    subject: str | None = None,
    failed: Iterable[str] = (),
) -> PurgeReportRow:
    """A report of what was deleted where."""
    orders = (
        select(func.count()).select_from(PreservationOrderRow).where(reach.in_force(PreservationOrderRow, began_at))
    )
    row = PurgeReportRow(
        kind=kind,
        by=by,
        subject=subject,
        began_at=began_at,
        ended_at=ended_at,
        orders=session.scalar(orders) or 0,
        gone=[asdict(each) for each in gone],
        failed=list(failed),
    )
    session.add(row)
    session.flush()
    return row


def add(session: Session, kind: PurgeKind, subject: str, by: str, gone: Iterable[Gone], now: datetime) -> None:
    """The end of a purge that goes on some at a time: added to the report that is open for it, or a new one."""
    open_one = select(PurgeReportRow).where(
        PurgeReportRow.kind == kind, PurgeReportRow.subject == subject, PurgeReportRow.ended_at.is_(None)
    )
    row = session.scalars(open_one.order_by(PurgeReportRow.id.desc()).limit(1)).first()
    if row is None:
        write(session, kind, by, gone, now, now, subject=subject)
        return
    row.gone = merged(row.gone, [asdict(each) for each in gone])
    row.ended_at = now


def of_tables(purge: str, counts: Mapping[str, int]) -> list[Gone]:
    """Counts by table as lines, those of nothing left out."""
    return [Gone(purge, store_of(table), table, count) for table, count in sorted(counts.items()) if count]


def store_of(table: str) -> Store:
    """To which store a table's rows belong."""
    return _STORES.get(table, Store.TABLES)


_STORES: Mapping[str, Store] = {
    "post_search": Store.INDEX,
    "cached_media": Store.CACHE,
    "uploads": Store.FILES,
    "inbox_activities": Store.QUEUE,
    "outbox_activities": Store.QUEUE,
    "deliveries": Store.QUEUE,
    "webhook_deliveries": Store.QUEUE,
    "outgoing_mails": Store.QUEUE,
    "preserved_copies": Store.VAULT,
    "sealed_items": Store.VAULT,
}


def merged(before: Iterable[Mapping[str, object]], more: Iterable[Mapping[str, object]]) -> list[dict[str, object]]:
    """Lines added up where they are about the same."""
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for line in (*before, *more):
        key = (line["purge"], line["store"], line["where"])
        known = found.setdefault(key, {**line, "count": 0})
        known["count"] = int(str(known["count"])) + int(str(line["count"]))
    return list(found.values())


def listed(session: Session, limit: int = 50, before: int | None = None) -> list[PurgeReportRow]:
    """The newest first."""
    query = select(PurgeReportRow).order_by(PurgeReportRow.id.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(PurgeReportRow.id < before)))


def find(session: Session, number: int) -> PurgeReportRow:
    """One of them. Raises NotFoundError."""
    row = session.get(PurgeReportRow, number)
    if row is None:
        raise NotFoundError("There is no such report")
    return row


def forget(session: Session, now: datetime) -> int:
    """Those that are older than the policy keeps them; how many."""
    before = now - timedelta(days=store.current(session).keeping.purge_reports_days)
    old = delete(PurgeReportRow).where(PurgeReportRow.began_at < before).returning(PurgeReportRow.id)
    return len(session.scalars(old).all())
