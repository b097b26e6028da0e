"""Which blueprints Ostiary's own API has."""

from __future__ import annotations

from flask import Blueprint

from app.api import (
    breakers,
    cases,
    domains,
    hashes,
    imports,
    instance_rules,
    lists,
    modes,
    openapi,
    patterns,
    queues,
    subjects,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    cases.api,
    queues.api,
    domains.api,
    modes.api,
    imports.api,
    lists.api,
    subjects.api,
    patterns.api,
    hashes.api,
    instance_rules.api,
    breakers.api,
    openapi.api,
)
"""In the order in which their addresses are looked up."""
