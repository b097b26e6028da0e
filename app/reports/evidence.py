"""What a report is about, as it was when the report came: submissions with their HTML and the addresses of media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.accounts import profile_content, standing
from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from app.posts import submissions
from app.posts.drafts import DraftAttachment, DraftMention, PostDraft
from app.posts.edit import of_post
from app.posts.tables import MentionRow, PostRow
from moderation.values import Submission

MOST_POSTS = 50
"""How many posts one report may carry."""


def of_posts(session: Session, pks: Sequence[int]) -> list[Submission]:
    """These posts as the door would see them now."""
    if not pks:
        return []
    posts = session.scalars(
        select(PostRow)
        .where(PostRow.pk.in_(pks))
        .order_by(PostRow.pk)
        .options(
            selectinload(PostRow.mentions).joinedload(MentionRow.actor),
            selectinload(PostRow.attachments),
            selectinload(PostRow.tags),
        )
    ).all()
    drafts = [_draft(post) for post in posts]
    around = submissions.look_around(session, drafts)
    return [submissions.build(draft, around) for draft in drafts]


def of_profile(session: Session, actor: ActorRow, now: datetime) -> Submission:
    """A profile as it is shown now; what is reported when no post is named."""
    return profile_content.submission(actor, standing.author_of(session, actor), profile_content.shown(actor), now)


def _draft(post: PostRow) -> PostDraft:
    return replace(
        of_post(post),
        text=post.source or sanitise.to_text(post.content),
        mentions=tuple(DraftMention(m.actor_id, m.actor.uri, m.actor.local, m.silent) for m in post.mentions),
        hashtags=tuple(tag.name for tag in post.tags),
        attachments=tuple(
            DraftAttachment(a.url, a.media_type, a.description, a.blurhash, a.width, a.height)
            for a in post.attachments
        ),
        links=tuple(link.href for link in sanitise.links(post.content)),
    )
