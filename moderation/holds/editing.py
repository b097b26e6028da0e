"""An edit of a held post: its case is updated, and keeps its place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from moderation.recording.batch import record
from moderation.recording.work import Recorded
from moderation.values import Judgement


def edited(session: Session, uri: str, judgement: Judgement, now: datetime) -> Recorded:
    """Record an edit's judgement. What is held stays held, its case's version grows, its evidence has both texts.

    Raises ValueError where the judgement is of something else.
    """
    if judgement.submission.uri != uri:
        raise ValueError("the judgement is of another subject")
    return record(session, [judgement], now)
