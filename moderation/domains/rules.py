"""Which rule is in force for a domain: the most specific of its own and its parents'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from moderation.domains import modes
from moderation.domains.modes import OPEN, Mode, Way
from moderation.domains.names import parents, without_port
from moderation.domains.tables import DomainEventRow, DomainRuleRow
from moderation.domains.values import DomainRule, Filter
from moderation.values import Severity

_VERSION = select(func.max(DomainEventRow.id))
_COLUMNS = select(DomainRuleRow.__table__)
"""Many rules are read three times as fast by their columns as one object each."""
VERSION = func.coalesce(_VERSION.scalar_subquery(), 0)
"""`version_now` as a column, for whoever asks for more along with it."""


@dataclass(frozen=True, slots=True)
class DomainRules:
    """Every rule, in memory. Valid while `version_now` gives the same `version`."""

    version: int
    rules: Mapping[str, DomainRule]
    way: Way = OPEN
    """What a server without a rule meets."""

    @classmethod
    def load(cls, session: Session) -> DomainRules:
        """All rules, and their version."""
        version = cls.version_now(session)
        rules = {row.domain: rule_of(row) for row in session.execute(_COLUMNS)}
        return cls(version, rules, modes.current(session))

    @classmethod
    def fresh(cls, session: Session, cached: DomainRules | None) -> DomainRules:
        """`cached`, or if a rule has changed since, all of them anew."""
        if cached is not None and cached.version == cls.version_now(session):
            return cached
        return cls.load(session)

    @staticmethod
    def version_now(session: Session) -> int:
        """A number that grows with every change of a rule."""
        return session.scalar(_VERSION) or 0

    def match(self, domain: str) -> DomainRule | None:
        """What applies to a server: the most specific rule for its domain; where only named servers are dealt with, a
        suspension of all others, set for `modes.EVERYBODY`. None where nothing applies."""
        return self.named(domain) or _unnamed(self.way)

    def named(self, domain: str) -> DomainRule | None:
        """The most specific rule for a domain, whoever else is let in: for pages and files, which are no servers."""
        if not self.rules:
            return None
        for name in parents(domain):
            rule = self.rules.get(name)
            if rule is not None and (rule.subdomains or is_itself(name, domain)):
                return rule
        return None


def rule_for(session: Session, domain: str) -> DomainRule | None:
    """The most specific rule for a domain, straight from the database."""
    names = parents(domain.strip().lower().removesuffix("."))
    rows = session.scalars(select(DomainRuleRow).where(DomainRuleRow.domain.in_(names)))
    found = {row.domain: row for row in rows}
    for name in names:
        if name in found and (found[name].subdomains or is_itself(name, names[0])):
            return rule_of(found[name])
    return _unnamed(modes.current(session))


def _unnamed(way: Way) -> DomainRule | None:
    if way.mode is not Mode.ALLOWLIST or way.since is None:
        return None
    none = {"reject_media": False, "reject_reports": False, "obfuscate": False}
    said = {"public_comment": "", "private_comment": "", "set_by": way.by, "set_at": way.since}
    return DomainRule(modes.EVERYBODY, Severity.SUSPEND, **none, **said)  # type: ignore[arg-type]


def rule_at(session: Session, domain: str) -> DomainRule | None:
    """The rule that was set for exactly this domain, not a parent's."""
    row = session.get(DomainRuleRow, domain)
    return rule_of(row) if row is not None else None


def is_itself(name: str, domain: str) -> bool:
    """Whether a rule's name means this very domain (whatever its port), and not a parent of it."""
    return name in (domain, without_port(domain))


def rule_of(row: DomainRuleRow | Row[Any]) -> DomainRule:
    """The value of a row, or of its columns."""
    return DomainRule(
        domain=row.domain,
        severity=row.severity,
        reject_media=row.reject_media,
        reject_reports=row.reject_reports,
        obfuscate=row.obfuscate,
        public_comment=row.public_comment,
        private_comment=row.private_comment,
        set_by=row.set_by,
        set_at=row.set_at,
        subdomains=row.subdomains,
        filters=frozenset(map(Filter, row.filters)),
        review_at=row.review_at,
        expires_at=row.expires_at,
        evidence=tuple(row.evidence),
        source=row.source,
    )
