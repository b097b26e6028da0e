"""What a machine restricted by itself, contested: it becomes a decision of the policy, with evidence as it is now."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import NotFoundError
from app.posts import redraft
from app.posts.tables import PostRow
from app.services import Services
from moderation import evidence, turns
from moderation.evidence.tables import SnapshotCause
from moderation.statements import making
from moderation.statements.tables import StatementRow


def as_decision(services: Services, reader: str, statement_id: int) -> int:
    """The id of the decision that a statement of reasons is about; one of the policy's is made where there is none.

    Raises NotFoundError for everybody but whom it was given to, and for a hold, which a person decides anyway.
    """
    with services.db.write() as session:
        turns.take(session)
        row = session.get(StatementRow, statement_id, with_for_update=True)
        if row is None or row.recipient != reader or row.action == making.HOLD:
            raise NotFoundError
        if row.decision_id is None:
            post = session.scalar(select(PostRow).where(PostRow.uri == row.uri, PostRow.deleted_at.is_(None)))
            if post is None:
                raise NotFoundError
            submissions = redraft.as_submissions(session, [post.pk])
            evidence.take(session, submissions, SnapshotCause.REPORT, services.clock.now())
        return making.as_decision(session, row).id
