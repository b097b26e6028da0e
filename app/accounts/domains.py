"""What the domain rules mean for actors: marks on each, from the rule in force; `marking` renews them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from moderation.domains.rules import DomainRules
from moderation.domains.values import NO_FILTERS, Filter
from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class Marks:
    """Hidden: nothing of the domain is shown. Silenced: only to those who follow."""

    hidden: bool = False
    silenced: bool = False
    filters: str = ""
    """Those of `ON_ACTORS`, a space around each: what of them is toned down."""


ON_ACTORS = (Filter.AVATARS, Filter.FOLLOWS, Filter.TRENDS)
"""Filters that are asked of the actor's row; the others are asked of the rules when something arrives."""


def marks(rules: DomainRules, domain: str) -> Marks:
    """What the rules mean for a domain's actors."""
    rule = rules.match(domain)
    if rule is None:
        return Marks()
    wanted = rule.filters | ({Filter.AVATARS} if rule.reject_media else NO_FILTERS)
    filters = "".join(f" {one.value}" for one in ON_ACTORS if one in wanted)
    return Marks(rule.severity is Severity.SUSPEND, rule.severity is Severity.SILENCE, filters and filters + " ")


def has(actor: ActorRow, wanted: Filter) -> bool:
    """Whether a filter of `ON_ACTORS` is in force for an actor."""
    return f" {wanted.value} " in actor.domain_filters


def mark_new(session: Session, actors: Iterable[ActorRow]) -> None:
    """Mark remote actors that are about to be stored, by the rules in force now."""
    rules = DomainRules.load(session)
    for actor in actors:
        if not actor.local:
            found = marks(rules, actor.domain)
            actor.marked_hidden = actor.domain_hidden = found.hidden
            actor.marked_silenced = actor.domain_silenced = found.silenced
            actor.marked_filters = actor.domain_filters = found.filters
