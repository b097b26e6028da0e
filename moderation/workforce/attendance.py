"""Who is there, and the time they spend: kept from what they do, with idle time cut out.

Each thing done is a beat. Between two beats no more than IDLE apart everything counts; what is further apart doesn't.
There is one line of stretches for each person, however many cases they hold: nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseEventRow, CaseRow
from moderation.errors import RefusedError
from moderation.values import CaseOrigin
from moderation.workforce import exposure, spans
from moderation.workforce.spans import Span
from moderation.workforce.tables import AttendanceRow, StretchKind, StretchRow

IDLE: Final = timedelta(minutes=5)
"""As long as a claim lasts without being renewed."""
ABSENT: Final = timedelta(minutes=15)
BREAK: Final = timedelta(minutes=15)
"""How much of a break is paid."""
WORK_BEFORE_BREAK: Final = timedelta(minutes=45)
RELIEF_WITHIN: Final = timedelta(minutes=30)
"""For so long after somebody has done with a grave case its relief can be taken."""
_LOOK_BACK: Final = timedelta(hours=12)
OFF: Final = frozenset({StretchKind.BREAK, StretchKind.RELIEF})


def beat(session: Session, name: str, kind: StretchKind, now: datetime) -> None:
    """Somebody did something."""
    _be_there(session, name, now)
    last = _last(session, name)
    if last is None:
        _open(session, name, kind, now, now)
    elif last.kind in OFF:
        last.ended_at = min(last.ended_at, now)
        _open(session, name, kind, now, now)
    elif now - last.ended_at > IDLE:
        _open(session, name, kind, now, now)
    else:
        last.ended_at = max(last.ended_at, now)
        if last.kind is not kind:
            _open(session, name, kind, now, now)
    session.flush()


def kind_of(case: CaseRow) -> StretchKind:
    """What a case is as work."""
    return StretchKind.APPEALS if case.origin is CaseOrigin.APPEAL else StretchKind.CASES


def take_break(session: Session, name: str, now: datetime) -> StretchRow:
    """A break from now on, paid for as long as BREAK; what is done next ends it.

    Raises RefusedError where none is to be paid yet: pausing is free, it just isn't counted.
    """
    kind = offered(session, name, now)
    if kind is None:
        raise RefusedError("a paid break comes with every 45 minutes of work, and after a grave case")
    last = _last(session, name)
    if last is not None and now - last.ended_at <= IDLE:
        last.ended_at = max(last.ended_at, now)
    _be_there(session, name, now + BREAK, since=now)
    return _open(session, name, kind, now, now + BREAK)


def offered(session: Session, name: str, now: datetime) -> StretchKind | None:
    """The paid break that somebody could take now."""
    recent = list(session.scalars(_of(name).where(StretchRow.ended_at >= now - _LOOK_BACK)))
    worked = [row for row in recent if row.kind not in OFF]
    if not worked or now - max(row.ended_at for row in worked) > ABSENT or _runs(recent, now):
        return None
    if _saw_grave(session, name, now, _latest(recent, StretchKind.RELIEF)):
        return StretchKind.RELIEF
    since = max((row.ended_at for row in recent if row.kind in OFF), default=now - _LOOK_BACK)
    later = spans.within([_span(row) for row in worked], since, now)
    return StretchKind.BREAK if spans.length(later) >= WORK_BEFORE_BREAK else None


def on_break(session: Session, name: str, now: datetime) -> datetime | None:
    """Until when a break of theirs is paid; None where none runs."""
    last = _last(session, name)
    return last.ended_at if last is not None and last.kind in OFF and last.ended_at > now else None


def leave(session: Session, name: str, now: datetime) -> None:
    """The end of a shift. Claims are given back by who calls this."""
    last = _last(session, name)
    if last is not None and last.kind in OFF:
        last.ended_at = min(last.ended_at, now)
    elif last is not None and now - last.ended_at <= IDLE:
        last.ended_at = max(last.ended_at, now)
    for row in session.scalars(_present(now).where(AttendanceRow.name == name)):
        row.left_at = row.seen_at = now
    session.flush()


def there(session: Session, now: datetime) -> dict[str, datetime]:
    """Who is on shift now, and since when."""
    return {row.name: row.began_at for row in session.scalars(_present(now).order_by(AttendanceRow.began_at))}


def since(session: Session, name: str, now: datetime) -> datetime | None:
    """Since when somebody has been on shift; None where they aren't."""
    row = session.scalars(_present(now).where(AttendanceRow.name == name).limit(1)).first()
    return None if row is None else row.began_at


def spans_of(session: Session, name: str, since: datetime, until: datetime) -> list[Span]:
    """What somebody spent their time on between two moments, nothing twice."""
    rows = session.scalars(_of(name).where(StretchRow.ended_at > since, StretchRow.began_at < until))
    return spans.within(spans.once(_span(row) for row in rows), since, until)


def attended(session: Session, names: Collection[str], since: datetime, until: datetime) -> list[AttendanceRow]:
    """When these people came and went, in a span of time."""
    query = select(AttendanceRow).where(AttendanceRow.name.in_(names), AttendanceRow.seen_at > since)
    ordered = query.where(AttendanceRow.began_at < until).order_by(AttendanceRow.began_at, AttendanceRow.id)
    return list(session.scalars(ordered))


def _be_there(session: Session, name: str, until: datetime, since: datetime | None = None) -> None:
    """Somebody is there, and will be until the end of a break."""
    row = session.scalars(_present(since or until).where(AttendanceRow.name == name).limit(1)).first()
    if row is None:
        session.add(AttendanceRow(name=name, began_at=since or until, seen_at=until))
    else:
        row.seen_at = max(row.seen_at, until)


def _present(now: datetime) -> Select[AttendanceRow]:
    return select(AttendanceRow).where(AttendanceRow.left_at.is_(None), AttendanceRow.seen_at > now - ABSENT)


def _of(name: str) -> Select[StretchRow]:
    return select(StretchRow).where(StretchRow.name == name).order_by(StretchRow.began_at, StretchRow.id)


def _last(session: Session, name: str) -> StretchRow | None:
    query = select(StretchRow).where(StretchRow.name == name)
    ordered = query.order_by(StretchRow.began_at.desc(), StretchRow.id.desc()).limit(1)
    return session.scalars(ordered.with_for_update()).first()


def _open(session: Session, name: str, kind: StretchKind, began: datetime, ended: datetime) -> StretchRow:
    row = StretchRow(name=name, kind=kind, began_at=began, ended_at=ended)
    session.add(row)
    session.flush()
    return row


def _span(row: StretchRow) -> Span:
    return Span(row.kind, row.began_at, row.ended_at)


def _runs(rows: list[StretchRow], now: datetime) -> bool:
    return any(row.kind in OFF and row.ended_at > now for row in rows)


def _latest(rows: list[StretchRow], kind: StretchKind) -> datetime | None:
    return max((row.began_at for row in rows if row.kind is kind), default=None)


def _saw_grave(session: Session, name: str, now: datetime, after: datetime | None) -> bool:
    since = now - RELIEF_WITHIN if after is None else max(after, now - RELIEF_WITHIN)
    query = (
        select(func.count())
        .select_from(CaseEventRow)
        .join(CaseRow, CaseRow.id == CaseEventRow.case_id)
        .where(
            CaseEventRow.by == name,
            CaseEventRow.at > since,
            CaseEventRow.what != "claimed",
            CaseRow.label.in_(exposure.heavy_labels(session)),
        )
    )
    return bool(session.scalar(query))
