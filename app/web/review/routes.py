"""The review's blueprints."""

from __future__ import annotations

from flask import Blueprint

from app.web.review import (
    acting,
    appeals,
    desk,
    golden,
    log,
    opinions,
    outside,
    overview,
    past,
    policy,
    quality,
    relays,
    roles,
    servers,
    signups,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    desk.blueprint,
    acting.blueprint,
    opinions.blueprint,
    quality.blueprint,
    golden.blueprint,
    appeals.blueprint,
    outside.blueprint,
    overview.blueprint,
    past.blueprint,
    policy.blueprint,
    servers.blueprint,
    relays.blueprint,
    signups.blueprint,
    log.blueprint,
    roles.blueprint,
)
