"""An edit of what a case is about: the version that readers see from now on is evidence, with its pictures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.posts import redraft
from app.posts.tables import PostRow
from app.reports import evidence
from app.services import Services
from moderation.cases import witnessing
from moderation.evidence import changes
from moderation.evidence.changes import Doer
from moderation.evidence.tables import ChangeKind


def edited(services: Services, session: Session, post: PostRow, doer: Doer) -> None:
    """A shown post has a new version in the rows: cases that know it keep that one, too, and say who made it."""
    if not witnessing.wants(session, post.uri):
        return
    now = services.clock.now()
    session.flush()
    for submission in redraft.as_submissions(session, [post.pk]):
        witnessing.edited(session, submission, doer, now)
    evidence.keep_pictures(session, [post.pk], now)


def edited_unseen(services: Services, session: Session, post: PostRow, doer: Doer) -> None:
    """One that waits was changed: its hold keeps the evidence, this says who did it."""
    changes.note(session, post.uri, ChangeKind.EDITED, doer, services.clock.now())
