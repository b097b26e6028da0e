"""What the domain rules mean for actors: two marks on each, written here alone, from the rule that is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from moderation.domains.names import parents
from moderation.domains.rules import DomainRules
from moderation.rows import slices
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


def mark_again(session: Session, domains: Iterable[str]) -> list[int]:
    """After rules for these domains were set or lifted: mark everybody of them and their subdomains anew.

    Returns the ids of the actors whose marks changed. Nothing else about an actor is touched, so that a rule that is
    lifted leaves no trace; and a subdomain with a rule of its own keeps what that says.
    """
    rules = DomainRules.load(session)
    reached: dict[Marks, list[str]] = {}
    for name in _known_under(session, set(domains)):
        reached.setdefault(marks(rules, name), []).append(name)
    return [actor_id for wanted, names in reached.items() for actor_id in _mark(session, wanted, names)]


def _mark(session: Session, wanted: Marks, names: list[str]) -> list[int]:
    changed: list[int] = []
    for part in slices(names):
        rows = session.scalars(
            update(ActorRow)
            .where(
                ActorRow.domain.in_(part),
                ActorRow.local.is_(False),
                or_(ActorRow.domain_hidden != wanted.hidden, ActorRow.domain_silenced != wanted.silenced),
            )
            .values(domain_hidden=wanted.hidden, domain_silenced=wanted.silenced)
            .returning(ActorRow.id)
        )
        changed.extend(rows)
    return changed


def _known_under(session: Session, domains: set[str]) -> list[str]:
    """The domains of actors that rules for these can reach: themselves, and their subdomains."""
    known = session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct())
    return [name for name in known if not domains.isdisjoint(parents(name))]
