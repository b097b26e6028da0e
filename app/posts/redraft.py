"""Stored posts as drafts again: for a new version, for judging once more, for evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from app.federation.wire import sanitise
from app.posts import submissions
from app.posts.drafts import DraftAttachment, DraftMention, PostDraft
from app.posts.tables import AttachmentRow, MentionRow, PostRow
from app.quotes import making
from moderation.values import Submission


def of_post(post: PostRow) -> PostDraft:
    """A draft that says what the row says; a new version starts from it."""
    return PostDraft(
        uri=post.uri,
        actor_id=post.actor_id,
        local=post.local,
        kind=post.kind,
        visibility=post.visibility,
        submitted_at=post.submitted_at,
        published_at=post.published_at,
        content=post.content,
        url=post.url,
        source=post.source,
        title=post.title,
        warning=post.warning,
        sensitive=post.sensitive,
        language=post.language,
        in_reply_to_uri=post.in_reply_to_uri,
        poll=post.poll,
        terms=post.terms,
        via_relay=post.via_relay,
        emojis=tuple(post.emojis),
    )


def attachment(row: AttachmentRow) -> DraftAttachment:
    """A stored attachment as it stands in a draft."""
    return DraftAttachment(
        url=row.url,
        media_type=row.media_type,
        description=row.description,
        blurhash=row.blurhash,
        width=row.width,
        height=row.height,
        focus_x=row.focus_x,
        focus_y=row.focus_y,
        upload_id=row.upload_id,
        duration=row.duration,
    )


def then(session: Session, post: PostRow) -> dict[str, Any]:
    """What of a post's attachments and poll is kept of a version that is about to be replaced: columns of its row."""
    rows = session.scalars(
        select(AttachmentRow).where(AttachmentRow.post_pk == post.pk).order_by(AttachmentRow.position)
    )
    options = [str(option.get("title", "")) for option in post.poll.get("options", ())] if post.poll else None
    return {"attachments": [asdict(attachment(row)) | {"id": row.id} for row in rows], "poll_options": options}


def whole(session: Session, *which: ColumnElement[bool], limit: int) -> list[PostDraft]:
    """Drafts of the posts that these conditions pick, oldest first, with people, tags and attachments."""
    query = (
        select(PostRow)
        .where(*which)
        .order_by(PostRow.submitted_at, PostRow.pk)
        .limit(limit)
        .options(
            selectinload(PostRow.mentions).joinedload(MentionRow.actor),
            selectinload(PostRow.attachments),
            selectinload(PostRow.tags),
        )
    )
    posts = session.scalars(query).all()
    quotes = making.of_posts(session, [post.pk for post in posts if post.quoting])
    return [replace(_with_everything(post), quote=quotes.get(post.pk)) for post in posts]


def as_submissions(session: Session, pks: Sequence[int]) -> list[Submission]:
    """These posts as the door would see them now."""
    drafts = whole(session, PostRow.pk.in_(pks), limit=len(pks)) if pks else []
    around = submissions.look_around(session, drafts)
    return [submissions.build(draft, around) for draft in drafts]


def _with_everything(post: PostRow) -> PostDraft:
    return replace(
        of_post(post),
        text=post.source or sanitise.to_text(post.content),
        boost_of_pk=post.boost_of_pk,
        mentions=tuple(DraftMention(m.actor_id, m.actor.uri, m.actor.local, m.silent) for m in post.mentions),
        hashtags=tuple(tag.name for tag in post.tags),
        attachments=tuple(attachment(a) for a in post.attachments),
        links=tuple(link.href for link in sanitise.links(post.content)),
    )
