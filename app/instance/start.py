"""What a start checks and a first start makes: the domain that never changes, rules, macros, the house's own actor."""

from __future__ import annotations

from app.accounts.instance_actor import instance_actor
from app.instance import domain, rules
from app.reviewing import macros
from app.services import Services


def prepare(services: Services) -> None:
    """Make a new house usable; on an old one it changes nothing. Raises SettingsError for another domain."""
    domain.settle(services)
    rules.ensure_defaults(services)
    macros.ensure_defaults(services)
    instance_actor(services)
