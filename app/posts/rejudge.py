"""Posts that a check couldn't judge are judged again, oldest first, when the check is back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from app.enforcement import enact, machines
from app.notifications.of_posts import Release
from app.posts import answering, consequences, counts, door, redraft, submissions
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.uploads import again
from moderation import door as moderation_door
from moderation import turns
from moderation.values import Judgement


def waiting(services: Services, limit: int = 100) -> int:
    """Judge a batch again; how many left the waiting state.

    Also what a check failed on once more is recorded: moderation counts the attempts, and what keeps failing alone
    becomes a case.
    """
    with services.db.read() as session:
        drafts = redraft.whole(session, is_due(services.clock.now()), limit=limit)
    again.look(
        services, [each.upload_id for draft in drafts for each in draft.attachments if each.upload_id is not None]
    )
    with services.db.read() as session:
        around = submissions.look_around(session, drafts)
        batch = [submissions.build(draft, around) for draft in drafts]
        judgements = moderation_door.judge(session, batch, services.tools) if batch else []
    if not judgements:
        return 0
    with services.db.write() as session:
        turns.take(session)
        return _move_on(services, session, judgements)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Which posts are to be judged again: those that wait, and not for what they answer."""
    return and_(PostRow.state == PostState.WAITING, ~answering.waits(now))


def _move_on(services: Services, session: Session, judgements: Sequence[Judgement]) -> int:
    now = services.clock.now()
    uris = [judgement.submission.uri for judgement in judgements]
    posts = {
        row.uri: row
        for row in session.scalars(
            select(PostRow).where(PostRow.uri.in_(uris), PostRow.state == PostState.WAITING).with_for_update()
        )
    }
    still = [judgement for judgement in judgements if judgement.submission.uri in posts]
    recorded = moderation_door.record(session, still, now, services.tools.policies)
    for judgement, verdict in zip(still, recorded.verdicts, strict=True):
        if verdict is None:
            continue
        post = posts[judgement.submission.uri]
        door.rejudged(session, post, judgement, verdict, now)
        if post.state is PostState.PUBLISHED:
            counts.published(session, post)
            consequences.of_release(services, session, post, Release.JUDGED)
        elif post.local and post.state is PostState.REJECTED:
            consequences.dropped(services, session, post)
        restricted = machines.of_post(post, verdict, judgement.label)
        machines.state_reasons(services, session, [restricted] if restricted is not None else [])
    enact.enact(services, session, recorded.effects)
    return sum(verdict is not None for verdict in recorded.verdicts)
