"""The review's blueprints."""

from __future__ import annotations

from flask import Blueprint

from app.web.review import (
    acting,
    appeals,
    caring,
    contacts,
    crew,
    desk,
    finding,
    golden,
    ladder,
    log,
    opinions,
    outside,
    overview,
    past,
    policy,
    quality,
    relays,
    rules,
    servers,
    signups,
    statements,
    terms,
    training,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    desk.blueprint,
    acting.blueprint,
    opinions.blueprint,
    quality.blueprint,
    golden.blueprint,
    training.blueprint,
    caring.blueprint,
    appeals.blueprint,
    ladder.blueprint,
    outside.blueprint,
    contacts.blueprint,
    overview.blueprint,
    crew.blueprint,
    past.blueprint,
    finding.blueprint,
    policy.blueprint,
    rules.blueprint,
    statements.blueprint,
    terms.blueprint,
    servers.blueprint,
    relays.blueprint,
    signups.blueprint,
    log.blueprint,
)
