"""Reports that members pass on to moderators elsewhere: sent in the house's name, followed until they arrive or are
given up, and marked as settled where those moderators say so.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.accounts.tables import ActorRow
from app.federation import outgoing
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.federation.wire.values import Resolve
from app.posts.tables import PostRow
from app.relationships import edges
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains import questions
from moderation.reports import forwards
from moderation.reports.forwards import Said
from moderation.reports.tables import ForwardState, ReportRow

UNSENT = "unsent"
"""Nothing went there: the server is dead, its rule forbids it, or whom it is about has no inbox."""
_NOTHING = "unknown"


def forward(
    session: Session,
    services: Services,
    house: ActorRow,
    report: ReportRow,
    target: ActorRow,
    posts: Sequence[PostRow],
    comment: str,
) -> None:
    """Pass a report on, once it can't be undone any more: nothing can be recalled from another's desk."""
    now, uri = services.clock.now(), edges.new_uri(services, "report")
    uris = [post.uri for post in posts]
    outgoing.flagged(
        session,
        services,
        house,
        uri=uri,
        target=target,
        object_uris=uris,
        comment=comment,
        not_before=now + UNDO_WINDOW,
    )
    forwards.note(session, report.id, uri, target.domain, [target.uri, *uris], now)


def follow_up(services: Services, limit: int) -> int:
    """Write down which of those that were sent arrived or were given up; how many."""
    now, settled = services.clock.now(), 0
    with services.db.write() as session:
        for row in forwards.under_way(session, limit):
            state, reason = came_of(session, row.uri)
            if state is not None:
                forwards.settle(row, state, reason, now)
                settled += 1
    return settled


def answered(session: Session, services: Services, domain: str, told: Resolve) -> bool:
    """What moderators elsewhere say of a report; whether it is one that went to them."""
    house = instance_actor.find(session, services.settings)
    ours = house is not None and told.flag.actor == house.uri
    said = Said(told.flag.uri, told.flag.object_uri, ours)
    now = services.clock.now()
    if questions.settled(session, domain, said, now, undone=told.undone):
        return True
    return forwards.answer(session, domain, said, now, undone=told.undone)


def came_of(session: Session, uri: str) -> tuple[ForwardState | None, str | None]:
    """Where an activity of ours is, and why it was refused; None while it is on its way."""
    rows = session.execute(
        select(DeliveryRow.state, DeliveryRow.last_error)
        .join(OutboxActivityRow, OutboxActivityRow.id == DeliveryRow.activity_id)
        .where(OutboxActivityRow.uri == uri)
    ).all()
    states = {row.state for row in rows}
    if DeliveryState.DELIVERED in states:
        return ForwardState.DELIVERED, None
    if DeliveryState.WAITING in states:
        return None, None
    return ForwardState.REFUSED, next((row.last_error or _NOTHING for row in rows), UNSENT)
