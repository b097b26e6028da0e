"""Which blueprints there are."""

from __future__ import annotations

from flask import Blueprint

from app.federation import collections, discovery, documents, inbox

BLUEPRINTS: tuple[Blueprint, ...] = (inbox.blueprint, documents.blueprint, collections.blueprint, discovery.blueprint)
