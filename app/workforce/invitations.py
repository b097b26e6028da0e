"""Invitations to the crew: made by leads on terms that stand in them, taken once, by whoever signs the undertaking."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import lookup, roles
from app.accounts.tables import AccountRow, InvitationRow, Role
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.reviewing import people
from app.services import Services
from app.workforce import crew, undertaking
from app.workforce.tables import CrewInvitationRow
from moderation.log import chain
from moderation.workforce import records, terms, undertakings
from moderation.workforce.records import Record
from moderation.workforce.terms import Terms

GOOD_FOR: Final = timedelta(days=14)
LONGEST: Final = timedelta(days=60)
NOBODY: Final = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a lead asks for. The record's name is empty: nobody knows yet who comes."""

    called: str
    role: Role
    record: Record
    terms: Terms | None
    role_until: datetime | None = None
    good_for: timedelta = GOOD_FOR


def may_give(role: Role) -> tuple[Role, ...]:
    """The roles below one's own, which one may invite to."""
    every = (Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD)
    return tuple(each for each in every if not lookup.at_least(each, role))


def make(services: Services, by: AccountRow, wanted: Wanted, conflicting: Sequence[str] = ()) -> str:
    """Store an invitation; its token, which is told this once. It opens signing up, too.

    Raises ForbiddenError, InvalidError, RefusedError.
    """
    writer, now, token = people.require(by, people.RULES), services.clock.now(), secrets.token_urlsafe(24)
    if wanted.role not in may_give(by.role):
        raise ForbiddenError(_("You invite to roles below your own"), code="role_required")
    if not wanted.called:
        raise InvalidError(_("Say whom it is for"), code="called_missing")
    if wanted.terms is not None:
        terms.require_sound(wanted.terms)
    expires = now + min(wanted.good_for, LONGEST)
    with services.db.write() as session:
        roles.require_good_end(session, wanted.role, wanted.role_until, now)
        record = crew.with_conflicts(session, services, wanted.record, conflicting)
        records.require_sound(record)
        row = _row(wanted, record, _hashed(token), writer, now, expires)
        session.add_all(
            [row, InvitationRow(token_hash=row.token_hash, made_by_id=by.id, made_at=now, expires_at=expires)]
        )
        session.flush()
        said = {"role": wanted.role.value, "until": expires.isoformat()}
        chain.append(session, writer, "crew_invited", f"crew_invitation:{row.id}", said, now)
    return token


def find(session: Session, services: Services, token: str) -> CrewInvitationRow:
    """One that can still be taken. Raises NotFoundError."""
    row = session.scalar(select(CrewInvitationRow).where(CrewInvitationRow.token_hash == _hashed(token)))
    if row is None or row.taken_at or row.withdrawn_at or row.expires_at <= services.clock.now():
        raise NotFoundError(_("This invitation has been used, or is too old"), code="bad_invitation")
    return row


def waiting(session: Session, now: datetime) -> list[CrewInvitationRow]:
    """Those that nobody has taken yet, the newest first."""
    query = select(CrewInvitationRow).where(
        CrewInvitationRow.taken_at.is_(None),
        CrewInvitationRow.withdrawn_at.is_(None),
        CrewInvitationRow.expires_at > now,
    )
    return list(session.scalars(query.order_by(CrewInvitationRow.id.desc()).limit(200)))


def withdraw(services: Services, by: AccountRow, number: int) -> None:
    """End one before it is taken. Raises ForbiddenError, NotFoundError."""
    writer, now = people.require(by, people.RULES), services.clock.now()
    with services.db.write() as session:
        row = session.get(CrewInvitationRow, number)
        if row is None or row.taken_at is not None:
            raise NotFoundError
        row.withdrawn_at = now
        _close_sign_up(session, row)
        chain.append(session, writer, "crew_invitation_withdrawn", f"crew_invitation:{number}", {}, now)


def take(
    services: Services, account_id: int, token: str, signed_as: str, language: str, own: Record, naming: Sequence[str]
) -> None:
    """Sign the undertaking and join: record, terms and role, in one write. What the invited skip and whom they have to
    do with is their own word (`own`, `naming`), and is added to the invitation's.

    Raises NotFoundError, ConflictError for who works here in this role or a higher one, InvalidError, RefusedError.
    """
    now = services.clock.now()
    with services.db.write() as session:
        row, account = find(session, services, token), lookup.account(session, account_id)
        held = lookup.role_at(account, now)
        if held is not Role.MEMBER and lookup.at_least(held, row.role):
            raise ConflictError(_("You work here already"), code="works_here")
        name = people.name_of(account)
        record = crew.with_conflicts(session, services, _joined(row, name, own), naming)
        undertakings.sign(session, name, undertaking.text(language), signed_as, now)
        _use_up(session, row, name, now)
        records.put(session, record, name, now)
        if row.per_hour is not None and row.currency is not None:
            terms.agree(session, name, Terms(row.currency, row.per_hour, row.per_decision), row.made_by, now)
        until = ends_at(session, row, now)
        roles.assign(session, services, account, row.role, until, by=row.made_by, reason=f"invitation {row.id}")


def record_of(row: CrewInvitationRow) -> Record:
    """The record that stands in an invitation."""
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.record.items()
    }
    return Record(NOBODY, **kept)


def ends_at(session: Session, row: CrewInvitationRow, now: datetime) -> datetime | None:
    """The end that was agreed; a reviewer's is never later than the policy allows when they join."""
    if row.role is not Role.REVIEWER:
        return row.role_until
    most = roles.longest(session, now)
    return min(row.role_until, most) if row.role_until is not None else most


def _joined(row: CrewInvitationRow, name: str, own: Record) -> Record:
    """The invitation’s record with what the invited said."""
    made = record_of(row)
    return replace(
        made,
        name=name,
        skips=tuple(sorted({*made.skips, *own.skips})),
        heavy_a_day=own.heavy_a_day if own.heavy_a_day is not None else made.heavy_a_day,
    )


def _use_up(session: Session, row: CrewInvitationRow, name: str, now: datetime) -> None:
    """Two who press at the same moment: one of them joins."""
    taken = session.execute(
        update(CrewInvitationRow)
        .where(CrewInvitationRow.id == row.id, CrewInvitationRow.taken_at.is_(None))
        .values(taken_at=now, taken_by=name)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFoundError(_("This invitation has been used, or is too old"), code="bad_invitation")
    if row.role_until is not None and row.role_until <= now:
        raise NotFoundError(_("The time for which you were invited is over"), code="bad_invitation")
    _close_sign_up(session, row)


def _close_sign_up(session: Session, row: CrewInvitationRow) -> None:
    session.execute(update(InvitationRow).where(InvitationRow.token_hash == row.token_hash).values(uses_left=0))


def _row(
    wanted: Wanted, record: Record, token_hash: str, by: str, now: datetime, expires: datetime
) -> CrewInvitationRow:
    kept: dict[str, Any] = asdict(record)
    kept.pop("name")
    pay = wanted.terms
    return CrewInvitationRow(
        token_hash=token_hash,
        called=wanted.called[:100],
        role=wanted.role,
        role_until=wanted.role_until,
        record=kept,
        currency=pay.currency if pay else None,
        per_hour=pay.per_hour if pay else None,
        per_decision=pay.per_decision if pay else None,
        made_by=by,
        made_at=now,
        expires_at=expires,
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
