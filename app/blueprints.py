"""Every blueprint, in the order in which it is registered."""

from __future__ import annotations

from flask import Blueprint

from app import health
from app.api import routes as ostiary_api
from app.federation import routes as federation
from app.mastodon import routes as mastodon
from app.oauth import routes as oauth
from app.web import routes as web

ALL: tuple[Blueprint, ...] = (
    health.blueprint,
    *federation.BLUEPRINTS,
    *oauth.BLUEPRINTS,
    *mastodon.BLUEPRINTS,
    *ostiary_api.BLUEPRINTS,
    *web.BLUEPRINTS,
)
