"""Circuit breakers: what turns open sign-ups into sign-ups by approval, at once and by itself.

A breaker that is out is an alarm: everybody asks the same row. A storm stays out until a person puts it back; that
nobody moderates is over as soon as somebody does. Each is told to the crew by mail, on their pages and in the log.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import NotFoundError
from app.mail import Mail
from app.notifications import languages, post_office
from app.notifications.languages import Translate
from app.reviewing import people
from app.services import Services
from moderation import alarms
from moderation.alarms import Alarm
from moderation.alarms.tables import AlarmRow
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.policy import store
from moderation.policy.values import Breakers
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.workforce.tables import StretchRow

QUIET: Final = "breaker_quiet"
SIGN_UPS: Final = "breaker_sign_ups"
REPORTS: Final = "breaker_reports"
NAMES: Final = (QUIET, SIGN_UPS, REPORTS)
SHORT: Final[Mapping[str, str]] = MappingProxyType({name.removeprefix("breaker_"): name for name in NAMES})
"""What they are called where all that is named is a breaker."""
BY: Final = "policy"
SOURCES: Final = 4
"""So many it takes at least for a storm of reports: one member, or one server elsewhere, doesn't close our door."""
LOOKED_AT: Final = 5000
"""The newest reports, whose sources are counted."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """One of them: in, or out since then."""

    name: str
    since: datetime | None
    """None while it is in."""
    why: Mapping[str, float] | None
    """The bar that was reached when it went out."""
    bar: Mapping[str, float] | None
    """When it goes out by the policy in force: `days`, or `count` within `hours`. None is never."""

    @property
    def short(self) -> str:
        """Its name among breakers."""
        return self.name.removeprefix("breaker_")


def standing(session: Session) -> list[Breaker]:
    """Every breaker, in or out."""
    rule = store.current(session).breakers
    bars: dict[str, dict[str, float]] = {
        QUIET: {"days": rule.quiet_days},
        SIGN_UPS: {"count": rule.sign_ups, "hours": rule.window_hours},
        REPORTS: {"count": rule.reports, "hours": rule.window_hours},
    }
    out = {each.name: each for each in tripped(session)}
    return [_standing(name, out.get(name), bar) for name, bar in bars.items()]


def _standing(name: str, alarm: Alarm | None, bar: Mapping[str, float]) -> Breaker:
    goes_out = bar if bar.get("days", bar.get("count")) else None
    if alarm is None:
        return Breaker(name, None, None, goes_out)
    why = {key: value if isinstance(value, int) else float(value) for key, value in alarm.details.items()}
    return Breaker(name, alarm.since, why, goes_out)


def tripped(session: Session) -> list[Alarm]:
    """The breakers that are out, the first first."""
    rows = select(AlarmRow).where(AlarmRow.name.in_(NAMES), AlarmRow.cleared_at.is_(None)).order_by(AlarmRow.since)
    return [Alarm(row.name, row.since, row.last_at, row.count, row.details) for row in session.scalars(rows)]


def after_sign_up(session: Session, services: Services) -> None:
    """Somebody just signed up, in this write: were there too many?"""
    rule = store.current(session).breakers
    newest = select(AccountRow.created_at).where(AccountRow.role == Role.MEMBER).order_by(AccountRow.created_at.desc())
    since = _since(session, services, SIGN_UPS, rule)
    if _are_many(session, newest, rule.sign_ups, since):
        _trip(session, services, SIGN_UPS, _told(rule.sign_ups, rule))


def after_report(session: Session, services: Services) -> None:
    """Something was just reported, in this write: was it too much?"""
    rule = store.current(session).breakers
    newest = select(ReportRow.filed_at).order_by(ReportRow.id.desc())
    since = _since(session, services, REPORTS, rule)
    if _are_many(session, newest, rule.reports, since) and _are_of_several(session, rule.reports, since):
        _trip(session, services, REPORTS, _told(rule.reports, rule))


def watch(services: Services) -> int:
    """Does anybody moderate? A job; how many breakers went out or back."""
    now = services.clock.now()
    with services.db.write() as session:
        days = store.current(session).breakers.quiet_days
        last = _last_seen(session)
        quiet = bool(days) and last is not None and last <= now - timedelta(days=days)
        if quiet:
            return int(_trip(session, services, QUIET, {"days": f"{days:g}"}))
        return int(_back(session, QUIET, BY, now))


def put_back(services: Services, account: AccountRow, name: str) -> bool:
    """A person says that it is over; whether it was out. Raises ForbiddenError, NotFoundError for no breaker's name."""
    return put_back_as(services, people.require(account, people.PEOPLE), name)


def put_back_as(services: Services, by: str, name: str) -> bool:
    """The same by whoever `by` names: the command line. Raises NotFoundError for no breaker's name."""
    if name not in NAMES:
        raise NotFoundError
    with services.db.write() as session:
        return _back(session, name, by, services.clock.now())


def _since(session: Session, services: Services, name: str, rule: Breakers) -> datetime:
    """What came before that doesn't count: the window's begin, or when somebody said that it was over."""
    since = services.clock.now() - timedelta(hours=rule.window_hours)
    put_back_at = session.scalar(select(AlarmRow.cleared_at).where(AlarmRow.name == name))
    return max(since, put_back_at) if put_back_at is not None else since


def _are_many(session: Session, newest: Select[datetime], most: int, since: datetime) -> bool:
    earliest = session.scalar(newest.offset(most - 1).limit(1)) if most else None
    return earliest is not None and earliest > since


def _are_of_several(session: Session, most: int, since: datetime) -> bool:
    """Whether so many are left once each member, and each server elsewhere, counts for its share at most."""
    latest = select(ReportRow.origin, ReportRow.reporter_uri, ReportRow.reporter_domain, ReportRow.filed_at)
    newest = latest.order_by(ReportRow.id.desc()).limit(LOOKED_AT).subquery()
    of_servers = newest.c.origin == ReportOrigin.REMOTE
    source = case((of_servers, newest.c.reporter_domain), else_=func.coalesce(newest.c.reporter_uri, ""))
    counts = select(func.count()).where(newest.c.filed_at > since).group_by(source)
    share = math.ceil(most / SOURCES)
    return sum(min(count, share) for count in session.scalars(counts)) >= most


def _told(most: int, rule: Breakers) -> dict[str, Any]:
    return {"count": most, "hours": f"{rule.window_hours:g}"}


def _last_seen(session: Session) -> datetime | None:
    """When somebody who may moderate last did anything, or was given that role's account; None without anybody."""
    roles = [role for role in Role if lookup.is_staff(role) and lookup.at_least(role, people.WORK)]
    crew = select(ActorRow.username).join(AccountRow, AccountRow.id == ActorRow.id).where(AccountRow.role.in_(roles))
    found = (
        session.scalar(select(func.max(AccountRow.created_at)).where(AccountRow.role.in_(roles))),
        session.scalar(select(func.max(StretchRow.ended_at))),
        session.scalar(select(LogRow.at).where(LogRow.actor.in_(crew)).order_by(LogRow.seq.desc()).limit(1)),
    )
    return max((at for at in found if at is not None), default=None) if found[0] is not None else None


def _trip(session: Session, services: Services, name: str, details: dict[str, Any]) -> bool:
    """Once, and told once."""
    now = services.clock.now()
    if any(each.name == name for each in tripped(session)) or not alarms.raise_once(session, name, now, details):
        return False
    chain.append(session, BY, "breaker_out", f"breaker:{name}", details, now)
    for actor in people.who_may(session, people.PEOPLE, now):
        post_office.put(session, services, _mail(services, session.get_one(AccountRow, actor.id), name, details))
    return True


def _back(session: Session, name: str, by: str, now: datetime) -> bool:
    if not alarms.clear(session, name, now):
        return False
    chain.append(session, by, "breaker_back", f"breaker:{name}", {}, now)
    return True


def _mail(services: Services, account: AccountRow, name: str, details: dict[str, Any]) -> Mail:
    _ = languages.translator(account.locale)
    domain = services.settings.domain
    subject = _("Who signs up at %(domain)s waits for a yes now") % {"domain": domain}
    over = _("It stays so until somebody says that it is over, here:")
    if name == QUIET:
        over = _("It is over as soon as somebody works on a case. The sign-ups are here:")
    text = f"{_why(name, details, _)}\n\n{over}\n\n{services.settings.url('/review/signups')}\n"
    return Mail(account.email, subject, text)


def _why(name: str, details: dict[str, Any], _: Translate) -> str:
    if name == QUIET:
        return _("Nobody has moderated here for %(days)s days.") % details
    if name == SIGN_UPS:
        return _("%(count)s people or more signed up within %(hours)s hours.") % details
    return _("%(count)s reports or more came within %(hours)s hours.") % details
