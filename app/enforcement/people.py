"""What decisions do to people. Nothing here deletes anything, so that each can be taken back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts import credentials
from app.enforcement import subjects
from app.federation import outgoing
from app.services import Services
from moderation.cases.reversals import UNDO_WINDOW
from moderation.values import Effect


def freeze(services: Services, session: Session, effect: Effect) -> None:
    """A member can read but not post."""
    account = subjects.account(session, effect.uri)
    if account is not None:
        account.frozen_at = account.frozen_at or services.clock.now()


def unfreeze(_services: Services, session: Session, effect: Effect) -> None:
    """They can post again."""
    account = subjects.account(session, effect.uri)
    if account is not None:
        account.frozen_at = None


def warn(_services: Services, _session: Session, _effect: Effect) -> None:
    """A warning changes nothing but what its receiver is told, which is an effect of its own."""


def silence(services: Services, session: Session, effect: Effect) -> None:
    """Seen only by those who follow."""
    actor = subjects.actor(session, effect.uri)
    if actor is not None and actor.silenced_at is None:
        actor.silenced_at = services.clock.now()


def unsilence(services: Services, session: Session, effect: Effect) -> None:
    """Seen like everybody."""
    actor = subjects.actor(session, effect.uri)
    if actor is not None and actor.silenced_at is not None:
        actor.silenced_at = None


def disable(services: Services, session: Session, effect: Effect) -> None:
    """A member can't sign in, and is signed out everywhere; what they posted stays."""
    account = subjects.account(session, effect.uri)
    if account is not None and account.disabled_at is None:
        account.disabled_at = services.clock.now()
        credentials.sign_out_everywhere(session, services, account)


def enable(_services: Services, session: Session, effect: Effect) -> None:
    """They can sign in again."""
    account = subjects.account(session, effect.uri)
    if account is not None:
        account.disabled_at = None


def suspend(services: Services, session: Session, effect: Effect) -> None:
    """Neither they nor anything of theirs is shown; a member is signed out everywhere. All of it is kept."""
    actor = subjects.actor(session, effect.uri)
    if actor is None or (actor.suspended_at is not None and not actor.suspended_at_home):
        return
    actor.suspended_at, actor.suspended_at_home = services.clock.now(), False
    if actor.local:
        session.flush()
        outgoing.suspended(session, services, actor, not_before=services.clock.now() + UNDO_WINDOW)
    account = subjects.account(session, effect.uri)
    if account is not None:
        credentials.sign_out_everywhere(session, services, account)


def unsuspend(services: Services, session: Session, effect: Effect) -> None:
    """They are back, with everything."""
    actor = subjects.actor(session, effect.uri)
    if actor is not None and actor.suspended_at is not None and not actor.suspended_at_home:
        actor.suspended_at = None
        if actor.local and actor.deleted_at is None:
            session.flush()
            outgoing.unsuspended(session, services, actor, not_before=services.clock.now() + UNDO_WINDOW)
