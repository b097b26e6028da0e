"""Which jobs have rows to deal with: a few EXISTS queries on indexes, asked each second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select

from app.accounts.tables import ActorRow
from app.announcements.due import due as due_announcements
from app.cards.tables import PreviewCardRow
from app.database.engine import Database
from app.federation.tables import (
    DeliveryRow,
    DeliveryState,
    FollowerSyncRow,
    InboxActivityRow,
    IntakeState,
    ProfileLinkRow,
    WantedRow,
)
from app.media import cache as media
from app.media.recordings.wanting import due as due_elsewhere
from app.notifications.tables import MailRow
from app.polls import due as due_polls
from app.posts import rejudge
from app.posts.tables import PendingEditRow, PostRow, PostState
from app.purging.tables import DomainPurgeRow, DomainPurgeState
from app.push.tables import PushRow
from app.scheduled.due import due as due_posts
from app.stores.jobs import Job
from app.uploads.recordings.due import due as due_uploads
from app.webhooks.tables import WebhookRow

CONDITIONS: dict[Job, Callable[[datetime], ColumnElement[bool]]] = {
    Job.INTAKE: lambda now: exists().where(
        InboxActivityRow.state.in_((IntakeState.UNVERIFIED, IntakeState.WAITING, IntakeState.RETRY)),
        or_(InboxActivityRow.next_at.is_(None), InboxActivityRow.next_at <= now),
    ),
    Job.FAN_OUT: lambda _now: exists().where(PostRow.fanned_out_at.is_(None), PostRow.state == PostState.PUBLISHED),
    Job.DELIVER: lambda now: exists().where(DeliveryRow.state == DeliveryState.WAITING, DeliveryRow.next_at <= now),
    Job.REJUDGE: lambda now: or_(
        exists().where(rejudge.is_due(now)),
        exists().where(PendingEditRow.state == PostState.WAITING),
        exists().where(
            ActorRow.pending_profile.is_not(None), ActorRow.pending_profile["state"].as_string() == "waiting"
        ),
    ),
    Job.MAIL: lambda now: exists().where(MailRow.next_at <= now),
    Job.THREADS: lambda now: exists().where(WantedRow.next_at <= now),
    Job.LINKS: lambda now: exists().where(ProfileLinkRow.next_at <= now),
    Job.CARDS: lambda now: exists().where(PreviewCardRow.next_at <= now),
    Job.FOLLOWERS: lambda now: exists().where(FollowerSyncRow.next_at <= now),
    Job.POLLS: lambda now: exists().where(due_polls.due(now)),
    Job.MEDIA: media.is_due,
    Job.RECORDINGS: lambda now: or_(exists().where(due_uploads(now)), exists().where(due_elsewhere(now))),
    Job.SCHEDULED: lambda now: exists().where(due_posts(now)),
    Job.ANNOUNCE: lambda now: exists().where(due_announcements(now)),
    Job.PUSH: lambda now: exists().where(PushRow.next_at <= now),
    Job.DOMAIN_PURGES: lambda now: exists().where(
        DomainPurgeRow.state.in_((DomainPurgeState.ORDERED, DomainPurgeState.UNDER_WAY)),
        DomainPurgeRow.begins_at <= now,
    ),
    Job.WEBHOOKS: lambda _now: exists().where(WebhookRow.off_at.is_(None)),
}


AT_ONCE = (
    Job.INTAKE,
    Job.FAN_OUT,
    Job.DELIVER,
    Job.MAIL,
    Job.THREADS,
    Job.FOLLOWERS,
    Job.LINKS,
    Job.CARDS,
    Job.POLLS,
    Job.MEDIA,
    Job.RECORDINGS,
    Job.PUSH,
    Job.SCHEDULED,
    Job.ANNOUNCE,
)
SLOWLY = (Job.REJUDGE, Job.WEBHOOKS, Job.DOMAIN_PURGES)
"""What waits for a broken check, which asking each second would not mend; and webhooks, which look for themselves."""


def jobs(db: Database, now: datetime, asked: Sequence[Job] = AT_ONCE) -> list[Job]:
    """Those of the jobs that something waits for."""
    with db.read() as session:
        found = session.execute(select(*(CONDITIONS[job](now) for job in asked))).one()
    return [job for job, there in zip(asked, found, strict=True) if there]
