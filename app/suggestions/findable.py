"""Who may be shown to people who don't know them: who wants to be found, and passed the door. Conditions on actors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from app.accounts.tables import AccountRow, ActorRow
from app.posts.visibility import standing
from app.relationships.tables import BlockRow, DomainBlockRow, MuteRow


def findable() -> ColumnElement[bool]:
    """They want it, are here and in nobody's bad books, and something of theirs was let in: a profile, or a post."""
    member = exists().where(
        AccountRow.id == ActorRow.id,
        AccountRow.confirmed_at.is_not(None),
        AccountRow.approved_at.is_not(None),
        AccountRow.disabled_at.is_(None),
    )
    return and_(
        ActorRow.discoverable,
        standing(ActorRow),
        ActorRow.silenced_at.is_(None),
        ~ActorRow.domain_silenced,
        ~ActorRow.memorial,
        ActorRow.moved_to_uri.is_(None),
        or_(ActorRow.profile_verdict_id.is_not(None), ActorRow.last_post_at.is_not(None)),
        or_(~ActorRow.local, member),
    )


def welcome_to(viewer_id: int, now: datetime) -> ColumnElement[bool]:
    """Neither blocks the other, and the viewer mutes neither them nor their server."""
    mine = exists().where(BlockRow.blocker_id == viewer_id, BlockRow.target_id == ActorRow.id)
    theirs = exists().where(BlockRow.blocker_id == ActorRow.id, BlockRow.target_id == viewer_id)
    muted = exists().where(
        MuteRow.muter_id == viewer_id,
        MuteRow.target_id == ActorRow.id,
        or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now),
    )
    shut = exists().where(DomainBlockRow.account_id == viewer_id, DomainBlockRow.domain == ActorRow.domain)
    return ~or_(mine, theirs, muted, shut)
