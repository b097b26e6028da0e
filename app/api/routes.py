"""Which blueprints Ostiary's own API has."""

from __future__ import annotations

from flask import Blueprint

from app.api import cases, domains, hashes, imports, instance_rules, lists, openapi, patterns, queues, subjects

BLUEPRINTS: tuple[Blueprint, ...] = (
    cases.api,
    queues.api,
    domains.api,
    imports.api,
    lists.api,
    subjects.api,
    patterns.api,
    hashes.api,
    instance_rules.api,
    openapi.api,
)
"""In the order in which their addresses are looked up."""
