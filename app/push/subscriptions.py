"""Subscriptions: made by a client with its token, changed, found and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import sealing
from app.errors import InvalidError, NotFoundError
from app.federation.wire.errors import RefusedUrlError
from app.federation.wire.fetching import check_url
from app.push import letting_go
from app.push.encryption import BadKeyError, Device
from app.push.tables import PushPolicy, PushSubscriptionRow
from app.services import Services

LONGEST_ENDPOINT = 2048
PURPOSE = "push token"
"""What tokens are sealed for."""
ALERTS = (
    *(
        "mention",
        "quote",
        "status",
        "reblog",
        "follow",
        "follow_request",
        "favourite",
        "poll",
        "update",
        "quoted_update",
    ),
    *("admin.sign_up", "admin.report", "moderation_warning", "severed_relationships"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a client asks for."""

    endpoint: str
    key: str
    auth: str = field(repr=False)
    token: str = field(default="", repr=False)
    standard: bool = False
    policy: PushPolicy = PushPolicy.ALL
    alerts: Mapping[str, bool] = field(default_factory=dict)


def subscribe(services: Services, token_id: int, account_id: int, wanted: Wanted) -> PushSubscriptionRow:
    """Make one, in the place of the token's former one. Raises InvalidError."""
    require_good(services, wanted)
    with services.db.write() as session:
        _drop(session, token_id)
        row = PushSubscriptionRow(
            token_id=token_id,
            account_id=account_id,
            endpoint=wanted.endpoint,
            key=wanted.key,
            auth=wanted.auth,
            token_sealed=sealing.seal(services.settings, PURPOSE, wanted.token.encode()),
            standard=wanted.standard,
            policy=wanted.policy,
            alerts=dict(wanted.alerts),
            made_at=services.clock.now(),
        )
        session.add(row)
    return row


def find(session: Session, token_id: int) -> PushSubscriptionRow:
    """The token's. Raises NotFoundError."""
    row = session.scalar(select(PushSubscriptionRow).where(PushSubscriptionRow.token_id == token_id))
    if row is None:
        raise NotFoundError
    return row


def change(
    services: Services, token_id: int, alerts: Mapping[str, bool] | None, policy: PushPolicy | None
) -> PushSubscriptionRow:
    """Say anew of what it is told, and from whom. Raises NotFoundError."""
    with services.db.write() as session:
        row = find(session, token_id)
        if alerts is not None:
            row.alerts = dict(alerts)
        if policy is not None:
            row.policy = policy
    return row


def unsubscribe(services: Services, token_id: int) -> None:
    """Take it away; that there is none is fine."""
    with services.db.write() as session:
        _drop(session, token_id)


def forget(session: Session, account_id: int) -> None:
    """All of a member's, with what waits for them."""
    letting_go.of(session, select(PushSubscriptionRow.id).where(PushSubscriptionRow.account_id == account_id))


def drop(session: Session, subscription_id: int) -> None:
    """One that nobody listens to any more."""
    letting_go.of(session, select(PushSubscriptionRow.id).where(PushSubscriptionRow.id == subscription_id))


def _drop(session: Session, token_id: int) -> None:
    letting_go.of(session, select(PushSubscriptionRow.id).where(PushSubscriptionRow.token_id == token_id))


def require_good(services: Services, wanted: Wanted) -> None:
    """Raises InvalidError for an address that isn't one, or keys that no device has."""
    try:
        check_url(wanted.endpoint, services.settings.scheme)
        Device.of(wanted.key, wanted.auth)
    except RefusedUrlError as error:
        raise InvalidError("Validation failed: Endpoint is not a valid URL", code="bad_endpoint") from error
    except BadKeyError as error:
        raise InvalidError(f"Validation failed: Keys are invalid: {error}", code="bad_keys") from error
    if len(wanted.endpoint) > LONGEST_ENDPOINT:
        raise InvalidError("Validation failed: Endpoint is too long", code="bad_endpoint")
