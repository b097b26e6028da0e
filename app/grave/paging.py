"""Who is told at once that a grave case waits: by mail, and without a word of what it is about."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.mail import Mail
from app.notifications import languages, post_office
from app.reviewing import people
from app.services import Services
from app.workforce import calling
from moderation import alarms
from moderation.grave.tables import GraveKind

PAGES = {GraveKind.CHILD_SAFETY: "/review/child-safety", GraveKind.THREAT_TO_LIFE: "/review/threats"}


def page(services: Services, session: Session, case_id: int, kind: GraveKind) -> int:
    """Write to those who deal with it, and to the leads; how many. Without any, the alarm alone says it."""
    now = services.clock.now()
    if kind is GraveKind.THREAT_TO_LIFE and calling.is_planned(session, now):
        alarms.raise_(session, f"{kind.value}_waits", now, {"case": case_id})
        return calling.call_now(services, session)
    leads = people.who_may(session, people.RULES, now)
    theirs = who_is_child_safety(services, session) if kind is GraveKind.CHILD_SAFETY else []
    told = {actor.id: actor for actor in (*theirs, *leads)}
    for actor in told.values():
        post_office.put(session, services, _mail(services, session.get_one(AccountRow, actor.id), case_id, kind))
    alarms.raise_(session, f"{kind.value}_waits", now, {"case": case_id})
    return len(told)


def who_is_child_safety(services: Services, session: Session) -> list[ActorRow]:
    """Everybody who may open what is sealed."""
    return people.who_may(session, Role.CHILD_SAFETY, services.clock.now())


def settle(services: Services, session: Session, kind: GraveKind, *, waiting: bool) -> None:
    """Take the alarm down when nothing waits any more."""
    if not waiting:
        alarms.clear(session, f"{kind.value}_waits", services.clock.now())


def _mail(services: Services, account: AccountRow, case_id: int, kind: GraveKind) -> Mail:
    _ = languages.translator(account.locale)
    values = {"number": case_id, "domain": services.settings.domain}
    link = f"{services.settings.base_url}{PAGES[kind]}"
    if kind is GraveKind.CHILD_SAFETY:
        subject = _("Case %(number)s at %(domain)s is for child safety") % values
        text = _("A case was sealed: suspected sexual abuse of a child. Nothing of it is in this mail, and only the "
                 "child-safety role opens it. The law may want it reported without delay.")  # fmt: skip
    else:
        subject = _("Case %(number)s at %(domain)s: a life may be in danger") % values
        text = _("Somebody on the desk thinks that a life may be in danger. Nothing of the case is in this mail. The "
                 "police should know within minutes.")  # fmt: skip
    return Mail(account.email, subject, f"{text}\n\n{link}\n")


def local_account(session: Session, uri: str) -> AccountRow | None:
    """The member's account behind an author's URI."""
    return session.scalar(select(AccountRow).join(ActorRow, ActorRow.id == AccountRow.id).where(ActorRow.uri == uri))
