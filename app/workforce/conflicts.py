"""What keeps a moderator from a case by itself: they wrote it, reported it, or follow its author."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.relationships.tables import FollowRow, FollowState
from app.reviewing import people
from moderation.cases.tables import CaseRow
from moderation.reports.tables import ReportRow
from moderation.rows import table_of


def of(session: Session, account: AccountRow) -> ColumnElement[bool] | None:
    """A condition on cases; None for who works here alone, for there would be nobody else."""
    if not people.has_others(session, people.name_of(account)):
        return None
    cases, own = table_of(CaseRow), account.actor.uri
    followed = (
        select(FollowRow.id)
        .join(ActorRow, ActorRow.id == FollowRow.target_id)
        .where(FollowRow.follower_id == account.id, FollowRow.state == FollowState.ACCEPTED)
        .where(ActorRow.uri == cases.c.author_uri)
    )
    reported = select(ReportRow.id).where(ReportRow.case_id == cases.c.id, ReportRow.reporter_uri == own)
    return or_(cases.c.author_uri == own, followed.exists(), and_(cases.c.reports > 0, reported.exists()))
