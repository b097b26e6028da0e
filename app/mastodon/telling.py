"""From notifications, groups of them, requests and conversations to what a client is sent, for who asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.conversations.private import Conversation
from app.mastodon import present
from app.mastodon.serialise import notifications as entities
from app.mastodon.serialise.reports import report as report_entity
from app.notifications.grouping import Group
from app.notifications.reading import NotificationView
from app.notifications.requests import Request
from app.notifications.tables import NotificationKind as Kind
from app.notifications.tables import SeveranceRow
from app.oauth import bearer
from app.posts.reading import PostView
from app.posts.tables import PostRow
from moderation.appeals import reading as appeals
from moderation.cases import exclusions
from moderation.reports.tables import ReportRow

WITH_MORE = frozenset({Kind.REPORT, Kind.REPORT_OUTCOME, Kind.MODERATION_WARNING, Kind.SEVERED})


def notifications(views: Sequence[NotificationView]) -> list[dict[str, Any]]:
    """Notifications."""
    more, shown = _more(views), _statuses([view.post for view in views if view.post is not None])
    return [
        entities.notification(view, present.account(view.actor), shown.get(view.post.post.pk) if view.post else None)
        | more.get(view.row.id, {})
        for view in views
    ]


def notification(view: NotificationView) -> dict[str, Any]:
    """A Notification."""
    return notifications([view])[0]


def groups(found: Sequence[Group], *, paged: bool, partly: bool = False) -> dict[str, Any]:
    """GroupedNotificationsResults. `partly`: of accounts that only stand beside others, no more than their pictures."""
    more = _more([group.newest for group in found])
    posts = {group.newest.post.post.pk: group.newest.post for group in found if group.newest.post is not None}
    people = {actor.id: actor for group in found for actor in group.samples}
    whole = {group.samples[0].id for group in found if group.samples} if partly else set(people)
    own = bearer.account_id()
    listed = [
        entities.group(group, paged=paged) | _without_account(more.get(group.newest.row.id, {})) for group in found
    ]
    for group, entity in zip(found, listed, strict=True):
        if group.newest.row.kind is Kind.REPORT_OUTCOME:
            entity["sample_account_ids"] = [str(own)]
            people[own] = _me(own)
            whole.add(own)
    answer: dict[str, Any] = {
        "accounts": present.accounts([people[number] for number in people if number in whole]),
        "statuses": present.statuses(list(posts.values())),
        "notification_groups": listed,
    }
    if partly:
        beside = [actor for actor in people.values() if actor.id not in whole]
        answer["partial_accounts"] = [_partial(actor) for actor in beside]
    return answer


def requests(found: Sequence[Request]) -> list[dict[str, Any]]:
    """NotificationRequests."""
    shown = _statuses([each.post for each in found if each.post is not None])
    return [
        entities.request(each, present.account(each.actor), shown.get(each.post.post.pk) if each.post else None)
        for each in found
    ]


def conversations(found: Sequence[Conversation]) -> list[dict[str, Any]]:
    """Conversations."""
    return [
        {
            "id": str(each.id),
            "unread": each.unread,
            "accounts": present.accounts(each.people),
            "last_status": status,
        }
        for each, status in zip(found, present.statuses([each.last for each in found]), strict=True)
    ]


def _without_account(more: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name != "account"}


def _statuses(posts: Sequence[PostView]) -> dict[int, orjson.Fragment]:
    return dict(zip((view.post.pk for view in posts), present.statuses(posts), strict=True))


def _partial(actor: ActorRow) -> dict[str, Any]:
    """A PartialAccountWithAvatar."""
    whole = present.account_with(actor, {})
    return {name: whole[name] for name in ("id", "acct", "locked", "bot", "url", "avatar", "avatar_static")}


def _me(account_id: int) -> ActorRow:
    with current.services().db.read() as session:
        return lookup.by_id(session, account_id)


def _more(views: Sequence[NotificationView]) -> dict[int, dict[str, Any]]:
    """What some kinds carry besides, by the notification's id; what came of one's own report is from oneself."""
    told = [view for view in views if view.row.kind in WITH_MORE]
    if not told:
        return {}
    with current.services().db.read() as session:
        me = lookup.by_id(session, bearer.account_id())
        return {view.row.id: _more_of(session, view, me) for view in told}


def _more_of(session: Session, view: NotificationView, me: ActorRow) -> dict[str, Any]:
    kind, payload = view.row.kind, view.row.payload
    if kind is Kind.SEVERED:
        event = session.get(SeveranceRow, payload.get("severance_id") or 0)
        return {"event": entities.severance(event)} if event is not None else {}
    if kind is Kind.MODERATION_WARNING:
        return {"moderation_warning": _warning(session, view, me)}
    report = session.get(ReportRow, payload.get("report_id") or 0)
    if kind is Kind.REPORT and (report is None or not _reads(session, me, report)):
        return {}
    target = lookup.find_by_uri(session, report.target_uri) if report else None
    if report is None or target is None:
        return {}
    found: dict[str, Any] = {"report": report_entity(report, present.account(target), ())}
    return found | ({"account": present.account(me)} if kind is Kind.REPORT_OUTCOME else {})


def _reads(session: Session, me: ActorRow, report: ReportRow) -> bool:
    """Whether its case is still for them: it may be sealed since, or about whom they have to do with now."""
    return exclusions.is_for_them(session, report.case_id, me.username, current.services().clock.now())


def _warning(session: Session, view: NotificationView, me: ActorRow) -> dict[str, Any]:
    payload = view.row.payload
    number, subject = payload.get("decision_id"), payload.get("subject_uri")
    appeal = appeals.find_of(session, int(number), me.uri) if number else None
    posts = session.scalars(select(PostRow.id).where(PostRow.uri == subject, PostRow.actor_id == me.id))
    return entities.warning(view, present.account(me), appeal, [str(number) for number in posts])
