"""Calls whoever is on call, by mail and push, when something can't wait: first one, then the deputy, then all leads.

What is urgent is read from the rows each time; nothing of what it is about goes into a mail or on a lock screen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.federation import storms
from app.instance import facts
from app.mail import Mail
from app.notifications import languages, post_office
from app.notifications.languages import Translate
from app.push import queueing
from app.reviewing import people
from app.services import Services
from app.workforce import crew, zone
from moderation.cases.tables import CaseRow
from moderation.grave.tables import GraveCaseRow, GraveKind, GraveState
from moderation.log import chain
from moderation.values import CaseState
from moderation.workforce import calls, on_call
from moderation.workforce.on_call import DAY_MINUTES, Called, Span
from moderation.workforce.tables import CallRow

LATE: Final = timedelta(hours=2)
"""So long past due a case is urgent."""
_QUIET: Final = "crew_quiet_hours"


class Kind(StrEnum):
    """What somebody is called for."""

    THREAT = "threat"
    PAST_DUE = "past_due"
    STORM = "storm"


PATIENCE: Final = {
    Kind.THREAT: timedelta(minutes=5),
    Kind.PAST_DUE: timedelta(minutes=30),
    Kind.STORM: timedelta(minutes=30),
}
"""How long one has to answer before the next is called."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something urgent; `key` names it, `place` is where it is dealt with."""

    kind: Kind
    key: str
    place: str


def drain(services: Services, limit: int) -> int:
    """Call whom there is to call; how many were. `limit` bounds the matters."""
    now = services.clock.now()
    with services.db.write() as session:
        found = matters(services, session, now)
        calls.settle(session, [each.key for each in found], now)
        return sum(_call(services, session, each, now) for each in found[:limit])


def call_now(services: Services, session: Session) -> int:
    """The same within a write that made something urgent; how many were called."""
    now = services.clock.now()
    return sum(_call(services, session, each, now) for each in matters(services, session, now))


def matters(services: Services, session: Session, now: datetime) -> list[Matter]:
    """What can't wait, the gravest first."""
    threats = select(GraveCaseRow.case_id).where(
        GraveCaseRow.kind == GraveKind.THREAT_TO_LIFE, GraveCaseRow.state == GraveState.RAISED
    )
    found = [
        Matter(Kind.THREAT, f"threat:{number}", "/review/threats")
        for number in session.scalars(threats.order_by(GraveCaseRow.case_id))
    ]
    open_ = CaseRow.state.in_((CaseState.OPEN, CaseState.ESCALATED))
    late = select(func.count()).select_from(CaseRow).where(open_, CaseRow.due_at < now - LATE)
    if session.scalar(late):
        found.append(Matter(Kind.PAST_DUE, f"past_due:{now.date().isoformat()}", "/review/start"))
    found += [
        Matter(Kind.STORM, f"storm:{each.domain}:{now.date().isoformat()}", "/review/start")
        for each in storms.current(services, session)
    ]
    return found


def is_planned(session: Session, now: datetime) -> bool:
    """Whether somebody is on call now."""
    return bool(on_call.now_on(session, zone.of(session), now).first)


def take(services: Services, account: AccountRow, number: int) -> CallRow:
    """Somebody has it: nobody else is called. Raises ForbiddenError, NotFoundError, ConflictError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        return calls.take(session, number, by, services.clock.now())


def plan(services: Services, account: AccountRow, name: str, span: Span, *, deputy: bool) -> None:
    """Put somebody on call each week. Raises ForbiddenError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        crew.named(session, name, now)
        on_call.plan(session, name, span, by, now, deputy=deputy)


def unplan(services: Services, account: AccountRow, number: int) -> None:
    """Take one out of the plan. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        on_call.remove(session, number, by, services.clock.now())


def quiet_hours(session: Session) -> tuple[int, int] | None:
    """From when to when nobody is called but for a threat to life, in minutes by the wall; None for never."""
    found = facts.get(session, _QUIET)
    return (int(found[0]), int(found[1])) if found else None


def keep_quiet(services: Services, account: AccountRow, begins: int | None, ends: int | None) -> None:
    """Set them; None for none. Raises ForbiddenError, InvalidError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    wanted = [] if begins is None or ends is None else [begins, ends]
    if not all(0 <= each < DAY_MINUTES for each in wanted):
        raise InvalidError(gettext("Give two times, such as 22:00 and 07:00."), code="bad_time")
    with services.db.write() as session:
        facts.put(session, _QUIET, wanted, now)
        chain.append(session, by, "quiet_hours_set", "house:crew", {"from": begins, "until": ends}, now)


def try_out(services: Services, account: AccountRow) -> int:
    """Call oneself, to see that it arrives; on how many devices."""
    people.require(account, people.LOOK)
    with services.db.write() as session:
        _ = languages.translator(account.locale)
        text = _("This is a trial of being called. Nothing waits.")
        return _tell(services, session, account, _("A trial"), text, "/review/on-call")


def _call(services: Services, session: Session, matter: Matter, now: datetime) -> int:
    row = calls.of(session, matter.key, now)
    if not calls.is_due(row, now, PATIENCE[matter.kind]) or _is_quiet(session, matter, now):
        return 0
    stage, names = _whom(session, row, on_call.now_on(session, zone.of(session), now), now)
    called = 0
    for account in crew.everybody(session, now):
        if people.name_of(account) in names:
            _tell(services, session, account, *_words(languages.translator(account.locale), matter), matter.place)
            called += 1
    calls.note(row, names, stage, now)
    return called


def _is_quiet(session: Session, matter: Matter, now: datetime) -> bool:
    hours = quiet_hours(session)
    if hours is None or matter.kind is Kind.THREAT:
        return False
    wall = now.astimezone(zone.of(session))
    return any(Span(day, *hours).covers(wall) for day in range(7))


def _whom(session: Session, row: CallRow, there: Called, now: datetime) -> tuple[int, Collection[str]]:
    """The next to be called who weren't yet: where nobody is planned, all leads."""
    for stage, names in ((calls.FIRST, there.first), (calls.DEPUTY, there.deputies)):
        fresh = [name for name in names if name not in row.called]
        if row.stage < stage and fresh:
            return stage, fresh
    leads = [actor.username for actor in people.who_may(session, people.RULES, now)]
    return calls.LEADS, [name for name in leads if name not in row.called]


def _tell(services: Services, session: Session, account: AccountRow, title: str, text: str, place: str) -> int:
    domain, link = services.settings.domain, f"{services.settings.base_url}{place}"
    post_office.put(session, services, Mail(account.email, f"{domain}: {title}", f"{text}\n\n{link}\n"))
    return queueing.call(session, services, account.id, f"{domain}: {title}", text)


def _words(_: Translate, matter: Matter) -> tuple[str, str]:
    """A title and a sentence, without a word of what it is about."""
    if matter.kind is Kind.THREAT:
        return _("A life may be in danger"), _(
            "Somebody on the desk thinks that a life may be in danger. Say “I have it” on the page of who is on call, "
            "or the next person is called."
        )
    if matter.kind is Kind.PAST_DUE:
        return _("Cases are long past due"), _("Some cases have been past due for more than two hours.")
    return _("A server sends more than can be read"), _(
        "It holds up nobody but itself. You can hold it with one button."
    )
