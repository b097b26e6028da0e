"""Lists that were taken by hand: what undoing one would bring back, computed now, and undoing it in one step."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import AccountRow, ActorRow
from app.relationships.tables import SeveredFollowRow
from app.reviewing import impact, many_rules, people
from app.reviewing.impact import Impact
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import imports
from moderation.domains.editing import UNDONE, DomainDecided
from moderation.domains.imports import Undoing
from moderation.domains.tables import DomainImportRow
from moderation.log import chain
from moderation.rows import slices

MOST = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """Follows that ended with servers which would be dealt with again: their members are offered them back."""

    follows: int
    members: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A list that was taken, and what undoing it would do now."""

    row: DomainImportRow
    undoing: Undoing
    impact: Impact
    """Of the servers that would be treated otherwise than now."""
    offered: Offered


def foresee(services: Services, session: Session, import_id: int) -> Foreseen:
    """What undoing a list would do, computed now; nothing changes. Raises NotFoundError."""
    now = services.clock.now()
    row, found = imports.one(session, import_id), imports.undoing(session, import_id, now)
    changed = many_rules.foresee(session, _wanted(found), row.taken_by, now) if row.undone_at is None else {}
    again = [domain for domain, marks in changed.items() if not marks.hidden]
    return Foreseen(row, found, impact.of_these(session, list(changed)), _offered(session, again))


def undo(services: Services, account: AccountRow, import_id: int) -> Undoing:
    """Undo a list: its rules go back to what was before it, in one write, but for those on which somebody had another
    word since; what was done. Raises ForbiddenError, NotFoundError, ConflictError."""
    return undo_as(services, people.require(account, people.RULES), import_id)


def undo_as(services: Services, by: str, import_id: int) -> Undoing:
    """The same for whoever was let in otherwise, as on the command line."""
    now = services.clock.now()
    planned: list[Undoing] = []

    def lock(session: Session) -> None:
        imports.one(session, import_id, locked=True)

    def plan(session: Session) -> Wanted:
        found = imports.undoing(session, import_id, now)
        imports.require_undoable(imports.one(session, import_id), found)
        planned[:] = [found]
        return _wanted(found)

    def note(session: Session, done: list[DomainDecided]) -> None:
        row = imports.one(session, import_id)
        row.undone_by, row.undone_at = by, now
        said = {"rules": len(done), "kept": len(planned[0].kept)}
        chain.append(session, by, "domain_list_undone", f"list:{row.digest[:16]}", said, now)

    many_rules.carry_out(services, by, plan, note, first=lock)
    return planned[0]


def _wanted(found: Undoing) -> Wanted:
    return Wanted(found.put_back, found.lifted, lifted_as=UNDONE, set_as=UNDONE)


def _offered(session: Session, domains: list[str]) -> Offered:
    there = aliased(ActorRow)
    query = (
        select(SeveredFollowRow.follower_id, func.count())
        .join(there, there.id == SeveredFollowRow.target_id)
        .where(there.local.is_(False), there.suspended_at.is_(None), there.deleted_at.is_(None))
        .group_by(SeveredFollowRow.follower_id)
    )
    members: dict[int, int] = {}
    for part in slices(domains):
        for member, follows in session.execute(query.where(there.domain.in_(part))):
            members[member] = members.get(member, 0) + follows
    return Offered(sum(members.values()), len(members))
