"""Activities on their way out: a row for what is said and one for each inbox, written in the caller's session.

The rows commit or roll back with what they tell of; the job that sends them is nudged after the commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.federation import instances, own_keys, readers
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.federation.wire import uris
from app.federation.wire.values import Activity
from app.services import Services
from app.stores.jobs import Job


def send(
    session: Session,
    services: Services,
    actor: ActorRow,
    activity: Mapping[str, Any],
    inboxes: Iterable[str],
    *,
    not_before: datetime | None = None,
    last_word: bool = False,
    for_followers: bool = False,
) -> int:
    """Queue an activity for these inboxes, each once; how many there are. `not_before` waits out an undo window.

    A `last_word` goes to a suspended domain, too; with what is `for_followers`, hosts are told whom they have of these.
    """
    inboxes = sorted(set(inboxes))
    if not inboxes:
        return 0
    signed = own_keys.sign(session, actor, _without_blind(activity), services.clock.now())
    row = OutboxActivityRow(
        uri=activity["id"],
        actor_id=actor.id,
        kind=activity["type"],
        body=orjson.dumps(signed).decode(),
        last_word=last_word,
        for_followers=for_followers,
    )
    return _queue(session, services, row, inboxes, not_before)


def forwarded(session: Session, services: Services, member: ActorRow, activity: Activity, body: bytes) -> int:
    """What somebody sent to a member's followers goes to those of them who are elsewhere, as it came: its own signature
    is what they believe. How many inboxes there are; the sender's own server has it.
    """
    home = uris.origin(activity.actor)
    inboxes = [inbox for inbox in sorted(readers.followers(session, member.id)) if uris.origin(inbox) != home]
    kind = type(activity).__name__
    row = OutboxActivityRow(uri=activity.uri, actor_id=member.id, kind=kind, body=body.decode(), last_word=False)
    return _queue(session, services, row, inboxes, None)


def _queue(
    session: Session, services: Services, row: OutboxActivityRow, inboxes: Iterable[str], not_before: datetime | None
) -> int:
    hosts = {inbox: uris.origin(inbox) for inbox in inboxes}
    wanted = {inbox: host for inbox, host in hosts.items() if host and host != services.settings.domain}
    if not wanted or services.settings.trial:
        return 0
    now = services.clock.now()
    wanted = instances.without_dead(session, wanted, now)
    if not wanted:
        return 0
    row.created_at = now
    session.add(row)
    session.flush()
    common = {
        "activity_id": row.id,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_at": not_before or now,
        "created_at": now,
    }
    session.execute(insert(DeliveryRow), [{**common, "inbox_url": i, "host": h} for i, h in wanted.items()])
    after_commit(session, lambda: services.nudger.nudge(Job.DELIVER))
    return len(wanted)


def _without_blind(document: Mapping[str, Any]) -> dict[str, Any]:
    """Who is addressed blindly is nobody's business but ours: bto and bcc go, of the activity and of what is in it."""
    kept = {name: value for name, value in document.items() if name not in ("bto", "bcc")}
    return {name: _without_blind(value) if isinstance(value, dict) else value for name, value in kept.items()}
