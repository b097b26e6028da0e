"""An actor elsewhere is gone for good: posts, follows and profile go; decisions and evidence stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete as sql_delete
from sqlalchemy import or_, select

from app.accounts.tables import ActorRow
from app.posts import delete
from app.posts.tables import LikeRow, PostRow, PostState
from app.relationships import edges
from app.relationships.tables import BlockRow, FollowRow, MuteRow
from app.services import Services

CHUNK = 100


def depart(services: Services, actor_id: int) -> None:
    """Remove all of an actor's. May be called twice: it goes on where it stopped."""
    while posts := _posts(services, actor_id):
        delete.forget_remote(services, posts)
    with services.db.write() as session:
        actor = session.get_one(ActorRow, actor_id)
        for follow in session.scalars(
            select(FollowRow).where(or_(FollowRow.follower_id == actor_id, FollowRow.target_id == actor_id))
        ).all():
            edges.remove(session, services, follow)
        session.execute(sql_delete(LikeRow).where(LikeRow.actor_id == actor_id))
        session.execute(
            sql_delete(BlockRow).where(or_(BlockRow.blocker_id == actor_id, BlockRow.target_id == actor_id))
        )
        session.execute(sql_delete(MuteRow).where(MuteRow.target_id == actor_id))
        _empty(actor)
        actor.deleted_at = actor.deleted_at or services.clock.now()


def _posts(services: Services, actor_id: int) -> Sequence[tuple[str, int]]:
    with services.db.read() as session:
        uris = session.scalars(
            select(PostRow.uri)
            .where(PostRow.actor_id == actor_id, PostRow.state != PostState.DELETED)
            .order_by(PostRow.pk)
            .limit(CHUNK)
        ).all()
    return [(uri, actor_id) for uri in uris]


def _empty(actor: ActorRow) -> None:
    actor.display_name = actor.summary = ""
    actor.fields = []
    actor.avatar_url = actor.header_url = actor.pending_profile = None
