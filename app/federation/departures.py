"""An actor elsewhere is gone for good: posts, follows and profile go; decisions and evidence stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.database.tallying import deletions
from app.lifecycle import leaving, ties
from app.posts import delete
from app.posts.tables import PostRow, PostState
from app.purging import reports
from app.purging.tables import PurgeKind
from app.services import Services
from moderation import turns
from moderation.evidence.changes import SERVER
from moderation.holds import deleting

CHUNK = 100


def depart(services: Services, actor_id: int) -> None:
    """Remove all of an actor's. May be called twice: it goes on where it stopped."""
    began = services.clock.now()
    with services.db.write() as session:
        actor = session.get_one(ActorRow, actor_id)
        actor.deleted_at = actor.deleted_at or services.clock.now()  # first: from here on nothing of theirs is shown
        leaving.empty(actor)
    with deletions() as gone:
        while posts := _posts(services, actor_id):
            gone["posts"] += delete.forget_remote(services, posts, SERVER)
        ties.cut(services, actor_id)
    with services.db.write() as session:
        turns.take(session)
        now = services.clock.now()
        deleting.deleted(session, actor.uri, str(actor_id), now, SERVER)
        lines = reports.of_tables(PurgeKind.DEPARTURE, gone)
        if lines:
            reports.write(session, PurgeKind.DEPARTURE, actor.domain, lines, began, now, subject=actor.uri)


def _posts(services: Services, actor_id: int) -> Sequence[tuple[str, int]]:
    with services.db.read() as session:
        uris = session.scalars(
            select(PostRow.uri)
            .where(PostRow.actor_id == actor_id, PostRow.state != PostState.DELETED)
            .order_by(PostRow.pk)
            .limit(CHUNK)
        ).all()
    return [(uri, actor_id) for uri in uris]
