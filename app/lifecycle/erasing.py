"""What is left of members who left: emptied some at a time, and last of all the key that signed their goodbye."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.tallying import deletions
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow
from app.lifecycle import leaving, ties
from app.posts import delete
from app.posts.tables import LikeRow, PostRow, PostState
from app.purging import reports
from app.purging.tables import PurgeKind
from app.relationships.tables import FollowRow
from app.services import Services
from moderation import turns
from moderation.evidence.changes import AUTHOR, Doer
from moderation.evidence.tables import ChangedBy
from moderation.log.tables import LogRow

CHUNK = 50
_LEAVING = (ActorRow.local, ActorRow.deleted_at.is_not(None), ActorRow.private_key_pem.is_not(None))


def erase(services: Services, limit: int) -> int:
    """Empty what up to `limit` members left behind; how many."""
    with services.db.read() as session:
        members = session.scalars(
            select(ActorRow.id).where(*_LEAVING, _has_something()).order_by(ActorRow.deleted_at).limit(limit)
        ).all()
    for actor_id in members:
        with deletions() as gone:
            while emptied := _erase_posts(services, actor_id):
                gone["posts"] += emptied
            ties.cut(services, actor_id)
        _report(services, actor_id, gone)
    return len(members)


def _report(services: Services, actor_id: int, gone: Counter[str]) -> None:
    """The rest of what the account's deletion took: what went at once stands in the report already."""
    with services.db.write() as session:
        actor, lines = session.get_one(ActorRow, actor_id), reports.of_tables(PurgeKind.ACCOUNT, gone)
        reports.add(session, PurgeKind.ACCOUNT, actor.uri, actor.username, lines, services.clock.now())


def forget_keys(services: Services, limit: int) -> int:
    """Wipe the keys of those of whom nothing is left, and whose goodbye arrived or was given up; how many."""
    with services.db.read() as session:
        done = session.scalars(
            select(ActorRow.id).where(*_LEAVING, ~_has_something(), ~_goodbye_waits()).limit(limit)
        ).all()
    for actor_id in done:
        ties.cut(services, actor_id)  # what isn't looked for above: blocks, mutes, what was told of them
        with services.db.write() as session:
            session.execute(
                update(ActorRow).where(ActorRow.id == actor_id).values(private_key_pem=None, ed25519_private_pem=None)
            )
    return len(done)


def _erase_posts(services: Services, actor_id: int) -> int:
    """As if they had deleted each: boosts of it, its case and its fingerprint go, evidence of a report stays."""
    with services.db.write() as session:
        turns.take(session)
        posts = session.scalars(
            select(PostRow)
            .where(PostRow.actor_id == actor_id, PostRow.state != PostState.DELETED)
            .order_by(PostRow.pk)
            .limit(CHUNK)
        ).all()
        doer = _doer(session, actor_id) if posts else AUTHOR
        for post in posts:
            if post.state is not PostState.DELETED:  # a boost of one's own went with what it shows
                delete.remove(services, session, post, by=actor_id, doer=doer)
    return len(posts)


def _doer(session: Session, actor_id: int) -> Doer:
    """Who deleted the account, and with it what it posted: its member, unless the log names somebody of the staff."""
    uri = select(ActorRow.uri).where(ActorRow.id == actor_id).scalar_subquery()
    query = select(LogRow.actor).where(LogRow.verb == leaving.DELETED, LogRow.object == uri)
    name = session.scalars(query.order_by(LogRow.seq.desc()).limit(1)).first()
    return AUTHOR if name is None else Doer(ChangedBy.STAFF, name)


def _has_something() -> ColumnElement[bool]:
    return or_(
        exists().where(PostRow.actor_id == ActorRow.id, PostRow.state != PostState.DELETED),
        exists().where(FollowRow.follower_id == ActorRow.id),
        exists().where(FollowRow.target_id == ActorRow.id),
        exists().where(LikeRow.actor_id == ActorRow.id),
    )


def _goodbye_waits() -> ColumnElement[bool]:
    return exists().where(
        OutboxActivityRow.actor_id == ActorRow.id,
        DeliveryRow.activity_id == OutboxActivityRow.id,
        DeliveryRow.state == DeliveryState.WAITING,
    )
