"""What quotes lack: the quoted post, then the stamp that allows it. Asked for only of posts that people may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.federation import wanted
from app.federation.tables import Wanted
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.services import Services


def of_posts(session: Session, services: Services, pks: Sequence[int], *, depth: int = 1) -> None:
    """What these posts quote. `depth`: how many quotes lie between it and the first post that anybody saw."""
    if pks:
        rows = session.scalars(select(QuoteRow).where(QuoteRow.post_pk.in_(pks)))
        of_quotes(session, services, rows.all(), depth=depth)


def of_quotes(session: Session, services: Services, quotes: Sequence[QuoteRow], *, depth: int = 1) -> None:
    """What these quotes lack, as far as the posts that quote are shown."""
    lacking = [row for row in quotes if row.state is QuoteState.PENDING]
    if not lacking:
        return
    shown = select(PostRow.pk).where(
        PostRow.pk.in_([row.post_pk for row in lacking]), PostRow.state == PostState.PUBLISHED
    )
    pks = set(session.scalars(shown))
    lacking = [row for row in lacking if row.post_pk in pks]
    absent = [row.quoted_uri for row in lacking if row.quoted_pk is None]
    wanted.want(session, services, absent, Wanted.QUOTED, depth=depth)
    stamps = [row.authorization_uri for row in lacking if row.quoted_pk is not None and row.authorization_uri]
    wanted.want(session, services, stamps, Wanted.STAMP)
