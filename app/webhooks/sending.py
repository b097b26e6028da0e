"""Sends what waits: signed, over the client that reaches no private network, later again where it fails, and in the end
not any more. A webhook that takes nothing for long is switched off, and who added it is written to.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import sealing
from app.accounts.tables import AccountRow, ActorRow
from app.federation import posting
from app.federation.wire.errors import BadStatusError
from app.federation.wire.fetching import Outgoing, Poster, Sent
from app.mail import Mail
from app.notifications import post_office
from app.notifications.languages import translator
from app.sealing import SealError
from app.services import Services
from app.webhooks import keeping, looking
from app.webhooks.rendering import Rendering
from app.webhooks.tables import WebhookDeliveryRow, WebhookRow, WebhookState

log = structlog.get_logger()
MOST_ATTEMPTS: Final = 9
FIRST_DELAY: Final = timedelta(minutes=1)
"""It doubles with each attempt: the last is about four hours after the first."""
LEASE: Final = timedelta(minutes=5)
MOST_FAILURES: Final = 10
"""After so many given up, without one that arrived, nothing more is sent."""
KEPT: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Due:
    row: WebhookDeliveryRow
    hook: WebhookRow
    outgoing: Outgoing


def drain(services: Services, limit: int = 100, *, poster: Poster | None = None) -> int:
    """Look at what happened and send what is due; how many were tried."""
    looking.look(services)
    due = _prepare(services, _take(services, limit))
    if not due:
        return 0
    sent = asyncio.run(posting.post(services, [each.outgoing for each in due], poster))
    with services.db.write() as session:
        for each, result in zip(due, sent, strict=True):
            _settle(session, services, each.row.id, result)
    return len(due)


def signature(secret: bytes, body: bytes) -> str:
    """What stands in X-Hub-Signature."""
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def forget(services: Services) -> int:
    """Forget what was settled long ago; how many."""
    before = services.clock.now() - KEPT
    with services.db.write() as session:
        old = delete(WebhookDeliveryRow).where(WebhookDeliveryRow.done_at < before)
        return len(session.scalars(old.returning(WebhookDeliveryRow.id)).all())


def _take(services: Services, limit: int) -> list[tuple[WebhookDeliveryRow, WebhookRow]]:
    """Claim some by moving them into the future, so that another worker leaves them alone while we send."""
    now = services.clock.now()
    with services.db.write() as session:
        rows = session.scalars(
            select(WebhookDeliveryRow)
            .where(WebhookDeliveryRow.state == WebhookState.WAITING, WebhookDeliveryRow.next_at <= now)
            .order_by(WebhookDeliveryRow.next_at, WebhookDeliveryRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        hooks = {hook.id: hook for hook in session.scalars(select(WebhookRow))}
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
    return [(row, hooks[row.webhook_id]) for row in rows]


def _prepare(services: Services, taken: Sequence[tuple[WebhookDeliveryRow, WebhookRow]]) -> list[_Due]:
    """Each with its body, made once so that it stays the same however often it is sent; what is gone isn't told."""
    rendering = Rendering(services)
    due: list[_Due] = []
    bodies: dict[int, str] = {}
    nothing: list[int] = []
    for row, hook in taken:
        body = row.body or rendering.body(hook, row)
        if body is None:
            nothing.append(row.id)
            continue
        bodies[row.id] = body
        secret = _secret(services, hook)
        if secret is not None:
            due.append(_Due(row, hook, _outgoing(hook, row, body.encode(), secret)))
    with services.db.write() as session:
        session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.id.in_(nothing)))
        for number, body in bodies.items():
            session.get_one(WebhookDeliveryRow, number).body = body
    return due


def _secret(services: Services, hook: WebhookRow) -> bytes | None:
    """None where the server's own secret has changed since: nothing leaves unsigned."""
    try:
        return sealing.unseal(services.settings, keeping.PURPOSE, hook.secret_sealed)
    except SealError as error:
        log.error("webhook_secret_lost", webhook=hook.id, error=str(error))
        return None


def _outgoing(hook: WebhookRow, row: WebhookDeliveryRow, body: bytes, secret: bytes) -> Outgoing:
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature": signature(secret, body),
        "X-Ostiary-Delivery": str(row.id),
    }
    return Outgoing(hook.url, body, headers=headers)


def _settle(session: Session, services: Services, number: int, sent: Sent) -> None:
    row, now = session.get(WebhookDeliveryRow, number), services.clock.now()
    hook = session.get(WebhookRow, row.webhook_id) if row is not None else None
    if row is None or hook is None:
        return  # it was taken away meanwhile
    row.answered = sent.error.answered if isinstance(sent.error, BadStatusError) else sent.status
    if sent.succeeded:
        row.state, row.error, row.body, row.done_at, hook.failures = WebhookState.DELIVERED, "", "", now, 0
        return
    row.error = sent.error.code[:64] if sent.error is not None else ""
    gone = row.answered == 410
    if row.attempts < MOST_ATTEMPTS and not gone:
        row.next_at = _next(now, row.attempts)
        return
    row.state, row.done_at = WebhookState.GIVEN_UP, now
    hook.failures += 1
    if (gone or hook.failures >= MOST_FAILURES) and hook.off_at is None:
        keeping.off(session, services, hook, keeping.GONE if gone else keeping.FAILED)
        _write_to_its_maker(session, services, hook)


def _next(now: datetime, attempts: int) -> datetime:
    return now + FIRST_DELAY * (1 << (attempts - 1))


def _write_to_its_maker(session: Session, services: Services, hook: WebhookRow) -> None:
    who = ActorRow.local & (ActorRow.username == hook.made_by)
    account = session.scalar(select(AccountRow).join(ActorRow, ActorRow.id == AccountRow.id).where(who))
    if account is None:
        return
    _ = translator(account.locale)
    host = hook.url.split("/")[2]
    text = _(
        "The webhook to %(host)s takes nothing any more, so nothing more is sent to it. Once it does, switch it on"
        " again: %(link)s"
    ) % {"host": host, "link": services.settings.url("/review/webhooks")}
    post_office.put(session, services, Mail(account.email, _("A webhook was switched off"), text))
