"""Announced suspensions: members whose follows would end are told, and it takes place by itself, unless called off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.dates import format_date
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts import instance_actor
from app.accounts.tables import AccountRow, ActorRow
from app.enforcement import enact
from app.mail import Mail
from app.notifications import languages, notify, post_office
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.push.tables import PushRow
from app.relationships import tongues
from app.relationships.tables import FollowRow, FollowState, PlannedNoticeRow
from app.reviewing import impact, people
from app.services import Services
from moderation import turns
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains import planned
from moderation.domains.rules import DomainRules
from moderation.domains.tables import PlannedSuspensionRow, PlanState
from moderation.domains.values import RuleDraft
from moderation.rows import slices

MOST_TOLD: Final = 500
"""Members told in one write."""


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
    with services.db.write() as session:
        number = planned.announce(session, draft, by, services.clock.now()).id
    tell_new(services)
    return number


def call_off(services: Services, account: AccountRow, domain: str) -> None:
    """It won't take place, and who was told hears it. Raises ForbiddenError, NotFoundError."""
    call_off_as(services, people.require(account, people.RULES), domain)


def call_off_as(services: Services, by: str, domain: str) -> None:
    """The same for whoever was let in otherwise."""
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        row = planned.call_off(session, domain, by, services.clock.now())
        _tell_of_the_end(session, services, house, row)


def call_off_with(session: Session, services: Services, house: ActorRow, by: str, domain: str) -> None:
    """The same in a write that lifts the domain's rule: who does that doesn't want it suspended. Nothing where nothing
    is announced."""
    turns.take(session)
    if planned.of(session, domain) is not None:
        row = planned.call_off(session, domain, by, services.clock.now())
        _tell_of_the_end(session, services, house, row)


def undo(session: Session, domain: str, by: str, now: datetime) -> None:
    """Take the announcement back as if it had never been made. Raises NotFoundError."""
    row = planned.undo(session, domain, by, now)
    post_office.take_back(session, _about(row))
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


def carry_out_due(services: Services) -> int:
    """Carry out what is due; how many. It counts nobody's follows, so that it may be asked as often as one likes."""
    now = services.clock.now()
    with services.db.read() as session:
        if not any(row.takes_place_at <= now for row in planned.announced(session)):
            return 0
    house, done = instance_actor.instance_actor(services), 0
    with services.db.write() as session:
        turns.take(session)
        for row in planned.due(session, now):
            decided = planned.carry_out(session, row, now)
            if decided is not None:
                enact.enact(services, session, decided.effects)
            elif row.state is PlanState.CALLED_OFF:
                _tell_of_the_end(session, services, house, row)
            done += 1
    return done


def tell_new(services: Services) -> int:
    """Tell everybody whom a plan concerns and who wasn't told yet, as who follows somebody there only since; how many.

    Whom it concerns is found before anything is written: that reads many follows, and nobody waits for it.
    """
    with services.db.read() as session:
        found = {row.id: affected(session, row) for row in planned.announced(session)}
        new = {number: sorted(ties.keys() - _known(session, number)) for number, ties in found.items()}
    if not any(new.values()):
        return 0
    house, now, told = instance_actor.instance_actor(services), services.clock.now(), 0
    for number, members in new.items():
        for part in slices(members, MOST_TOLD):
            with services.db.write() as session:
                told += _tell(session, services, house, number, {each: found[number][each] for each in part}, now)
    return told


def _known(session: Session, number: int) -> set[int]:
    return set(session.scalars(select(PlannedNoticeRow.account_id).where(PlannedNoticeRow.plan_id == number)))


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
    languages: tuple[str, ...]


def ties(session: Session, domains: Sequence[str], account_id: int, *, followers: bool = False) -> list[Tie]:
    """A member's own follows to people of these domains, or their followers there, by handle."""
    mine, other = FollowRow.follower_id, FollowRow.target_id
    if followers:
        mine, other = other, mine
    found: list[Tie] = []
    for part in slices(domains):
        query = (
            select(FollowRow, ActorRow)
            .join(ActorRow, ActorRow.id == other)
            .where(mine == account_id, FollowRow.state == FollowState.ACCEPTED, ActorRow.domain.in_(part))
        )
        found += [
            Tie(f"{actor.username}@{actor.domain}", follow.show_boosts, follow.notify, tongues.read(follow.languages))
            for follow, actor in session.execute(query)
        ]
    return sorted(found, key=lambda tie: tie.handle)


def affected(session: Session, row: PlannedSuspensionRow) -> dict[int, Ties]:
    """Every member with follows, in either direction, that would end, by account."""
    domains = reached(session, row)
    following = _counted(session, domains, FollowRow.follower_id, FollowRow.target_id)
    followers = _counted(session, domains, FollowRow.target_id, FollowRow.follower_id)
    return {each: Ties(following.get(each, 0), followers.get(each, 0)) for each in following.keys() | followers.keys()}


def _counted(session: Session, domains: list[str], mine: Any, other: Any) -> Counter[int]:
    """How many of each member's follows lead there. One direction at a time, from the few there to their follows."""
    found: Counter[int] = Counter()
    there, member = aliased(ActorRow), aliased(ActorRow)
    for part in slices(domains):
        query = (
            select(mine, func.count())
            .select_from(there)
            .join(FollowRow, other == there.id)
            .join(member, member.id == mine)
            .where(there.domain.in_(part), ~there.local, member.local, FollowRow.state == FollowState.ACCEPTED)
            .group_by(mine)
        )
        found.update({account_id: count for account_id, count in session.execute(query)})
    return found


def reached(session: Session, row: PlannedSuspensionRow) -> list[str]:
    """The domains known here that a plan would reach: without those that have a rule of their own."""
    subdomains = bool(row.rule.get("subdomains", True))
    return impact.meant(session, DomainRules.load(session), row.domain, subdomains=subdomains)


def _tell(
    session: Session, services: Services, house: ActorRow, number: int, found: Mapping[int, Ties], now: datetime
) -> int:
    turns.take(session)
    row = session.get_one(PlannedSuspensionRow, number)
    if row.state is not PlanState.ANNOUNCED:
        return 0  # called off meanwhile
    new = found.keys() - _known(session, number)
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
        if _has_mail(account):
            mail = _mail(services, account, row, str(payload["text"]))
            post_office.put(session, services, mail, wait=UNDO_WINDOW, about=_about(row))
    return len(accounts)


def _tell_of_the_end(session: Session, services: Services, house: ActorRow, row: PlannedSuspensionRow) -> None:
    """Who was told hears it; by mail, too, where the mail that announced it has left."""
    unsent = post_office.waiting(session, _about(row))
    post_office.take_back(session, _about(row))
    query = (
        select(AccountRow)
        .join(PlannedNoticeRow, PlannedNoticeRow.account_id == AccountRow.id)
        .where(PlannedNoticeRow.plan_id == row.id)
    )
    for account in session.scalars(query):
        _ = languages.translator(account.locale)
        text = _("The suspension of %(domain)s was called off: your follows with people there stay.")
        text %= {"domain": row.domain}
        _notify(session, services, house, account.id, {"plan_id": row.id, "called_off": True, "text": text})
        if _has_mail(account) and account.email not in unsent:
            post_office.put(session, services, _mail_of_the_end(services, account, row, text))


def _has_mail(account: AccountRow) -> bool:
    return account.disabled_at is None and account.confirmed_at is not None


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


def _mail_of_the_end(services: Services, account: AccountRow, row: PlannedSuspensionRow, text: str) -> Mail:
    _ = languages.translator(account.locale)
    subject = _("%(domain)s won’t be suspended on %(house)s")
    subject %= {"domain": row.domain, "house": services.settings.domain}
    hello = _("Hello %(name)s,") % {"name": account.actor.username}
    return Mail(account.email, subject, f"{hello}\n\n{text}")


def _about(row: PlannedSuspensionRow) -> str:
    return f"plan:{row.id}"
