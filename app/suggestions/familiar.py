"""Whom of those whom a member follows somebody else is followed by."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.posts.visibility import standing
from app.relationships.tables import FollowRow, FollowState


def followers(session: Session, account_id: int, target_ids: Collection[int]) -> dict[int, list[ActorRow]]:
    """By each of these, those whom the member follows and who follow them. Who hides their follows, on either side, is
    left out.
    """
    mine, theirs, target = aliased(FollowRow), aliased(FollowRow), aliased(ActorRow)
    query = (
        select(theirs.target_id, ActorRow)
        .join(ActorRow, ActorRow.id == theirs.follower_id)
        .join(mine, mine.target_id == theirs.follower_id)
        .join(target, target.id == theirs.target_id)
        .where(
            mine.follower_id == account_id,
            mine.state == FollowState.ACCEPTED,
            theirs.target_id.in_(target_ids),
            theirs.state == FollowState.ACCEPTED,
            standing(ActorRow),
            ActorRow.hides_follows.is_(False),
            target.hides_follows.is_(False),
        )
        .order_by(theirs.id.desc())
    )
    found: dict[int, list[ActorRow]] = {target_id: [] for target_id in target_ids}
    for target_id, actor in session.execute(query):
        found[target_id].append(actor)
    return found
