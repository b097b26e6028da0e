"""Announced suspensions: members whose follows would end are told, and it takes place by itself, unless called off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date
from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import instance_actor
from app.accounts.tables import AccountRow, ActorRow
from app.enforcement import enact
from app.mail import Mail
from app.notifications import languages, notify, post_office
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.push.tables import PushRow
from app.relationships.tables import FollowRow, FollowState, PlannedNoticeRow
from app.reviewing import impact, people
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains import planned
from moderation.domains.rules import DomainRules, is_itself
from moderation.domains.tables import PlannedSuspensionRow, PlanState
from moderation.domains.values import RuleDraft
from moderation.rows import slices

MOST_TOLD: Final = 500
"""Members told in one write; the job tells the others, and whoever begins to follow somebody there meanwhile."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What of a member's would end: whom they follow there, who follows them."""

    following: int
    followers: int


def announce(services: Services, account: AccountRow, draft: RuleDraft) -> int:
    """Announce it; its number. Raises ForbiddenError, BadDomainError."""
    return announce_as(services, people.require(account, people.RULES), draft)


def announce_as(services: Services, by: str, draft: RuleDraft) -> int:
    """The same for whoever was let in otherwise, as on the command line."""
    now = services.clock.now()
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        row = planned.announce(session, draft, by, now)
        _tell(session, services, house, row, now)
        return row.id


def call_off(services: Services, by: str, domain: str) -> None:
    """It won't take place, and who was told hears it. Raises NotFoundError."""
    now = services.clock.now()
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        row = planned.call_off(session, domain, by, now)
        _take_back_mails(session, row)
        _tell_of_the_end(session, services, house, row)


def undo(session: Session, domain: str, by: str, now: datetime) -> None:
    """Take the announcement back as if it had never been made. Raises NotFoundError."""
    row = planned.undo(session, domain, by, now)
    _take_back_mails(session, row)
    members = list(session.scalars(select(PlannedNoticeRow.account_id).where(PlannedNoticeRow.plan_id == row.id)))
    for part in slices(members):
        told = select(NotificationRow.id).where(
            NotificationRow.account_id.in_(part),
            NotificationRow.kind == NotificationKind.MODERATION_WARNING,
            NotificationRow.payload["plan_id"].as_integer() == row.id,
        )
        session.execute(delete(PushRow).where(PushRow.notification_id.in_(told)))
        session.execute(delete(NotificationRow).where(NotificationRow.id.in_(told)))
    session.execute(delete(PlannedNoticeRow).where(PlannedNoticeRow.plan_id == row.id))


def work(services: Services) -> int:
    """Carry out what is due, tell those who follow somebody there only since; how many of either."""
    now = services.clock.now()
    with services.db.read() as session:
        if not planned.announced(session):
            return 0
    house = instance_actor.instance_actor(services)
    done = 0
    with services.db.write() as session:
        for row in planned.due(session, now):
            decided = planned.carry_out(session, row, now)
            if decided is not None:
                enact.enact(services, session, decided.effects)
            elif row.state is PlanState.CALLED_OFF:
                _tell_of_the_end(session, services, house, row)
            done += 1
        for row in planned.announced(session):
            done += _tell(session, services, house, row, now)
    return done


def told(session: Session, account_id: int, plan_id: int) -> tuple[PlannedSuspensionRow, PlannedNoticeRow] | None:
    """A plan, for a member who was told of it."""
    query = (
        select(PlannedSuspensionRow, PlannedNoticeRow)
        .join(PlannedNoticeRow, PlannedNoticeRow.plan_id == PlannedSuspensionRow.id)
        .where(PlannedSuspensionRow.id == plan_id, PlannedNoticeRow.account_id == account_id)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def mine(session: Session, account_id: int) -> list[PlannedSuspensionRow]:
    """What a member was told of and is still to come."""
    query = (
        select(PlannedSuspensionRow)
        .join(PlannedNoticeRow, PlannedNoticeRow.plan_id == PlannedSuspensionRow.id)
        .where(PlannedNoticeRow.account_id == account_id, PlannedSuspensionRow.state == PlanState.ANNOUNCED)
        .order_by(PlannedSuspensionRow.takes_place_at)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Tie:
    """Somebody there whom a member follows, or who follows them."""

    handle: str
    show_boosts: bool
    notify: bool


def ties(session: Session, row: PlannedSuspensionRow, account_id: int, *, followers: bool = False) -> list[Tie]:
    """A member's own follows that would end, or their followers', by handle."""
    mine, other = FollowRow.follower_id, FollowRow.target_id
    if followers:
        mine, other = other, mine
    found: list[Tie] = []
    for part in slices(_reached(session, row)):
        query = (
            select(FollowRow, ActorRow)
            .join(ActorRow, ActorRow.id == other)
            .where(mine == account_id, FollowRow.state == FollowState.ACCEPTED, ActorRow.domain.in_(part))
        )
        found += [
            Tie(f"{actor.username}@{actor.domain}", follow.show_boosts, follow.notify)
            for follow, actor in session.execute(query)
        ]
    return sorted(found, key=lambda tie: tie.handle)


def affected(session: Session, row: PlannedSuspensionRow) -> dict[int, Ties]:
    """Every member with follows, in either direction, that would end, by account."""
    follower, target = aliased(ActorRow), aliased(ActorRow)
    following: dict[int, int] = {}
    followers: dict[int, int] = {}
    member = case((follower.local, follower.id), else_=target.id)
    for part in slices(_reached(session, row)):
        query = (
            select(member, follower.local, func.count())
            .select_from(FollowRow)
            .join(follower, follower.id == FollowRow.follower_id)
            .join(target, target.id == FollowRow.target_id)
            .where(FollowRow.state == FollowState.ACCEPTED, follower.local != target.local)
            .where(or_(follower.domain.in_(part), target.domain.in_(part)))
            .group_by(member, follower.local)
        )
        for account_id, out, count in session.execute(query):
            counted = following if out else followers
            counted[account_id] = counted.get(account_id, 0) + count
    return {each: Ties(following.get(each, 0), followers.get(each, 0)) for each in following.keys() | followers.keys()}


def _reached(session: Session, row: PlannedSuspensionRow) -> list[str]:
    """The domains known here that it would reach: without those that have a rule of their own."""
    rules, subdomains = DomainRules.load(session), bool(row.rule.get("subdomains", True))

    def is_meant(name: str) -> bool:
        rule = rules.match(name)
        own = rule is not None and len(rule.domain) > len(row.domain)
        return not own and (subdomains or is_itself(row.domain, name))

    return [name for name in impact.reached(session, [row.domain]) if is_meant(name)]


def _tell(session: Session, services: Services, house: ActorRow, row: PlannedSuspensionRow, now: datetime) -> int:
    known = set(session.scalars(select(PlannedNoticeRow.account_id).where(PlannedNoticeRow.plan_id == row.id)))
    found = affected(session, row)
    new = sorted(found.keys() - known)[:MOST_TOLD]
    accounts = list(session.scalars(select(AccountRow).where(AccountRow.id.in_(new)))) if new else []
    for account in accounts:
        mine = found[account.id]
        session.add(
            PlannedNoticeRow(
                plan_id=row.id,
                account_id=account.id,
                following=mine.following,
                followers=mine.followers,
                told_at=now,
            )
        )
        payload = _payload(row, account.locale, mine)
        _notify(session, services, house, account.id, payload)
        if account.disabled_at is None and account.confirmed_at is not None:
            mail = _mail(services, account, row, str(payload["text"]))
            post_office.put(session, services, mail, wait=UNDO_WINDOW, about=_about(row))
    return len(accounts)


def _tell_of_the_end(session: Session, services: Services, house: ActorRow, row: PlannedSuspensionRow) -> None:
    query = (
        select(AccountRow)
        .join(PlannedNoticeRow, PlannedNoticeRow.account_id == AccountRow.id)
        .where(PlannedNoticeRow.plan_id == row.id)
    )
    for account in session.scalars(query):
        _ = languages.translator(account.locale)
        text = _("The suspension of %(domain)s was called off: your follows with people there stay.")
        payload = {"plan_id": row.id, "called_off": True, "text": text % {"domain": row.domain}}
        _notify(session, services, house, account.id, payload)


def _notify(session: Session, services: Services, house: ActorRow, account_id: int, payload: Mapping[str, Any]) -> None:
    kind = NotificationKind.MODERATION_WARNING
    notify.add(session, services, NotificationDraft(account_id, kind, house.id, payload=dict(payload)))


def _payload(row: PlannedSuspensionRow, locale: str, mine: Ties) -> dict[str, Any]:
    """In the member's own language, as programs show the text as it is."""
    _ = languages.translator(locale)
    said = _(
        "This house will suspend %(domain)s on %(day)s. You follow %(following)s there, and %(followers)s follow you; "
        "these follows end then. Until then you can save them, and write to people. Why: %(why)s"
    )
    values = {
        "domain": row.domain,
        "day": format_date(row.takes_place_at, "d MMMM yyyy", locale=locale),
        "following": mine.following,
        "followers": mine.followers,
        "why": row.rule.get("public_comment", ""),
    }
    return {"plan_id": row.id, "text": said % values}


def _mail(services: Services, account: AccountRow, row: PlannedSuspensionRow, text: str) -> Mail:
    _ = languages.translator(account.locale)
    link = services.settings.url(f"/settings/moving/planned/{row.id}")
    parts = [
        _("Hello %(name)s,") % {"name": account.actor.username},
        text,
        _("Whom it concerns, and lists of them to keep: %(link)s") % {"link": link},
    ]
    subject = _("%(domain)s will be suspended on %(house)s")
    return Mail(account.email, subject % {"domain": row.domain, "house": services.settings.domain}, "\n\n".join(parts))


def _take_back_mails(session: Session, row: PlannedSuspensionRow) -> None:
    post_office.take_back(session, _about(row))


def _about(row: PlannedSuspensionRow) -> str:
    return f"plan:{row.id}"
