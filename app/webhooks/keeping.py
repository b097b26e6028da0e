"""Webhooks kept by admins: made, given another secret, switched off and on, taken away. All of it is logged."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import sealing
from app.accounts.tables import AccountRow, Role
from app.errors import InvalidError, NotFoundError
from app.federation.wire.errors import RefusedUrlError
from app.federation.wire.fetching import check_url
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from app.webhooks.tables import WebhookDeliveryRow, WebhookEvent, WebhookRow, WebhookState
from moderation.log import chain

PURPOSE = "webhook"
MOST = 20
LONGEST_URL = 2048
SHOWN = 15
BY_HAND, GONE, FAILED = "by hand", "gone", "failed"


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook with its secret, which nobody is shown again."""

    row: WebhookRow
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """A webhook with what was sent to it last."""

    row: WebhookRow
    waiting: int
    latest: Sequence[WebhookDeliveryRow]


def listed(session: Session) -> list[Listed]:
    """All of them."""
    return [_listed(session, row) for row in session.scalars(select(WebhookRow).order_by(WebhookRow.id))]


def add(
    services: Services, account: AccountRow, url: str, events: Sequence[WebhookEvent], *, with_contacts: bool
) -> Made:
    """Make one. Raises ForbiddenError, InvalidError."""
    by, now = people.require(account, Role.ADMIN), services.clock.now()
    _require_good(services, url, events)
    secret = secrets.token_hex(32)
    with services.db.write() as session:
        if (session.scalar(select(func.count()).select_from(WebhookRow)) or 0) >= MOST:
            raise InvalidError(_("There are as many webhooks as there can be"), code="too_many")
        row = WebhookRow(
            url=url,
            events=[event.value for event in events],
            with_contacts=with_contacts,
            secret_sealed=sealing.seal(services.settings, PURPOSE, secret.encode()),
            made_by=by,
            made_at=now,
            since=now,
        )
        session.add(row)
        session.flush()
        said: dict[str, str | int | bool | None] = {"url": url, "events": " ".join(row.events)}
        chain.append(session, by, "webhook_added", f"webhook:{row.id}", said, now)
    return Made(row, secret)


def rotate(services: Services, account: AccountRow, number: int) -> Made:
    """Another secret; the old one signs nothing from now on. Raises ForbiddenError, NotFoundError."""
    by, secret = people.require(account, Role.ADMIN), secrets.token_hex(32)
    with services.db.write() as session:
        row = _get(session, number)
        row.secret_sealed = sealing.seal(services.settings, PURPOSE, secret.encode())
        chain.append(session, by, "webhook_secret_changed", f"webhook:{number}", {}, services.clock.now())
    return Made(row, secret)


def switch_off(services: Services, account: AccountRow, number: int) -> None:
    """Send it nothing; what waits is dropped. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, Role.ADMIN)
    with services.db.write() as session:
        off(session, services, _get(session, number), BY_HAND)
        chain.append(session, by, "webhook_switched_off", f"webhook:{number}", {}, services.clock.now())


def off(session: Session, services: Services, row: WebhookRow, because: str) -> None:
    """Switch one off in this write."""
    row.off_at, row.off_because = services.clock.now(), because
    waits = WebhookDeliveryRow.state == WebhookState.WAITING
    session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == row.id, waits))


def switch_on(services: Services, account: AccountRow, number: int) -> None:
    """Tell it again what happens from now on. Raises ForbiddenError, NotFoundError."""
    by, now = people.require(account, Role.ADMIN), services.clock.now()
    with services.db.write() as session:
        row = _get(session, number)
        if row.off_at is not None:
            row.off_at, row.off_because, row.failures, row.since = None, "", 0, now
        chain.append(session, by, "webhook_switched_on", f"webhook:{number}", {}, now)


def remove(services: Services, account: AccountRow, number: int) -> None:
    """Take one away. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, Role.ADMIN)
    with services.db.write() as session:
        row = _get(session, number)
        session.execute(delete(WebhookDeliveryRow).where(WebhookDeliveryRow.webhook_id == number))
        session.delete(row)
        chain.append(session, by, "webhook_removed", f"webhook:{number}", {"url": row.url}, services.clock.now())


def again(services: Services, account: AccountRow, number: int) -> None:
    """Try what was given up once more, as often as anew. Raises ForbiddenError, NotFoundError."""
    people.require(account, Role.ADMIN)
    with services.db.write() as session:
        row = session.get(WebhookDeliveryRow, number)
        if row is None or row.state is not WebhookState.GIVEN_UP or _get(session, row.webhook_id).off_at is not None:
            raise NotFoundError
        row.state, row.attempts, row.next_at, row.done_at = WebhookState.WAITING, 0, services.clock.now(), None
    services.nudger.nudge(Job.WEBHOOKS)


def _require_good(services: Services, url: str, events: Sequence[WebhookEvent]) -> None:
    if not events:
        raise InvalidError(_("Choose what it is told"), code="no_events")
    try:
        check_url(url, services.settings.scheme)
    except RefusedUrlError as error:
        raise InvalidError(_("That is no address that can be sent to"), code="bad_url") from error
    if len(url) > LONGEST_URL:
        raise InvalidError(_("That is too long"), code="too_long")


def _listed(session: Session, row: WebhookRow) -> Listed:
    its = WebhookDeliveryRow.webhook_id == row.id
    waits = select(func.count()).select_from(WebhookDeliveryRow)
    waiting = session.scalar(waits.where(its, WebhookDeliveryRow.state == WebhookState.WAITING)) or 0
    latest = select(WebhookDeliveryRow).where(its).order_by(WebhookDeliveryRow.id.desc()).limit(SHOWN)
    return Listed(row, waiting, session.scalars(latest).all())


def _get(session: Session, number: int) -> WebhookRow:
    row = session.get(WebhookRow, number)
    if row is None:
        raise NotFoundError
    return row
