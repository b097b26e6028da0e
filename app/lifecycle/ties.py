"""Everything that binds somebody who is gone to others: follows, likes, blocks, mutes, what others were told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, or_, select
from sqlalchemy.orm import Session

from app.announcements.tables import AnnouncementReactionRow, AnnouncementReadRow
from app.bookmarks.tables import BookmarkRow
from app.care.tables import LetterRow, QuietDayRow
from app.conversations.tables import ConversationMarkRow
from app.federation.tables import FollowerSyncRow, ProfileLinkRow
from app.filters.tables import FilterKeywordRow, FilterPostRow, FilterRow
from app.lists.tables import ListMemberRow, ListRow
from app.notifications.tables import (
    NotificationMarkRow,
    NotificationPermissionRow,
    NotificationPolicyRow,
    NotificationRequestRow,
    NotificationRow,
    SeveranceRow,
)
from app.polls import votes
from app.posts import counts
from app.posts.tables import IdempotencyRow, LikeRow, MentionRow, PostRow
from app.relationships import edges
from app.relationships.tables import (
    AccountNoteRow,
    BlockRow,
    DomainBlockRow,
    EndorsementRow,
    FeaturedTagRow,
    FollowedTagRow,
    FollowRow,
    HiddenPostRow,
    MuteRow,
    PlannedNoticeRow,
    SeveredFollowRow,
)
from app.services import Services
from app.suggestions.tables import DismissedSuggestionRow

CHUNK = 100
MEMBERS_OWN = (BlockRow, MuteRow, AccountNoteRow, SeveredFollowRow, SeveranceRow, PlannedNoticeRow)
"""What members keep about somebody elsewhere although what came from there is purged."""


def cut(services: Services, actor_id: int) -> None:
    """Remove them, some in each write. May be called twice: it goes on where it stopped."""
    while _cut_one_by_one(services, actor_id):
        pass
    for table, which in _rest(actor_id):
        with services.db.write() as session:
            session.execute(delete(table).where(which))


def _cut_one_by_one(services: Services, actor_id: int) -> int:
    with services.db.write() as session:
        return cut_some(session, services, actor_id, CHUNK)


def cut_some(session: Session, services: Services, actor_id: int, limit: int) -> int:
    """Remove up to `limit` of what is counted somewhere: follows, then likes, then votes; how many."""
    return (
        _cut_follows(session, services, actor_id, limit)
        or _cut_likes(session, actor_id, limit)
        or votes.taken_along(session, services, actor_id, limit)
    )


def cut_rest(session: Session, actor_id: int, but: Collection[Any] = ()) -> None:
    """Remove what is counted nowhere, except what lies in some tables."""
    for table, which in _rest(actor_id):
        if table not in but:
            session.execute(delete(table).where(which))


def _cut_follows(session: Session, services: Services, actor_id: int, limit: int) -> int:
    ours = or_(FollowRow.follower_id == actor_id, FollowRow.target_id == actor_id)
    rows = session.scalars(select(FollowRow).where(ours).limit(limit)).all()
    for row in rows:
        edges.remove(session, services, row)
    return len(rows)


def _cut_likes(session: Session, actor_id: int, limit: int) -> int:
    rows = session.scalars(select(LikeRow).where(LikeRow.actor_id == actor_id).limit(limit)).all()
    _uncount(session, rows)
    session.execute(delete(LikeRow).where(LikeRow.id.in_([row.id for row in rows])))
    return len(rows)


def _uncount(session: Session, rows: Sequence[LikeRow]) -> None:
    for row in rows:
        counts.change(session, PostRow, PostRow.pk == row.post_pk, PostRow.likes_count, -1)


def _rest(actor_id: int) -> tuple[tuple[Any, ColumnElement[bool]], ...]:
    """What is counted nowhere and goes in one statement each."""
    return (
        (BlockRow, or_(BlockRow.blocker_id == actor_id, BlockRow.target_id == actor_id)),
        (MuteRow, or_(MuteRow.muter_id == actor_id, MuteRow.target_id == actor_id)),
        (FollowerSyncRow, FollowerSyncRow.actor_id == actor_id),
        (ProfileLinkRow, ProfileLinkRow.actor_id == actor_id),
        (SeveredFollowRow, or_(SeveredFollowRow.follower_id == actor_id, SeveredFollowRow.target_id == actor_id)),
        (NotificationRow, or_(NotificationRow.account_id == actor_id, NotificationRow.from_actor_id == actor_id)),
        (NotificationRequestRow, _either(NotificationRequestRow, actor_id)),
        (NotificationPermissionRow, _either(NotificationPermissionRow, actor_id)),
        (NotificationPolicyRow, NotificationPolicyRow.account_id == actor_id),
        (SeveranceRow, SeveranceRow.account_id == actor_id),
        (PlannedNoticeRow, PlannedNoticeRow.account_id == actor_id),
        (NotificationMarkRow, NotificationMarkRow.account_id == actor_id),
        (HiddenPostRow, HiddenPostRow.account_id == actor_id),
        (LetterRow, LetterRow.account_id == actor_id),
        (QuietDayRow, QuietDayRow.account_id == actor_id),
        (AccountNoteRow, or_(AccountNoteRow.account_id == actor_id, AccountNoteRow.target_id == actor_id)),
        (AnnouncementReadRow, AnnouncementReadRow.account_id == actor_id),
        (AnnouncementReactionRow, AnnouncementReactionRow.account_id == actor_id),
        (FollowedTagRow, FollowedTagRow.account_id == actor_id),
        (FeaturedTagRow, FeaturedTagRow.account_id == actor_id),
        (EndorsementRow, or_(EndorsementRow.account_id == actor_id, EndorsementRow.target_id == actor_id)),
        (DismissedSuggestionRow, _dismissed(actor_id)),
        (ConversationMarkRow, ConversationMarkRow.account_id == actor_id),
        (DomainBlockRow, DomainBlockRow.account_id == actor_id),
        (BookmarkRow, BookmarkRow.account_id == actor_id),
        (ListMemberRow, or_(ListMemberRow.actor_id == actor_id, ListMemberRow.list_id.in_(_own(ListRow, actor_id)))),
        (ListRow, ListRow.account_id == actor_id),
        (FilterKeywordRow, FilterKeywordRow.filter_id.in_(_own(FilterRow, actor_id))),
        (FilterPostRow, FilterPostRow.filter_id.in_(_own(FilterRow, actor_id))),
        (FilterRow, FilterRow.account_id == actor_id),
        (IdempotencyRow, IdempotencyRow.account_id == actor_id),
        (MentionRow, MentionRow.actor_id == actor_id),
    )


def _either(table: Any, actor_id: int) -> ColumnElement[bool]:
    return or_(table.account_id == actor_id, table.from_actor_id == actor_id)


def _dismissed(actor_id: int) -> ColumnElement[bool]:
    return or_(DismissedSuggestionRow.account_id == actor_id, DismissedSuggestionRow.target_id == actor_id)


def _own(table: Any, actor_id: int) -> Select[int]:
    return select(table.id).where(table.account_id == actor_id)
