"""What time does: holds that end, and what is forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, select

from app.enforcement import enact
from app.federation import intake
from app.federation.tables import DeliveryRow, DeliveryState, KeyFailureRow, OutboxActivityRow
from app.oauth.tables import OAuthCodeRow
from app.posts.tables import IdempotencyRow
from app.services import Services
from moderation.evidence import purging
from moderation.holds import ending

INBOX_KEPT = timedelta(days=60)
"""Replayed activities are known by their ids for so long."""
OUTBOX_KEPT = timedelta(days=7)
IDEMPOTENCY_KEPT = timedelta(days=1)


def end_holds(services: Services, limit: int = 200) -> int:
    """Let in, behind a warning, what was held for as long as a hold may last; how many effects that had."""
    now = services.clock.now()
    with services.db.write() as session:
        effects = ending.end_due(session, now, limit)
        enact.enact(services, session, effects)
    return len(effects)


def purge(services: Services, limit: int = 5000) -> int:
    """Forget a bounded batch of each kind; the largest of their numbers, so that a full batch asks for another."""
    now = services.clock.now()
    inbox = intake.prune(services, now - INBOX_KEPT, limit)
    with services.db.write() as session:
        report = purging.purge(session, now, limit)
    return max(
        inbox,
        _purge_outbox(services, limit),
        _purge_small(services),
        report.snapshots,
        report.findings,
        report.scores,
        report.fingerprints,
    )


def _purge_outbox(services: Services, limit: int) -> int:
    """Deliveries that are settled, then activities that have none left."""
    before = services.clock.now() - OUTBOX_KEPT
    settled = (
        select(DeliveryRow.id)
        .where(DeliveryRow.state != DeliveryState.WAITING, DeliveryRow.created_at < before)
        .limit(limit)
    )
    needed = exists().where(DeliveryRow.activity_id == OutboxActivityRow.id)
    done = select(OutboxActivityRow.id).where(OutboxActivityRow.created_at < before, ~needed).limit(limit)
    with services.db.write() as session:
        deliveries = session.scalars(delete(DeliveryRow).where(DeliveryRow.id.in_(settled)).returning(DeliveryRow.id))
        number = len(deliveries.all())
        session.execute(delete(OutboxActivityRow).where(OutboxActivityRow.id.in_(done)))
    return number


def _purge_small(services: Services) -> int:
    """Rows that are few, or gone in one go."""
    now = services.clock.now()
    with services.db.write() as session:
        session.execute(delete(KeyFailureRow).where(KeyFailureRow.until <= now))
        session.execute(delete(OAuthCodeRow).where(OAuthCodeRow.expires_at <= now))
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.made_at <= now - IDEMPOTENCY_KEPT))
    return 0
