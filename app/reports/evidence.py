"""What a report is about, as it was when the report came: submissions with their HTML and the addresses of media."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import profile_content, standing
from app.accounts.tables import ActorRow
from app.media import cache
from app.media.cache import Picture
from app.media.shapes import Shape
from app.media.shown import is_picture, plays
from app.posts import redraft
from app.posts.tables import AttachmentRow
from app.uploads import holding
from moderation.values import Media, Submission

MOST_POSTS = 50
"""How many posts one report may carry."""


def of_posts(session: Session, pks: Sequence[int]) -> list[Submission]:
    """These posts as the door would see them now."""
    return redraft.as_submissions(session, pks)


def keep_pictures(session: Session, pks: Sequence[int], now: datetime) -> None:
    """The pictures of these posts are fetched, if nobody looked yet, and kept: they are part of what is reported."""
    rows = session.scalars(select(AttachmentRow).where(AttachmentRow.post_pk.in_(pks))).all()
    holding.hold(session, [row.upload_id for row in rows if row.upload_id is not None], now)
    pictures = [
        Picture(Shape.PICTURE, row.url, attachment_id=row.id, evidence=True, recording=plays(row) is not None)
        for row in rows
        if (is_picture(row.media_type) or plays(row)) and row.upload_id is None
    ]
    cache.want(session, pictures, now)


def of_profile(session: Session, actor: ActorRow, now: datetime) -> Submission:
    """A profile as it is shown now; what is reported when no post is named."""
    shown = profile_content.shown(actor)
    pictures = tuple(Media(url) for url in profile_content.picture_urls(shown))
    return profile_content.submission(actor, standing.author_of(session, actor, now), shown, pictures, now)
