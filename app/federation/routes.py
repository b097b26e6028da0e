"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from app.federation import discovery, documents, inbox

BLUEPRINTS: tuple[Blueprint, ...] = (inbox.blueprint, documents.blueprint, discovery.blueprint)
