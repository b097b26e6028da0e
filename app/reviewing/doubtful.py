"""What a followed list may name no longer: looked at, and lifted all the same by a person who wants that."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import many_rules, people
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import doubtful, following
from moderation.domains.doubtful import Doubtful
from moderation.domains.editing import DomainDecided
from moderation.domains.lists.tables import DomainListRow


@dataclass(frozen=True, slots=True)
class Seen:
    """A list, and what of it stays only because some of its rows can't be read."""

    row: DomainListRow
    found: Doubtful
    seen: str
    """What it says in a few characters: who lifts it lifts this and nothing newer."""


def look(services: Services, session: Session, list_id: int) -> Seen:
    """What is doubtful in a list now. Raises NotFoundError."""
    row = following.one(session, list_id)
    found = doubtful.of(session, row, services.clock.now())
    return Seen(row, found, _digest(found))


def lift(services: Services, account: AccountRow, list_id: int, seen: str) -> Doubtful:
    """Lift what was `seen`, all the same; what was lifted. Raises ForbiddenError, NotFoundError, and InvalidError where
    it is something else now, or nothing."""
    return lift_as(services, people.require(account, people.RULES), list_id, seen)


def lift_as(services: Services, by: str, list_id: int, seen: str) -> Doubtful:
    """The same for whoever was let in otherwise, as on the command line."""

    def as_seen(session: Session) -> Doubtful:
        now = look(services, session, list_id)
        if now.seen != seen or not now.found.domains:
            raise InvalidError("the lists or the rules have changed since: look again")
        return now.found

    def plan(session: Session) -> Wanted:
        return Wanted(lifted=[rule.domain for rule in as_seen(session).lifted])

    locked: list[Doubtful] = []

    def lock(session: Session) -> None:
        following.one(session, list_id, locked=True)
        locked[:] = [as_seen(session)]

    def forget(session: Session, _done: list[DomainDecided]) -> None:
        doubtful.forget(session, following.one(session, list_id), locked[0], by, services.clock.now())

    many_rules.carry_out(services, by, plan, forget, first=lock)
    return locked[0]


def _digest(found: Doubtful) -> str:
    rules = (f"{rule.domain} {rule.severity}" for rule in found.lifted)
    return many_rules.digest(Wanted(lifted=[*found.domains, *rules]))
