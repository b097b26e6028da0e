"""Domain rules and the policy for pages and API: role, moderation's word, its effects, in one write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.accounts import instance_actor
from app.accounts.tables import AccountRow, Role
from app.enforcement import enact
from app.reviewing import people, planned
from app.services import Services
from app.stores.jobs import Job
from moderation import turns
from moderation.domains import editing
from moderation.domains.editing import DomainDecided
from moderation.domains.names import canonical
from moderation.domains.values import RuleDraft
from moderation.log import chain
from moderation.policy import store
from moderation.policy.store import Loosening
from moderation.policy.values import Policy


def set_rules(services: Services, account: AccountRow, drafts: Sequence[RuleDraft]) -> list[DomainDecided]:
    """Set rules, all in one write. Raises ForbiddenError, BadDomainError; the drafts' domains were checked."""
    return set_rules_as(services, people.require(account, people.RULES), drafts)


def set_rules_as(services: Services, by: str, drafts: Sequence[RuleDraft]) -> list[DomainDecided]:
    """The same for whoever was let in otherwise, as on the command line."""
    with services.db.write() as session:
        turns.take(session)
        done = editing.set_many(session, drafts, by, services.clock.now())
        enact.enact(services, session, [effect for each in done for effect in each.effects])
    return done


def lift_rule(services: Services, account: AccountRow, domain: str) -> DomainDecided:
    """Lift the rule that was set for exactly this domain, and call off what is announced for it. Raises ForbiddenError,
    NotFoundError."""
    return lift_rule_as(services, people.require(account, people.RULES), domain)


def lift_rule_as(services: Services, by: str, domain: str) -> DomainDecided:
    """The same for whoever was let in otherwise, as on the command line."""
    house = instance_actor.instance_actor(services)
    with services.db.write() as session:
        turns.take(session)
        planned.call_off_with(session, services, house, by, canonical(domain))
        done = editing.lift_rule(session, domain, by, services.clock.now())
        enact.enact(services, session, done.effects)
    return done


def publish_policy(services: Services, account: AccountRow, document: Mapping[str, Any]) -> Policy:
    """Put another policy in force. Raises ForbiddenError, BadPolicyError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        published = store.publish(session, document, by, services.clock.now())
    services.nudger.nudge(Job.TERMS)
    return published


def change_policy(services: Services, account: AccountRow, changes: Mapping[str, Any]) -> Policy:
    """Change some values of the policy in force and leave the others. Raises ForbiddenError, BadPolicyError."""
    return change_policy_as(services, people.require(account, people.RULES), changes)


def change_policy_as(services: Services, by: str, changes: Mapping[str, Any]) -> Policy:
    """The same for whoever was let in otherwise, as on the command line."""
    with services.db.write() as session:
        published = store.change(session, changes, by, services.clock.now())
    services.nudger.nudge(Job.TERMS)
    return published


def read_private_messages(services: Services, account: AccountRow, wanted: bool) -> Policy:
    """Whether machines read the text of private messages: a new policy, and a line of its own in the log.

    Raises ForbiddenError.
    """
    by, now = people.require(account, Role.ADMIN), services.clock.now()
    with services.db.write() as session:
        before = store.current(session)
        document = {**before.document, "private": {"text_model": wanted}}
        published = store.publish(session, document, by, now)
        if published.version != before.version:
            verb = "private_text_model_on" if wanted else "private_text_model_off"
            chain.append(session, by, verb, f"policy:{published.version}", {}, now)
    services.nudger.nudge(Job.TERMS)
    return published


def hold_less(services: Services, account: AccountRow) -> Loosening:
    """Loosen every line for holding for a day, logged. Raises ForbiddenError."""
    by = people.require(account, people.PEOPLE)
    with services.db.write() as session:
        return store.hold_less(session, by, services.clock.now())
