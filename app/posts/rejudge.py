"""Posts that a check couldn't judge are judged again, oldest first, when the check is back."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.enforcement import enact
from app.federation.wire import sanitise
from app.posts import consequences, door, submissions
from app.posts.drafts import DraftAttachment, DraftMention, PostDraft
from app.posts.edit import of_post
from app.posts.tables import MentionRow, PostRow, PostState
from app.services import Services
from moderation import door as moderation_door
from moderation.values import Judgement


def waiting(services: Services, limit: int = 100) -> int:
    """Judge a batch again; how many left the waiting state."""
    with services.db.read() as session:
        posts = _oldest(session, limit)
        drafts = [_draft(session, post) for post in posts]
        around = submissions.look_around(session, drafts)
        batch = [submissions.build(draft, around) for draft in drafts]
        judgements = moderation_door.judge(session, batch, services.tools) if batch else []
    judged = [judgement for judgement in judgements if judgement.outcome is not None]
    if judged:
        with services.db.write() as session:
            _move_on(services, session, judged)
    return len(judged)


def _oldest(session: Session, limit: int) -> list[PostRow]:
    query = (
        select(PostRow)
        .where(PostRow.state == PostState.WAITING)
        .order_by(PostRow.submitted_at, PostRow.pk)
        .limit(limit)
        .options(
            selectinload(PostRow.mentions).joinedload(MentionRow.actor),
            selectinload(PostRow.attachments),
            selectinload(PostRow.tags),
        )
    )
    return list(session.scalars(query))


def _draft(session: Session, post: PostRow) -> PostDraft:

    return replace(
        of_post(post),
        text=post.source or sanitise.to_text(post.content),
        boost_of_pk=post.boost_of_pk,
        mentions=tuple(DraftMention(m.actor_id, m.actor.uri, m.actor.local, m.silent) for m in post.mentions),
        hashtags=tuple(tag.name for tag in post.tags),
        attachments=tuple(
            DraftAttachment(a.url, a.media_type, a.description, a.blurhash, a.width, a.height)
            for a in post.attachments
        ),
        links=tuple(link.href for link in sanitise.links(post.content)),
    )


def _move_on(services: Services, session: Session, judgements: list[Judgement]) -> None:
    now = services.clock.now()
    uris = [judgement.submission.uri for judgement in judgements]
    posts = {
        row.uri: row
        for row in session.scalars(
            select(PostRow).where(PostRow.uri.in_(uris), PostRow.state == PostState.WAITING).with_for_update()
        )
    }
    still = [judgement for judgement in judgements if judgement.submission.uri in posts]
    recorded = moderation_door.record(session, still, now)
    for judgement, verdict in zip(still, recorded.verdicts, strict=True):
        if verdict is None:
            continue
        post = posts[judgement.submission.uri]
        door.rejudged(session, post, judgement, verdict, now)
        if post.state is PostState.PUBLISHED:
            consequences.of_release(services, session, post)
    enact.enact(services, session, recorded.effects)
