"""Leaving for good: a member's account is deleted, by themselves or by an admin.

One short write hides everything at once, erases what they sign in with, and writes the Delete for every server that may
know them. The rest is emptied afterwards, some at a time (`erasing`); the key stays until the Delete has arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import credentials, roles
from app.accounts.factors import enrol
from app.accounts.tables import (
    AccountRow,
    ActorRow,
    BrowserSessionRow,
    InvitationRow,
    ReservedNameRow,
    SeenAddressRow,
)
from app.database.engine import after_commit
from app.database.tallying import deletions
from app.errors import ForbiddenError, NotFoundError
from app.federation import outgoing
from app.federation.tables import DeliveryRow, OutboxActivityRow
from app.notifications.tables import MailRow, NotificationRow
from app.oauth.tables import OAuthCodeRow, OAuthTokenRow
from app.preservation import copies
from app.purging import reports
from app.purging.tables import PurgeKind
from app.push import subscriptions
from app.scheduled import keeping as scheduled
from app.services import Services
from app.stores import events
from app.stores.budgets import SIGN_INS, Budgets
from app.stores.jobs import Job
from moderation import turns
from moderation.evidence.changes import AUTHOR, Doer
from moderation.evidence.tables import ChangedBy
from moderation.holds import deleting
from moderation.learning import teaching
from moderation.log import chain
from moderation.workforce import names, records

DELETED: Final = "account_deleted"
"""In the log, where it wasn't the member."""


def leave(services: Services, account_id: int, password: str) -> None:
    """A member deletes their own account. Raises ForbiddenError, ConflictError (the last admin), RateLimitedError."""
    require_password(services, account_id, password)
    remove(services, account_id)


def remove(services: Services, account_id: int, *, by: str | None = None) -> None:
    """Delete an account: there is no way back. `by`: the admin who does, if it isn't its owner.

    Raises NotFoundError, and ConflictError for the last admin: nobody could open this house again.
    """
    now = services.clock.now()
    with deletions() as gone, services.db.write() as session:
        turns.take(session)
        account = session.get(AccountRow, account_id)
        if account is None or account.actor.deleted_at is not None:
            raise NotFoundError
        roles.one_at_a_time(session)
        roles.require_not_the_last_admin(session, account, now)
        actor = account.actor
        outgoing.actor_deleted(session, services, actor)
        _forget_what_waits(session, actor)
        deleting.deleted(session, actor.uri, by or str(actor.id), now, Doer(ChangedBy.STAFF, by) if by else AUTHOR)
        records.forget(session, actor.username)
        teaching.stop(session, actor.username)
        names.forget(session, actor.username)
        copies.of_account(session, services, account)
        _forget_account(session, account)
        empty(actor)
        actor.deleted_at = now
        session.merge(ReservedNameRow(username_lower=actor.username_lower, reserved_at=now))
        session.flush()
        lines = reports.of_tables(PurgeKind.ACCOUNT, gone)
        reports.write(session, PurgeKind.ACCOUNT, by or actor.username, lines, now, None, subject=actor.uri)
        after_commit(session, lambda: services.nudger.nudge(Job.LIFECYCLE))
        after_commit(session, lambda: events.access_ended(services.redis, account_id))
        if by is not None:
            chain.append(session, by, DELETED, actor.uri, {}, now)


def require_password(services: Services, account_id: int, password: str) -> None:
    """For what can't be taken back: whoever found a browser open can't do it, nor try passwords here.

    Raises ForbiddenError, RateLimitedError.
    """
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(
        SIGN_INS, f"change:{account_id}"
    )
    with services.db.read() as session:
        account = session.get(AccountRow, account_id)
    if account is None or not credentials.matches(account, password):
        raise ForbiddenError(_("The password is wrong"), code="bad_credentials")


def empty(actor: ActorRow) -> None:
    """Nothing that they said of themselves stays; the address does, so that nobody else is ever given it."""
    actor.display_name = actor.summary = actor.summary_source = ""
    actor.fields, actor.also_known_as = [], []
    actor.avatar_url = actor.header_url = actor.emojis = actor.pending_profile = actor.moved_to_uri = None
    actor.attribution_domains = None
    actor.discoverable = actor.indexable = actor.memorial = actor.hides_follows = False


def _forget_what_waits(session: Session, actor: ActorRow) -> None:
    """What they wrote and wasn't delivered yet never is, and no copy of what was stays with the deliveries."""
    theirs = OutboxActivityRow.actor_id == actor.id, OutboxActivityRow.uri != outgoing.goodbye_of(actor)
    ids: Sequence[int] = session.scalars(select(OutboxActivityRow.id).where(*theirs)).all()
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        session.execute(delete(DeliveryRow).where(DeliveryRow.activity_id.in_(part)))
        session.execute(delete(OutboxActivityRow).where(OutboxActivityRow.id.in_(part)))


def _forget_account(session: Session, account: AccountRow) -> None:
    """Address, password, tokens, mail that waits, what they were told: all of it goes at once."""
    own = account.id
    enrol.forget(session, own)
    session.execute(delete(OAuthCodeRow).where(OAuthCodeRow.account_id == own))
    subscriptions.forget(session, own)
    scheduled.forget(session, own)
    session.execute(delete(BrowserSessionRow).where(BrowserSessionRow.account_id == own))
    session.execute(delete(SeenAddressRow).where(SeenAddressRow.account_id == own))
    session.execute(delete(OAuthTokenRow).where(OAuthTokenRow.account_id == own))
    session.execute(delete(MailRow).where(MailRow.to == account.email))
    session.execute(update(InvitationRow).where(InvitationRow.made_by_id == own).values(made_by_id=None))
    told = or_(NotificationRow.account_id == own, NotificationRow.from_actor_id == own)
    session.execute(delete(NotificationRow).where(told))
    session.execute(delete(AccountRow).where(AccountRow.id == own).execution_options(synchronize_session=False))
    session.expunge(account)
