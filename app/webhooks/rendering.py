"""What a webhook is sent: Mastodon's entities where it has them, and cases without a word of what they are about."""

from __future__ import annotations

from typing import Any

import orjson
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import bare
from app.errors import NotFoundError
from app.mastodon import present
from app.mastodon.admin import accounts, reports
from app.mastodon.serialise.times import instant, instant_or_none
from app.posts import reading
from app.reviewing import finding
from app.services import Services
from app.webhooks.tables import WebhookDeliveryRow, WebhookEvent, WebhookRow
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.reports.tables import ReportRow

E = WebhookEvent
MOST_BYTES = 256 * 1024


class Rendering:
    """Renders for programs that nobody has signed in to: posts as strangers see them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._flask = bare.application(services)

    def body(self, hook: WebhookRow, row: WebhookDeliveryRow) -> str | None:
        """The whole message; None where what it is about is gone, or can't be told."""
        with self._flask.test_request_context():
            g.viewer, g.locale = None, "en"
            told = self._object(hook, row)
        if told is None:
            return None
        envelope = {"event": row.event.value, "created_at": instant(row.happened_at), "object": told}
        body = orjson.dumps(envelope).decode()
        return body if len(body) <= MOST_BYTES else None

    def _object(self, hook: WebhookRow, row: WebhookDeliveryRow) -> Any:
        with self._services.db.read() as session:
            if row.event in (E.ACCOUNT_CREATED, E.ACCOUNT_APPROVED):
                return _account(session, row.object_id, with_contacts=hook.with_contacts)
            if row.event in (E.REPORT_CREATED, E.REPORT_UPDATED):
                return _report(session, row.object_id, with_contacts=hook.with_contacts)
            if row.event is E.STATUS_CREATED:
                found = reading.load_one(session, row.object_id, None)
                return present.status(found) if found is not None else None
            return _case(session, self._services, row.object_id)


def _account(session: Session, account_id: int, *, with_contacts: bool) -> dict[str, Any] | None:
    try:
        found = finding.one(session, account_id)
    except NotFoundError:
        return None
    return _bare(accounts.entities([found], None)[0], with_contacts)


def _report(session: Session, report_id: int, *, with_contacts: bool) -> dict[str, Any] | None:
    report = session.get(ReportRow, report_id)
    if report is None:
        return None
    told = reports.entities([report], None)[0]
    outside = {name: _bare(told[name], with_contacts) for name in ("account", "target_account")}
    # whatever leaves the house names nobody of its team
    return told | outside | {"assigned_account": None, "action_taken_by_account": None}


def _bare(account: dict[str, Any] | None, with_contacts: bool) -> dict[str, Any] | None:
    """An Admin::Account, but for how to reach them where nobody said that it may be told."""
    if account is None or with_contacts:
        return account
    return account | {"email": None, "ip": None, "ips": [], "invite_request": None}


def _case(session: Session, services: Services, case_id: int) -> dict[str, Any] | None:
    """A case by its number: no content, nobody's name, neither the author's nor who decided."""
    case = session.get(CaseRow, case_id)
    if case is None:
        return None
    decision = session.scalar(
        select(DecisionRow)
        .join(DecisionCaseRow, DecisionCaseRow.decision_id == DecisionRow.id)
        .where(DecisionCaseRow.case_id == case_id, ORIGINAL)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    return {
        "id": str(case.id),
        "url": services.settings.url(f"/review/case/{case.id}"),
        "kind": case.kind.value,
        "origin": case.origin.value,
        "state": case.state.value,
        "label": case.label,
        "language": case.language,
        "reports": case.reports,
        "opened_at": instant(case.opened_at),
        "decided_at": instant_or_none(case.decided_at),
        "decision": _decision(decision) if decision is not None and case.decided_at is not None else None,
    }


def _decision(row: DecisionRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "action": row.action.value,
        "scope": row.scope.value,
        "rule_id": row.rule_id,
        "made_at": instant(row.made_at),
    }
