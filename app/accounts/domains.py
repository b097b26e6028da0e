"""What the domain rules mean for actors: two marks on each, written here alone, from the rule that is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from moderation.domains.rules import DomainRules
from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class Marks:
    """Hidden: nothing of the domain is shown. Silenced: only to those who follow."""

    hidden: bool = False
    silenced: bool = False


_OF_SEVERITY = {Severity.SUSPEND: Marks(hidden=True), Severity.SILENCE: Marks(silenced=True)}


def marks(rules: DomainRules, domain: str) -> Marks:
    """What the rules mean for a domain's actors."""
    rule = rules.match(domain)
    return _OF_SEVERITY.get(rule.severity, Marks()) if rule else Marks()


def mark_new(session: Session, actors: Iterable[ActorRow]) -> None:
    """Mark remote actors that are about to be stored, by the rules in force now."""
    rules = DomainRules.load(session)
    for actor in actors:
        if not actor.local:
            found = marks(rules, actor.domain)
            actor.domain_hidden, actor.domain_silenced = found.hidden, found.silenced


def mark_again(session: Session, domain: str) -> list[int]:
    """After a rule for `domain` was set or lifted: mark everybody of it and its subdomains anew.

    Returns the ids of the actors whose marks changed. Nothing else about an actor is touched, so that a rule
    that is lifted leaves no trace; and a subdomain with a rule of its own keeps what that says.
    """
    rules = DomainRules.load(session)
    changed: list[int] = []
    for name in _known_under(session, domain):
        found = marks(rules, name)
        rows = session.scalars(
            update(ActorRow)
            .where(
                ActorRow.domain == name,
                ActorRow.local.is_(False),
                or_(
                    ActorRow.domain_hidden != found.hidden,
                    ActorRow.domain_silenced != found.silenced,
                ),
            )
            .values(domain_hidden=found.hidden, domain_silenced=found.silenced)
            .returning(ActorRow.id)
        )
        changed.extend(rows)
    return changed


def _known_under(session: Session, domain: str) -> list[str]:
    """The domains of actors that a rule for this one can reach: itself, its subdomains, and each with a port."""
    name = ActorRow.domain
    reached = or_(
        name == domain,
        name.startswith(f"{domain}:", autoescape=True),
        name.endswith(f".{domain}", autoescape=True),
        name.contains(f".{domain}:", autoescape=True),
    )
    return list(session.scalars(select(name).where(reached).distinct()))
