"""Lists of servers for pages, API and command line: what one would do, computed now, and then doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.errors import ConflictError
from app.federation.tables import InstanceRow
from app.reviewing import impact, left_alone, many_rules, people
from app.reviewing.impact import Impact
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import editing, imports, lists, planning
from moderation.domains.editing import DomainDecided
from moderation.domains.lists.values import Import
from moderation.domains.planning import Plan, Wishes
from moderation.domains.tables import DomainImportRow
from moderation.log import chain
from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class Taking:
    """How somebody takes a list by hand."""

    severity: Severity = Severity.SUSPEND
    """What rows mean that don't say."""
    overrule: bool = False
    spare_followed: bool = False
    """Whether domains that members follow are silenced instead of suspended."""
    at_most: Severity | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A list, and all that it would do."""

    read: Import
    plan: Plan
    impact: Impact
    seen: str
    """What it says in a few characters: whoever takes the list can say that they mean this."""


def preview(services: Services, session: Session, text: str, taking: Taking) -> Preview:
    """What a list would do, computed now; nothing changes. Raises BadDomainError for a bound that is none."""
    read = read_now(services, session, text, taking.severity)
    plan = planned(session, read, taking)
    touched = impact.of_many(session, [draft.domain for draft in plan.drafts])
    return Preview(read, plan, touched, many_rules.digest(Wanted(plan.drafts)))


def planned(session: Session, read: Import, taking: Taking) -> Plan:
    """The plan of a list that was read, against the rules as this transaction sees them. Raises BadDomainError for a
    bound that is none."""
    planning.require_bound(taking.at_most)
    followed = impact.followed(session) if taking.spare_followed else frozenset()
    excludes = left_alone.of(session)
    wishes = Wishes(overrule=taking.overrule, excludes=excludes, followed=followed, at_most=taking.at_most)
    return planning.plan(read, {rule.domain: rule for rule in editing.list_rules(session)}, wishes)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list that was taken set, and its number, by which it can be undone; None where it set nothing."""

    import_id: int | None
    rules: tuple[DomainDecided, ...]
    plan: Plan
    """What became of each row, as the rules were when it was taken; with the lines of which nothing was taken."""


def take(services: Services, account: AccountRow, text: str, taking: Taking, seen: str | None = None) -> Taken:
    """Take a list: all that its plan says, in one write, or nothing. Raises ForbiddenError, BadDomainError also where
    nothing of it can be taken, and ConflictError where the plan isn't any more what was `seen`.

    Nobody's posting waits for the planning, nor for who is there to be marked: see `many_rules`.
    """
    return take_as(services, people.require(account, people.RULES), text, taking, seen)


def take_as(services: Services, by: str, text: str, taking: Taking, seen: str | None = None) -> Taken:
    """The same for whoever was let in otherwise, as on the command line."""
    with services.db.read() as session:
        read = read_now(services, session, text, taking.severity)
    lists.require_entries(read)

    def plan(session: Session) -> Plan:
        found = planned(session, read, taking)
        if seen is not None and many_rules.digest(Wanted(found.drafts)) != seen:
            raise ConflictError("the rules have changed since, or how the list is taken: look again")
        return found

    return set_planned(services, by, text, plan)


def set_planned(services: Services, by: str, text: str, plan: Callable[[Session], Plan]) -> Taken:
    """Set what a plan says, as `many_rules` does, as one step that can be undone; the log has the list's digest."""
    digest, now = sha256(text.encode()).hexdigest(), services.clock.now()
    begun: list[DomainImportRow] = []
    planned: list[Plan] = []

    def begin(session: Session) -> int:
        begun[:] = [imports.begin(session, digest, by, now)]
        return begun[0].id

    def note(session: Session, done: list[DomainDecided]) -> None:
        begun[0].rules = len(done)
        if not done:
            session.delete(begun[0])
        chain.append(session, by, "domain_list_taken", f"list:{digest[:16]}", {"rules": len(done)}, now)

    def wanted(session: Session) -> Wanted:
        planned[:] = [plan(session)]
        return Wanted(planned[0].drafts)

    done = many_rules.carry_out(services, by, wanted, note, first=begin)
    return Taken(begun[0].id if done else None, tuple(done), planned[0])


def read_now(services: Services, session: Session, text: str, severity: Severity) -> Import:
    """A list as it is to be understood by this house, now; `severity` is what rows mean that don't say."""
    known, now = known_by_hash(session, text), services.clock.now()
    return lists.parse(text, services.settings.domain, severity=severity, known=known, now=now)


def known_by_hash(session: Session, text: str) -> dict[str, str]:
    """The domains known here by the hashes of their names, if a list hides any name at all."""
    if "*" not in text:
        return {}
    names = set(session.scalars(select(InstanceRow.domain)))
    names |= set(session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct()))
    names |= {rule.domain for rule in editing.list_rules(session)}
    return {sha256(name.encode()).hexdigest(): name for name in names}
