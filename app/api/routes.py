"""Which blueprints Ostiary's own API has."""

from __future__ import annotations

from flask import Blueprint

from app.api import cases, domains, openapi, patterns, queues, subjects

BLUEPRINTS: tuple[Blueprint, ...] = (cases.api, queues.api, domains.api, subjects.api, patterns.api, openapi.api)
