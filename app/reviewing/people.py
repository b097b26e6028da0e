"""Who may do what in the review, and the name under which moderation knows a moderator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.enforcement import subjects
from app.errors import ForbiddenError
from moderation.cases.values import DecisionRequest
from moderation.values import Action, Effect, Scope, Verb

LOOK = Role.TRAINEE
"""From here on somebody sees the review; trainees change nothing."""
WORK = Role.REVIEWER
"""Claims, and decisions about posts."""
PEOPLE = Role.MODERATOR
"""Decisions about accounts, others' decisions, sign-ups, assigning, "hold less now"."""
RULES = Role.LEAD
"""Domains and the policy."""

LEAST: Mapping[Action, Role] = MappingProxyType(
    {
        Action.APPROVE: WORK,
        Action.NO_ACTION: WORK,
        Action.LABEL: WORK,
        Action.LIMIT: WORK,
        Action.REMOVE: WORK,
        Action.SPAM: WORK,
        Action.WARN: PEOPLE,
        Action.FREEZE: PEOPLE,
        Action.SILENCE: PEOPLE,
        Action.DISABLE: PEOPLE,
        Action.SUSPEND: PEOPLE,
    }
)
LEAST_FOR_SCOPE: Mapping[Scope, Role] = MappingProxyType(
    {Scope.SUBJECT: WORK, Scope.CLUSTER: WORK, Scope.ACCOUNT: PEOPLE, Scope.DOMAIN: RULES}
)


ABOUT_PEOPLE = frozenset((Verb.WARN, Verb.FREEZE, Verb.SILENCE, Verb.DISABLE, Verb.SUSPEND))
"""What is done to an account, and not to a post."""


def name_of(account: AccountRow) -> str:
    """What moderation writes down as `by`: the user name, which is never given out twice."""
    return account.actor.username


def require(account: AccountRow, least: Role) -> str:
    """The moderator's name; raises ForbiddenError unless the role is enough and the account is active."""
    lookup.require_role(account, least)
    return name_of(account)


def require_outranks(session: Session, account: AccountRow, effects: Iterable[Effect]) -> None:
    """Raise ForbiddenError where something would be done to the account of somebody of one's own rank or above, or to
    one's own: who is quarrelled with in the team isn't shut out by a colleague.
    """
    for uri in {effect.uri for effect in effects if effect.verb in ABOUT_PEOPLE}:
        other = subjects.account(session, uri)
        if other is None or other.role is Role.MEMBER:
            continue
        above = Role.LEAD if other.role is Role.CHILD_SAFETY else other.role
        if other.id == account.id or lookup.at_least(above, account.role):
            raise ForbiddenError(_("Who moderates is decided about by somebody of a higher role"), code="role_required")


def may(role: Role, request: DecisionRequest) -> bool:
    """Whether a role reaches as far as a decision does, and all that is done along with it."""
    asked = [(request.action, request.scope), *((each.action, each.scope) for each in request.further)]
    return all(
        lookup.at_least(role, LEAST[action]) and lookup.at_least(role, LEAST_FOR_SCOPE[scope])
        for action, scope in asked
    )


def require_for(account: AccountRow, request: DecisionRequest) -> str:
    """The moderator's name; raises ForbiddenError unless they may decide this."""
    name = require(account, WORK)
    if not may(account.role, request):
        raise ForbiddenError("This decision takes another role", code="role_required")
    return name


def who_may(session: Session, least: Role, now: datetime) -> list[ActorRow]:
    """Everybody whose role may do this now, with its second factor, and who is active, in the order of their ids."""
    roles = [role for role in Role if lookup.is_staff(role) and lookup.at_least(role, least)]
    query = (
        select(ActorRow)
        .join(AccountRow, AccountRow.id == ActorRow.id)
        .where(AccountRow.role.in_(roles), lookup.opens_the_review(now))
        .order_by(ActorRow.id)
    )
    return list(session.scalars(query))


def has_others(session: Session, name: str, now: datetime) -> bool:
    """Whether somebody besides this moderator may work on cases now: who can't open the review counts for nobody."""
    working = [role for role in Role if role in lookup.STAFF and lookup.at_least(role, WORK)]
    query = (
        select(AccountRow.id)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(AccountRow.role.in_(working), lookup.opens_the_review(now), ActorRow.username != name)
        .limit(1)
    )
    return session.scalar(query) is not None
