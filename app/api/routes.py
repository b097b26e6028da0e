"""Which blueprints Ostiary's own API has."""

from __future__ import annotations

from flask import Blueprint

from app.api import cases, domains, openapi, subjects

BLUEPRINTS: tuple[Blueprint, ...] = (cases.api, domains.api, subjects.api, openapi.api)
