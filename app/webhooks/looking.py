"""What happened since the last look, as rows to deliver.

Looking at the rows themselves, nothing that happens is missed, whichever way it came about. Each is written down once,
as a look goes back over a while that was looked at before.

What is about members of staff isn't told: who added a webhook may be the one whom it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.instance import facts
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from app.webhooks.tables import WebhookDeliveryRow, WebhookEvent, WebhookRow, WebhookState
from moderation.cases.tables import CaseRow
from moderation.reports.tables import ReportRow
from moderation.values import PUBLIC_KINDS

LOOKED: Final = "webhooks_looked_at"
BACK: Final = timedelta(minutes=2)
"""A write may commit a little after the time that it says."""
MOST_AT_ONCE: Final = 5000
MOST_WAITING: Final = 2000
"""More than that waits for no webhook: what comes on top isn't told."""


def look(services: Services) -> int:
    """Write down what happened for whoever wants to know; how many."""
    now = services.clock.now()
    with services.db.read() as session:
        hooks = session.scalars(select(WebhookRow).where(WebhookRow.off_at.is_(None)).order_by(WebhookRow.id)).all()
        looked = facts.get(session, LOOKED)
        since = _since_when(hooks, datetime.fromisoformat(looked) if looked else now)
        wanted = {WebhookEvent(event) for hook in hooks for event in hook.events}
        found = {event: session.execute(_happened(event, since)).all() for event in sorted(wanted)}
        room = {hook.id: MOST_WAITING - _waiting(session, hook.id) for hook in hooks}
    if not hooks:
        return 0
    rows = [row for hook in hooks for row in list(_for(hook, found, now))[: max(0, room[hook.id])]]
    with services.db.write() as session:
        for row in rows:
            _insert(session, row)
        facts.put(session, LOOKED, now.isoformat(), now)
    return len(rows)


def _since_when(hooks: Sequence[WebhookRow], looked_at: datetime) -> datetime:
    """From where a look begins: where nobody wanted to know for long, there's nothing to look back for."""
    return max([looked_at - BACK, *([min(hook.since for hook in hooks)] if hooks else [])])


def note(session: Session, event: WebhookEvent, object_id: int, now: datetime) -> None:
    """Something happened that leaves no time of its own in a row."""
    for hook in session.scalars(select(WebhookRow).where(WebhookRow.off_at.is_(None))).all():
        if event.value in hook.events and _waiting(session, hook.id) < MOST_WAITING:
            _insert(session, _row(hook, event, object_id, now, now))


def _for(hook: WebhookRow, found: Mapping[WebhookEvent, Iterable[Any]], now: datetime) -> Iterable[dict[str, Any]]:
    for name in hook.events:
        event = WebhookEvent(name)
        for object_id, happened_at in found.get(event, ()):
            if happened_at > hook.since:
                yield _row(hook, event, object_id, happened_at, now)


def _row(hook: WebhookRow, event: WebhookEvent, object_id: int, happened_at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": hook.id,
        "event": event,
        "object_id": object_id,
        "happened_at": happened_at,
        "state": WebhookState.WAITING,
        "body": "",
        "attempts": 0,
        "error": "",
        "next_at": now,
    }


def _insert(session: Session, row: dict[str, Any]) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    once = ["webhook_id", "event", "object_id", "happened_at"]
    session.execute(dialect.insert(WebhookDeliveryRow).values(**row).on_conflict_do_nothing(index_elements=once))


def _waiting(session: Session, webhook_id: int) -> int:
    waits = select(func.count()).select_from(WebhookDeliveryRow)
    waits = waits.where(WebhookDeliveryRow.webhook_id == webhook_id, WebhookDeliveryRow.state == WebhookState.WAITING)
    return session.scalar(waits) or 0


def _happened(event: WebhookEvent, since: datetime) -> Select[Any]:
    return _QUERIES[event](since).limit(MOST_AT_ONCE)


def _since(what: Any, at: Any, since: datetime, *which: ColumnElement[bool]) -> Select[Any]:
    return select(what, at).where(at >= since, *which).order_by(at, what)


def _of_no_staff(uri: Any) -> ColumnElement[bool]:
    """About nobody who moderates."""
    staff = select(ActorRow.uri).join(AccountRow, AccountRow.id == ActorRow.id)
    found: ColumnElement[bool] = uri.not_in(staff.where(AccountRow.role.in_(sorted(lookup.STAFF))))
    return found


_QUERIES: Final[Mapping[WebhookEvent, Callable[[datetime], Select[Any]]]] = {
    WebhookEvent.ACCOUNT_CREATED: lambda since: _since(AccountRow.id, AccountRow.created_at, since),
    WebhookEvent.ACCOUNT_APPROVED: lambda since: _since(AccountRow.id, AccountRow.approved_at, since),
    WebhookEvent.REPORT_CREATED: lambda since: _since(
        ReportRow.id, ReportRow.filed_at, since, _of_no_staff(ReportRow.target_uri)
    ),
    WebhookEvent.REPORT_UPDATED: lambda since: _since(
        ReportRow.id, ReportRow.settled_at, since, _of_no_staff(ReportRow.target_uri)
    ),
    WebhookEvent.STATUS_CREATED: lambda since: _since(
        PostRow.pk,
        PostRow.published_at,
        since,
        PostRow.local.is_(True),
        PostRow.state == PostState.PUBLISHED,
        PostRow.visibility.in_(PUBLIC_KINDS),
        PostRow.kind != PostKind.BOOST,
    ),
    WebhookEvent.CASE_OPENED: lambda since: _since(
        CaseRow.id, CaseRow.opened_at, since, _of_no_staff(CaseRow.author_uri)
    ),
    WebhookEvent.CASE_DECIDED: lambda since: _since(
        CaseRow.id, CaseRow.decided_at, since, _of_no_staff(CaseRow.author_uri)
    ),
}
