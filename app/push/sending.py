"""Sends what waits to be pushed, each message encrypted for its device, and forgets devices that nobody listens at."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import sealing
from app.accounts import lookup
from app.accounts.tables import AccountRow
from app.errors import NotFoundError
from app.federation import posting
from app.federation.wire.errors import BadStatusError
from app.federation.wire.fetching import Outgoing, Poster, Sent
from app.instance import house
from app.media import shown
from app.notifications import reading
from app.notifications.languages import translator
from app.oauth import tokens
from app.oauth.tables import OAuthTokenRow
from app.push import identity, subscriptions, wording
from app.push.encryption import MOST_BYTES, Device, seal, seal_by_the_draft
from app.push.tables import PushRow, PushSubscriptionRow
from app.sealing import SealError
from app.services import Services

log = structlog.get_logger()
LEASE: Final = timedelta(minutes=5)
FIRST_DELAY: Final = timedelta(minutes=1)
MOST_ATTEMPTS: Final = 5
TOO_OLD: Final = timedelta(hours=12)
MOST_FAILURES: Final = 30
"""After so many without one that arrived a device is forgotten."""
TTL_SECONDS: Final = 48 * 3600
_GONE: Final = frozenset((404, 410))


@dataclass(frozen=True, slots=True)
class _Due:
    row: PushRow
    outgoing: Outgoing


def drain(services: Services, limit: int = 100, *, poster: Poster | None = None) -> int:
    """Send what is due; how many were tried."""
    taken = _take(services, limit)
    if not taken:
        return 0
    due, nothing = _prepare(services, taken)
    sent = asyncio.run(posting.post(services, [each.outgoing for each in due], poster)) if due else []
    with services.db.write() as session:
        session.execute(delete(PushRow).where(PushRow.id.in_(nothing)))
        for each, result in zip(due, sent, strict=True):
            _settle(session, services.clock.now(), each.row, result)
    return len(due)


def _take(services: Services, limit: int) -> Sequence[PushRow]:
    now = services.clock.now()
    with services.db.write() as session:
        rows = session.scalars(
            select(PushRow)
            .where(PushRow.next_at <= now)
            .order_by(PushRow.next_at, PushRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
    return rows


def _prepare(services: Services, taken: Sequence[PushRow]) -> tuple[list[_Due], list[int]]:
    """What is to be sent, and which rows tell nothing any more: what they were about isn't there, or not for these
    eyes, or the device's token is no good."""
    ours = identity.key(services)
    due: list[_Due] = []
    nothing: list[int] = []
    with services.db.read() as session:
        for row in taken:
            one = session.get(PushSubscriptionRow, row.subscription_id)
            message = _message(services, session, row, one) if one is not None else None
            if one is None or message is None or services.clock.now() - row.made_at > TOO_OLD:
                nothing.append(row.id)
            else:
                due.append(_Due(row, _outgoing(services, ours, one, message, urgent=row.urgent)))
    return due, nothing


def _to_browser(services: Services, session: Session, row: PushRow, one: PushSubscriptionRow) -> bytes | None:
    """A call for the service worker of our own pages; None where its reader is nobody here any more."""
    account = session.get(AccountRow, one.account_id)
    if account is None or row.notification_id is not None or account.disabled_at is not None:
        return None
    if not lookup.is_staff(lookup.role_at(account, services.clock.now())):
        return None
    said = {"title": row.title, "body": row.text, "url": "/review/on-call", "lang": account.locale}
    return orjson.dumps(said)


def _message(services: Services, session: Session, row: PushRow, one: PushSubscriptionRow) -> bytes | None:
    if one.token_id is None:
        return _to_browser(services, session, row, one)
    token = session.get(OAuthTokenRow, one.token_id)
    if token is None or not tokens.is_good(token) or token.account is None:
        return None
    if row.notification_id is None:
        said = {"notification_id": 0, "notification_type": "admin.report", "title": row.title, "body": row.text}
        return _bounded(services, one, token.account, {**said, "icon": services.settings.url("/static/mark.svg")})
    try:
        view = reading.one(session, one.account_id, row.notification_id)
    except NotFoundError:
        return None
    if view.row.filtered or (view.row.post_pk is not None and (view.post is None or view.post.held)):
        return None
    _ = translator(token.account.locale)
    called = (services.settings.domain, house.house(session, services.settings).title)
    said = {
        "notification_id": view.row.id,
        "notification_type": view.row.kind.value,
        "icon": shown.avatar(services.settings, view.actor, shown.STATIC) or "",
        "title": wording.title(view, _, called),
        "body": wording.body(view, _),
    }
    return _bounded(services, one, token.account, said)


def _bounded(services: Services, one: PushSubscriptionRow, account: AccountRow, said: Mapping[str, Any]) -> bytes:
    """The message as Mastodon's clients read it, who find by `access_token` which of their accounts it is for."""
    try:
        token = sealing.unseal(services.settings, subscriptions.PURPOSE, one.token_sealed).decode()
    except SealError as error:
        log.warning("push_token_lost", subscription=one.id, error=str(error))
        token = ""
    message = orjson.dumps({"access_token": token, "preferred_locale": account.locale, **said})
    return (
        message if len(message) <= MOST_BYTES else orjson.dumps({"access_token": token, **said, "body": "", "icon": ""})
    )


def _outgoing(
    services: Services, ours: identity.Key, one: PushSubscriptionRow, message: bytes, *, urgent: bool
) -> Outgoing:
    device = Device.of(one.key, one.auth)
    word = identity.claim(services, ours, one.endpoint)
    public = identity.text_of(ours)
    sealed = seal(message, device) if one.standard else seal_by_the_draft(message, device)
    headers = {"Content-Type": "application/octet-stream", "TTL": str(TTL_SECONDS), **sealed.headers}
    headers["Urgency"] = "high" if urgent else "normal"
    if one.standard:
        headers["Authorization"] = f"vapid t={word},k={public}"
    else:
        headers["Authorization"] = f"WebPush {word}"
        headers["Crypto-Key"] += f";p256ecdsa={public}"
    return Outgoing(one.endpoint, sealed.body, headers=headers)


def _settle(session: Session, now: datetime, taken: PushRow, sent: Sent) -> None:
    row, one = session.get(PushRow, taken.id), session.get(PushSubscriptionRow, taken.subscription_id)
    if row is None or one is None:
        return  # the client went away meanwhile
    if sent.succeeded:
        one.failures = 0
        session.delete(row)
        return
    answered = sent.error.answered if isinstance(sent.error, BadStatusError) else None
    one.failures += 1
    if sent.error is not None and sent.error.permanent:
        host = urlsplit(one.endpoint).hostname
        log.info("push_refused", subscription=one.id, host=host, reason=sent.error.code, answered=answered)
    if answered in _GONE or one.failures >= MOST_FAILURES:
        subscriptions.drop(session, one.id)
    elif row.attempts >= MOST_ATTEMPTS or (sent.error is not None and sent.error.permanent):
        session.delete(row)
    else:
        row.next_at = now + FIRST_DELAY * (1 << (row.attempts - 1))
