"""Whom this house deals with at all: what a mode would mean now, and choosing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import marking
from app.accounts.tables import AccountRow, ActorRow, Role
from app.reviewing import impact, people
from app.reviewing.impact import Impact
from app.services import Services
from app.stores.jobs import Job
from moderation import turns
from moderation.authors.tables import AuthorRow
from moderation.domains import editing, modes
from moderation.domains.modes import Mode, Way
from moderation.domains.rules import DomainRules
from moderation.values import Severity

LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a mode would mean for what is known now."""

    named: int
    """Servers known here that a rule names, and that aren't suspended by it."""
    unnamed: int
    """Servers known here that nothing names."""
    impact: Impact
    """What is there of the unnamed ones."""
    new_lately: int
    """Servers first met within LATELY."""
    posts_lately: int
    """Posts of theirs that were let in or held."""


def way(session: Session) -> Way:
    """The mode in force."""
    return modes.current(session)


def consequences(session: Session, now: datetime) -> Consequences:
    """Counted now; nothing changes."""
    rules = DomainRules.load(session)
    known = set(session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct()))
    named = {name: rules.named(name) for name in known}
    unnamed = sorted(name for name, rule in named.items() if rule is None)
    listed = sum(rule is not None and rule.severity is not Severity.SUSPEND for rule in named.values())
    first = (
        select(AuthorRow.domain, func.sum(AuthorRow.approved + AuthorRow.held))
        .where(AuthorRow.local.is_(False))
        .group_by(AuthorRow.domain)
        .having(func.min(AuthorRow.first_seen_at) > now - LATELY)
    )
    new = session.execute(first).all()
    found = impact.of_these(session, unnamed)
    return Consequences(listed, len(unnamed), found, len(new), sum(int(count or 0) for _name, count in new))


def choose(services: Services, account: AccountRow, mode: Mode, first: int) -> None:
    """Choose one. Raises ForbiddenError, BadDomainError."""
    choose_as(services, people.require(account, Role.ADMIN), mode, first)


def choose_as(services: Services, by: str, mode: Mode, first: int) -> None:
    """The same for whoever was let in otherwise, as on the command line. What another mode hid is there again, and
    follows end ten minutes after a server isn't dealt with any more. What is in force already stays, with its time:
    that says which servers were known before."""
    with services.db.write() as session:
        turns.take(session)
        turns.take_rules(session)
        now = modes.current(session)
        if (now.mode, now.first) == (mode, first):
            return
        editing.choose_mode(session, mode, first, by, services.clock.now())
        session.flush()
        marking.mark_again(session, None, services.clock.now())
    services.nudger.nudge(Job.LIFECYCLE)
