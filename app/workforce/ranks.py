"""Who has which role, given by whom, when and why; and changing it, by leads and admins, with a reason.

What happened is read from the log, where each change stands for good. A role given here reaches as far as the giver's
own; child-safety stands beside the ladder, and only admins give or take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts import lookup, roles
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.reviewing import people
from app.services import Services
from moderation.log import reading
from moderation.log.tables import LogRow

LADDER: Final = (Role.MEMBER, Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN)
SHORTEST_REASON, LONGEST_REASON = 3, 500
SHOWN: Final = 100
_VERBS: Final = ("role_given", "role_ended")


@dataclass(frozen=True, slots=True)
class Given:
    """A change of somebody's role, as the log has it."""

    role: Role
    by: str
    at: datetime
    reason: str
    until: datetime | None

    @property
    def by_itself(self) -> bool:
        """Whether its time was over."""
        return self.by == roles.BY_TIME


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a role, and how they came by it; None for what is older than the log."""

    account: AccountRow
    role: Role
    last: Given | None


def holders(session: Session, now: datetime) -> list[Holder]:
    """Everybody with a role that counts now, the highest first; also those who can't sign in at the moment."""
    rows = session.scalars(
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .options(joinedload(AccountRow.actor))
        .where(AccountRow.role != Role.MEMBER, ActorRow.deleted_at.is_(None))
        .order_by(ActorRow.username_lower)
    ).all()
    last = _last(session, [row.actor.uri for row in rows])
    found = [Holder(row, lookup.role_at(row, now), last.get(row.actor.uri)) for row in rows]
    return sorted((one for one in found if one.role is not Role.MEMBER), key=lambda one: -_order(one.role))


def named(session: Session, name: str, now: datetime) -> Holder:
    """A member by their user name, whatever their role. Raises NotFoundError."""
    row = session.scalar(
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .options(joinedload(AccountRow.actor))
        .where(ActorRow.username_lower == name.strip().removeprefix("@").lower(), ActorRow.local)
        .where(ActorRow.deleted_at.is_(None), AccountRow.approved_at.is_not(None))
    )
    if row is None:
        raise NotFoundError
    return Holder(row, lookup.role_at(row, now), _last(session, [row.actor.uri]).get(row.actor.uri))


def history(session: Session, uri: str) -> list[Given]:
    """Every change of somebody's role, the latest first."""
    found = select(LogRow).where(LogRow.object == uri, LogRow.verb.in_(_VERBS)).order_by(LogRow.seq.desc())
    return [_given(row) for row in session.scalars(found.limit(SHOWN))]


def choices(giver: Role, holder: Role, *, own: bool) -> tuple[Role, ...]:
    """What somebody of one role may make of somebody of another, or of themselves (`own`): never more than they are."""
    if not lookup.at_least(giver, people.RULES):
        return ()
    if own:
        return tuple(role for role in LADDER if not lookup.at_least(role, giver))
    if giver is Role.ADMIN:
        return (*LADDER, Role.CHILD_SAFETY)
    if not lookup.at_least(giver, holder):
        return ()
    return tuple(role for role in LADDER if lookup.at_least(giver, role))


def change(
    services: Services, by: AccountRow, account_id: int, role: Role, until: datetime | None, reason: str
) -> AccountRow:
    """Give a role, until a moment or for good. Who may do less from now on is signed out everywhere.

    Raises ForbiddenError, NotFoundError, InvalidError (no reason, an end that is past), ConflictError (the last admin).
    """
    now, reason = services.clock.now(), " ".join(reason.split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise InvalidError(_("Say why: it stands in the log"), code="reason_missing")
    with services.db.write() as session:
        roles.require_good_end(session, role, until, now)
        roles.one_at_a_time(session)
        giver, holder = lookup.account(session, by.id), lookup.account(session, account_id)
        writer = people.require(giver, people.RULES)
        held = lookup.role_at(holder, now)
        if role not in choices(lookup.role_at(giver, now), held, own=giver.id == holder.id):
            raise ForbiddenError(_("This takes a higher role than yours"), code="role_required")
        roles.assign(session, services, holder, role, until, by=writer, reason=reason)
    return holder


def renew(services: Services, by: AccountRow, account_id: int, reason: str) -> AccountRow:
    """A reviewer's access for as long again as the policy allows, from now on. Raises as `change`, and ConflictError
    for whoever isn't a reviewer (any more).
    """
    now = services.clock.now()
    with services.db.read() as session:
        held, until = lookup.role_at(lookup.account(session, account_id), now), roles.longest(session, now)
    if held is not Role.REVIEWER:
        raise ConflictError(_("Their access has ended: give the role anew"), code="not_a_reviewer")
    return change(services, by, account_id, Role.REVIEWER, until, reason)


def _last(session: Session, uris: Iterable[str]) -> Mapping[str, Given]:
    """Of each, the latest change."""
    latest = (
        select(func.max(LogRow.seq))
        .where(LogRow.object.in_(list(uris)), LogRow.verb.in_(_VERBS))
        .group_by(LogRow.object)
    )
    return {row.object: _given(row) for row in session.scalars(select(LogRow).where(LogRow.seq.in_(latest)))}


def _given(row: LogRow) -> Given:
    said = reading.payload_of(row)
    until = said.get("until")
    return Given(
        role=Role(said.get("role", Role.MEMBER.value)),
        by=row.actor,
        at=row.at,
        reason=str(said.get("reason") or ""),
        until=datetime.fromisoformat(until) if isinstance(until, str) else None,
    )


def _order(role: Role) -> int:
    return LADDER.index(role) if role in LADDER else -1
