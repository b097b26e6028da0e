"""Who may do what in the review, and the name under which moderation knows a moderator."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.errors import ForbiddenError
from moderation.cases.values import DecisionRequest
from moderation.values import Action, Scope

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


def name_of(account: AccountRow) -> str:
    """What moderation writes down as `by`: the user name, which is never given out twice."""
    return account.actor.username


def require(account: AccountRow, least: Role) -> str:
    """The moderator's name; raises ForbiddenError unless the role is enough and the account is active."""
    lookup.require_role(account, least)
    return name_of(account)


def may(role: Role, request: DecisionRequest) -> bool:
    """Whether a role reaches as far as a decision does."""
    return lookup.at_least(role, LEAST[request.action]) and lookup.at_least(role, LEAST_FOR_SCOPE[request.scope])


def require_for(account: AccountRow, request: DecisionRequest) -> str:
    """The moderator's name; raises ForbiddenError unless they may decide this."""
    name = require(account, WORK)
    if not may(account.role, request):
        raise ForbiddenError("This decision takes another role", code="role_required")
    return name
