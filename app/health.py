"""`/healthz` (this process answers), `/readyz` (all do), `/metrics` (on this machine, or with a token)."""

from __future__ import annotations

import hmac
import ipaddress

import structlog
from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import metrics
from app.current import services
from app.errors import NotFoundError
from app.reviewing.model import Second, second_with_state
from app.services import Services
from app.stores import heartbeats
from moderation import second_model
from moderation.policy import store

blueprint = Blueprint("health", __name__)
log = structlog.get_logger()


@blueprint.get("/healthz")
def healthz() -> Response:
    """This process answers."""
    return Response("OK\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when stores, stream, worker and scheduler answer, 503 naming what doesn't.

    What is worse than it should be, and keeps nobody from asking for pages, is named beside it.
    """
    missing = not_ready(services())
    response = jsonify({"ready": not missing, "missing": missing, "degraded": degraded(services())})
    response.status_code = 503 if missing else 200
    return response


def not_ready(services: Services) -> list[str]:
    """What doesn't answer."""
    missing: list[str] = []
    try:
        with services.db.read() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.error("database_away", error=str(error))
        missing.append("database")
    try:
        missing += heartbeats.missing(services.redis)
    except RedisError as error:
        log.error("redis_away", error=str(error))
        missing.append("redis")
    return missing


def degraded(services: Services) -> list[str]:
    """What the policy asks for and can't be used: posts wait for it."""
    try:
        with services.db.read() as session:
            wanted = store.current(session).second_stage.on
    except SQLAlchemyError:
        return []  # it is missing
    broken = wanted and second_with_state(services)[1] is Second.BROKEN
    return [second_model.NAME] if broken else []


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """For callers on this machine that no proxy forwarded, or with the token; to others there's no such page."""
    if not _may_see_metrics(services().settings.metrics_token):
        raise NotFoundError("There is no such page")
    return Response(metrics.render(services()), content_type=CONTENT_TYPE_LATEST)


def _may_see_metrics(token: str | None) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token is not None and hmac.compare_digest(given.encode(), token.encode()):
        return True
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and _is_loopback(request.remote_addr or "")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
