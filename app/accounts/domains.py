"""What the domain rules mean for actors: marks on each, written here alone, from the rule that is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.instance import facts
from app.services import Services
from moderation.domains.names import parents
from moderation.domains.rules import DomainRules
from moderation.domains.values import NO_FILTERS, Filter
from moderation.rows import slices
from moderation.values import Severity


@dataclass(frozen=True, slots=True)
class Marks:
    """Hidden: nothing of the domain is shown. Silenced: only to those who follow."""

    hidden: bool = False
    silenced: bool = False
    filters: str = ""
    """Those of `ON_ACTORS`, a space around each: what of them is toned down."""


MARKED: Final = "domain_marks_at_version"
"""The fact of which version of the rules everybody is marked by: most of the time there's nothing to look for."""
AT_ONCE: Final = 200
"""Servers whose people one write marks."""
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
            actor.domain_hidden, actor.domain_silenced = found.hidden, found.silenced
            actor.domain_filters = found.filters


def mark_again(session: Session, domains: Iterable[str]) -> list[int]:
    """After rules for these domains were set or lifted: mark everybody of them and their subdomains anew.

    Returns the ids of the actors whose marks changed. Nothing else about an actor is touched, so that a rule that is
    lifted leaves no trace; and a subdomain with a rule of its own keeps what that says.
    """
    return _mark_by(session, DomainRules.load(session), _known_under(session, set(domains)))


def catch_up(services: Services) -> int:
    """Mark everybody whom the rules in force mean otherwise than their marks say, some servers in each write, so that
    nobody's posting waits for all of them; how many people. May be called at any time, and goes on after a crash."""
    with services.db.read() as session:
        rules = DomainRules.load(session)
        if facts.get(session, MARKED) == rules.version:
            return 0
        wrong = _wrong(session, rules)
    done = 0
    for start in range(0, len(wrong), AT_ONCE):
        with services.db.write() as session:
            rules = DomainRules.fresh(session, rules)
            done += len(_mark_by(session, rules, wrong[start : start + AT_ONCE]))
    with services.db.write() as session:
        if DomainRules.version_now(session) == rules.version:
            facts.put(session, MARKED, rules.version, services.clock.now())
    return done


def _wrong(session: Session, rules: DomainRules) -> list[str]:
    """The domains of actors whose marks aren't those that the rules mean."""
    columns = (ActorRow.domain, ActorRow.domain_hidden, ActorRow.domain_silenced, ActorRow.domain_filters)
    known = session.execute(select(*columns).where(ActorRow.local.is_(False)).distinct())
    return sorted({row[0] for row in known if marks(rules, row[0]) != Marks(*row[1:])})


def _mark_by(session: Session, rules: DomainRules, domains: Iterable[str]) -> list[int]:
    reached: dict[Marks, list[str]] = {}
    for name in domains:
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
                or_(
                    ActorRow.domain_hidden != wanted.hidden,
                    ActorRow.domain_silenced != wanted.silenced,
                    ActorRow.domain_filters != wanted.filters,
                ),
            )
            .values(domain_hidden=wanted.hidden, domain_silenced=wanted.silenced, domain_filters=wanted.filters)
            .returning(ActorRow.id)
        )
        changed.extend(rows)
    return changed


def _known_under(session: Session, domains: set[str]) -> list[str]:
    """The domains of actors that rules for these can reach: themselves, and their subdomains."""
    known = session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct())
    return [name for name in known if not domains.isdisjoint(parents(name))]
