"""The domain rules as one process knows them: loaded anew as soon as one was set or lifted anywhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.database.engine import Database
from moderation.domains.rules import DomainRules, rule_for
from moderation.values import Severity


class KnownRules:
    """A cache that can't be stale where it matters: `current` asks for the version in the caller's transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._rules: DomainRules | None = None

    def current(self, session: Session) -> DomainRules:
        """The rules as this transaction sees them."""
        self._rules = DomainRules.fresh(session, self._rules)
        return self._rules

    def maybe_stale(self) -> DomainRules:
        """The rules as they were when somebody last asked: for a first look, before a dearer one."""
        return self._rules or self.fresh()

    def fresh(self) -> DomainRules:
        """The rules as they are now."""
        with self._db.read() as session:
            return self.current(session)

    def suspends(self, domain: str) -> bool:
        """A first look that never refuses by a rule that was lifted: a yes is asked for again."""
        return suspends(self.maybe_stale(), domain) and suspends(self.fresh(), domain)


def suspends(rules: DomainRules, domain: str) -> bool:
    """Whether nothing is taken from, or sent to, this domain."""
    rule = rules.match(domain)
    return rule is not None and rule.severity is Severity.SUSPEND


def is_suspended(session: Session, domain: str) -> bool:
    """The same, asked of the database: of one domain, where all rules needn't be read."""
    rule = rule_for(session, domain)
    return rule is not None and rule.severity is Severity.SUSPEND
