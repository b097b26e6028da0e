"""What every part of the client API shares: Mastodon's error shape, rate limits with their headers."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException

from app import current
from app.errors import AppError, RateLimitedError
from app.mastodon import etags
from app.oauth import bearer
from app.stores.budgets import API_BY_ACCOUNT, API_BY_ADDRESS, Budget, Budgets, network


def make(name: str) -> Blueprint:
    """A blueprint of the client API."""
    blueprint = Blueprint(f"mastodon_{name}", __name__)
    blueprint.before_request(_spend)
    blueprint.after_request(_tell_limits)
    blueprint.after_request(etags.revalidate)
    blueprint.register_error_handler(AppError, error_answer)
    blueprint.register_error_handler(HTTPException, _http_error)
    return blueprint


def spend(budget: Budget, who: str) -> None:
    """Spend of a budget of its own; raises RateLimitedError."""
    services = current.services()
    if services.settings.rate_limits:
        Budgets(services.redis, services.clock, enabled=True).spend(budget, who)


def address() -> str:
    """Where the request came from, for budgets alone: a whole network of IPv6, which no bar of an address is within."""
    return network(request.remote_addr or "unknown")


def error_answer(error: AppError) -> Response:
    """An error as Mastodon's clients read it: they show `error`, and some `error_description` instead of it."""
    response = Response(orjson.dumps({"error": error.text}), status=error.status, mimetype="application/json")
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="Ostiary"'
    return response


def _http_error(error: HTTPException) -> Response:
    headers = {name: value for name, value in error.get_headers() if name.lower() == "allow"}
    body = orjson.dumps({"error": error.name})
    return Response(body, status=error.code or 500, mimetype="application/json", headers=headers)


def _spend() -> None:
    services = current.services()
    if not services.settings.rate_limits or request.method == "OPTIONS":
        return
    viewer = bearer.current_viewer()
    if viewer is not None and viewer.account_id is not None:
        budget, who = API_BY_ACCOUNT, str(viewer.account_id)
    else:
        budget, who = API_BY_ADDRESS, address()
    now = int(services.clock.now().timestamp())
    ends = (now // budget.seconds + 1) * budget.seconds
    g.limits = (budget.count, 0, ends)
    left = Budgets(services.redis, services.clock, enabled=True).spend(budget, who)
    g.limits = (budget.count, left, ends)


def _tell_limits(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "private, no-store")
    limits = g.get("limits")
    if limits is not None:
        count, left, ends = limits
        response.headers["X-RateLimit-Limit"] = str(count)
        response.headers["X-RateLimit-Remaining"] = str(left)
        response.headers["X-RateLimit-Reset"] = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return response
