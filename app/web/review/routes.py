"""The review's blueprints."""

from __future__ import annotations

from flask import Blueprint

from app.web.review import acting, appeals, desk, overview, past, policy, relays, servers, signups

BLUEPRINTS: tuple[Blueprint, ...] = (
    desk.blueprint,
    acting.blueprint,
    appeals.blueprint,
    overview.blueprint,
    past.blueprint,
    policy.blueprint,
    servers.blueprint,
    relays.blueprint,
    signups.blueprint,
)
