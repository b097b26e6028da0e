"""Giving roles, for good or for a time; one that has run out makes its holder a member again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts import credentials, lookup, role_letters
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ConflictError, InvalidError, NotFoundError
from app.services import Services
from moderation.log import chain
from moderation.policy import store

BY_TIME = "time"
BY_POLICY = "the policy"
"""Whoever's access had no end, or one that is too far away."""
BY_COMMAND = "command line"
"""Who runs the machine: whom they make somebody of, they know."""


def give(services: Services, account_id: int, role: Role, until: datetime | None = None, *, by: str) -> AccountRow:
    """Give an account a role, until a moment or for good. Who may do less from now on is signed out everywhere: no page
    or program of theirs goes on. `by`: who gives it, for the log.

    Raises NotFoundError; ConflictError for the last admin's; InvalidError for an end that is past, or an admin's.
    """
    with services.db.write() as session:
        require_good_end(session, role, until, services.clock.now())
        one_at_a_time(session)
        account = session.get(AccountRow, account_id)
        if account is None:
            raise NotFoundError
        assign(session, services, account, role, until, by=by)
    return account


def require_good_end(session: Session, role: Role, until: datetime | None, now: datetime) -> None:
    """Raises InvalidError for an end that is past, or of a role that has none, and for a reviewer's that is missing or
    further away than the policy allows.
    """
    if until is not None and (until <= now or role in (Role.MEMBER, Role.ADMIN)):
        raise InvalidError(_("This role can’t end then"), code="bad_end")
    if role is Role.REVIEWER and (until is None or until > longest(session, now)):
        raise InvalidError(
            _("A reviewer’s access ends by itself: choose a last day, up to %(day)s.", day=last_day(session, now)),
            code="end_missing",
        )


def longest(session: Session, now: datetime) -> datetime:
    """Until when a reviewer's role may be given now: the midnight after the policy's number of days."""
    days = store.current(session).access.reviewer_days
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=days + 1), time(), UTC)


def last_day(session: Session, now: datetime) -> str:
    """The last day of that, as calendars have it."""
    return (longest(session, now) - timedelta(days=1)).date().isoformat()


def bound(services: Services) -> int:
    """Give an end to reviewers who have none, or one that is too far away: from versions before this one, or from a
    policy that was longer. They and the admins are told; how many there were.
    """
    with services.db.write() as session:
        now = services.clock.now()
        end = longest(session, now)
        endless = or_(AccountRow.role_until.is_(None), AccountRow.role_until > end)
        rows = session.scalars(select(AccountRow).where(AccountRow.role == Role.REVIEWER, endless)).all()
        for account in rows:
            account.role_until = end
            said = {"role": Role.REVIEWER.value, "until": end.isoformat(), "reason": None}
            chain.append(session, BY_POLICY, "role_given", account.actor.uri, said, now)
            role_letters.tell_of_end(session, services, account)
    return len(rows)


def one_at_a_time(session: Session) -> None:
    """Wait until another change of roles is over: of two admins who make each other members, one stays."""
    admins = select(AccountRow.id).where(AccountRow.role == Role.ADMIN).order_by(AccountRow.id)
    session.execute(admins.with_for_update())


def assign(
    session: Session,
    services: Services,
    account: AccountRow,
    role: Role,
    until: datetime | None,
    *,
    by: str,
    reason: str = "",
) -> None:
    """The same within a write that does more, such as taking an invitation. Raises ConflictError."""
    now = services.clock.now()
    if role is not Role.ADMIN:
        require_not_the_last_admin(session, account, now)
    if not lookup.at_least(role, account.role):
        credentials.sign_out_everywhere(session, services, account)
    changed = (role, until) != (account.role, account.role_until)
    account.role, account.role_until = role, until
    said = {"role": role.value, "until": until.isoformat() if until else None, "reason": reason or None}
    chain.append(session, by, "role_given", account.actor.uri, said, now)
    if changed:
        role_letters.tell(session, services, account, by)


def expire(services: Services) -> int:
    """Those whose role has run out are members again, and signed out; how many."""
    with services.db.write() as session:
        rows = session.scalars(select(AccountRow).where(AccountRow.role_until <= services.clock.now())).all()
        for account in rows:
            account.role, account.role_until = Role.MEMBER, None
            chain.append(session, BY_TIME, "role_ended", account.actor.uri, {}, services.clock.now())
            credentials.sign_out_everywhere(session, services, account)
            role_letters.tell(session, services, account, BY_TIME)
    return len(rows)


def require_not_the_last_admin(session: Session, account: AccountRow, now: datetime) -> None:
    """Raises ConflictError where nobody else could put right what goes wrong."""
    others = select(func.count()).select_from(AccountRow).join(ActorRow, ActorRow.id == AccountRow.id)
    others = others.where(
        AccountRow.role == Role.ADMIN,
        AccountRow.id != account.id,
        AccountRow.disabled_at.is_(None),
        ActorRow.suspended_at.is_(None),
        or_(AccountRow.role_until.is_(None), AccountRow.role_until > now),
    )
    if account.role is Role.ADMIN and not session.scalar(others):
        raise ConflictError(_("You are the only admin here: make somebody else one first"), code="last_admin")
