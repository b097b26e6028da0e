"""A suspension was lifted: members whose follows it ended hear that they can have them back.

Nobody follows again by itself: what their side made of the parting isn't known here. Each is told once for each server,
in their own language; programs show the text as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import instance_actor, marking
from app.accounts.tables import AccountRow, ActorRow
from app.instance import facts
from app.notifications import languages, notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.relationships.tables import SeveredFollowRow
from app.services import Services
from moderation.domains.rules import DomainRules
from moderation.rows import slices

DONE = "offered_at_version"
"""The fact of which version of the rules everything is offered: most of the time there's nothing to look for."""
_OPEN = (
    SeveredFollowRow.offered_at.is_(None),
    ActorRow.domain_hidden.is_(False),
    ActorRow.suspended_at.is_(None),
    ActorRow.deleted_at.is_(None),
)


def offer(services: Services, limit: int) -> int:
    """Tell up to `limit` members of servers that are let in again; how many were told."""
    with services.db.read() as session:
        version = DomainRules.load(session).version
        marked = facts.get(session, marking.FOUND) == version
        if not marked or facts.get(session, DONE) == version:
            return 0
        members = _members(session, limit)
    for part in slices(members):
        with services.db.write() as session:
            _tell(session, services, part)
    if len(members) < limit:
        with services.db.write() as session:
            facts.put(session, DONE, version, services.clock.now())
    return len(members)


def _members(session: Session, limit: int) -> list[int]:
    query = select(SeveredFollowRow.follower_id).join(ActorRow, ActorRow.id == SeveredFollowRow.target_id)
    query = query.join(AccountRow, AccountRow.id == SeveredFollowRow.follower_id)
    return list(session.scalars(query.where(*_OPEN).distinct().order_by(SeveredFollowRow.follower_id).limit(limit)))


def _tell(session: Session, services: Services, members: list[int]) -> None:
    house = instance_actor.find(session, services.settings)
    query = select(SeveredFollowRow).join(ActorRow, ActorRow.id == SeveredFollowRow.target_id)
    rows = session.scalars(query.where(SeveredFollowRow.follower_id.in_(members), *_OPEN)).all()
    lost: Mapping[int, dict[str, list[SeveredFollowRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        lost[row.follower_id][row.domain].append(row)
    accounts = session.scalars(select(AccountRow).where(AccountRow.id.in_(members)))
    locales = {account.id: account.locale for account in accounts}
    for member, servers in lost.items():
        for domain, parted in servers.items():
            payload = {"restored": domain, "text": _text(locales[member], domain, len(parted))}
            sender = house.id if house is not None else member
            kind = NotificationKind.MODERATION_WARNING
            notify.add(session, services, NotificationDraft(member, kind, sender, payload=payload))
    for row in rows:
        row.offered_at = services.clock.now()


def _text(locale: str, domain: str, people: int) -> str:
    _ = languages.translator(locale)
    said = _(
        "%(domain)s is let in here again. Your follows that ended with it: %(people)s. Ask them again if you like."
    )
    return said % {"domain": domain, "people": people}
