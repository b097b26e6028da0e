"""What a start checks and a first start makes: the domain that never changes, the rules, the house's own actor."""

from __future__ import annotations

from app.accounts.instance_actor import instance_actor
from app.instance import facts, rules
from app.services import Services
from app.settings import SettingsError


def prepare(services: Services) -> None:
    """Make a new house usable; on an old one it changes nothing. Raises SettingsError for another domain."""
    ensure_domain(services)
    rules.ensure_defaults(services)
    instance_actor(services)


def ensure_domain(services: Services) -> None:
    """Store the domain at the first start; refuse a start with another: every URI that others know carries it."""
    wanted = services.settings.domain
    with services.db.write() as session:
        stored = facts.get(session, "domain")
        if stored is None:
            facts.put(session, "domain", wanted, services.clock.now())
        elif stored != wanted:
            raise SettingsError(
                f"this data belongs to {stored}, and OSTIARY_DOMAIN says {wanted}: a server can't change its domain"
            )
