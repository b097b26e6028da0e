"""The Flask application: blueprints in one table, headers, errors, languages. `create_app(services)`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import orjson
from flask import Flask, Response, jsonify, make_response, request
from flask.json.provider import JSONProvider
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app import blueprints, headers, locales, observing
from app.barring import shut_out
from app.current import EXTENSION
from app.errors import AppError, ForbiddenError, NotFoundError, RateLimitedError
from app.instance import rules
from app.late_rules import LateRule, RowNumber
from app.light_sessions import LightSessions
from app.proxies import TrustedProxies
from app.sent import SentRequest
from app.services import Services
from app.web import pages, reasons
from app.workforce import conflicts
from moderation.authors import strikes
from moderation.cases import exclusions

LARGEST_REQUEST_BYTES = 1024 * 1024
JSON_PATHS = ("/api/", "/inbox", "/users/", "/oauth/token", "/oauth/revoke", "/.well-known/", "/nodeinfo/")


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson: several times faster on timelines."""

    def dumps(self, obj: Any, **_kwargs: Any) -> str:
        """JSON text."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Parsed JSON; raises ValueError."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A JSON response from bytes, without a detour by str."""
        return Response(orjson.dumps(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


class House(Flask):
    """Flask for plain functions: it needn’t find out a dozen times a request that none is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(services: Services) -> Flask:
    """The web application over these services."""
    app = House("app", template_folder="web/templates", static_folder="web/static", static_url_path="/static")
    app.request_class = SentRequest
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = RowNumber
    app.json = OrjsonProvider(app)
    app.session_interface = LightSessions()
    app.url_map.strict_slashes = False
    _configure(app, services)
    app.extensions[EXTENSION] = services
    services.db.info[exclusions.KNOWS] = conflicts.hidden_from
    services.db.info[strikes.LABELS_OF_RULES] = rules.labels_of
    locales.prepare(app)
    pages.prepare(app)
    for blueprint in blueprints.ALL:
        app.register_blueprint(blueprint)
    app.before_request(_refuse_null)
    app.before_request(partial(_refuse_shut_out, services))
    app.after_request(headers.secure)
    observing.prepare(app)
    app.register_error_handler(AppError, _app_error)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _configure(app: Flask, services: Services) -> None:
    settings = services.settings
    secure = settings.scheme == "https"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST_BYTES,  # a list that was uploaded comes back in its preview's form
        SESSION_COOKIE_NAME="__Host-ostiary" if secure else "ostiary",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=secure,
        WTF_CSRF_CHECK_DEFAULT=False,  # the pages' blueprints check; the API has tokens and no cookies
    )
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]


def wants_json() -> bool:
    """Whether an error is read by a program."""
    return request.path.startswith(JSON_PATHS) and not request.accept_mimetypes.accept_html


def _refuse_null() -> None:
    """Nothing here has a null character in its address, and PostgreSQL can't even be asked about one."""
    if "\0" in request.path:
        raise NotFoundError()


def _refuse_shut_out(services: Services) -> None:
    """Before anything else is looked at: a barred network gets no answer but this, whatever it asks for."""
    if shut_out.of(services.db).holds(request.remote_addr or "", services.clock.now()):
        raise ForbiddenError(_("Nothing here can be reached from your network at the moment."), code="network_shut_out")


def _app_error(error: AppError) -> Response | tuple[str, int]:
    if not (wants_json() or request.path.startswith("/api/")):
        return pages.error_page(error.status, partial(reasons.of, error)), error.status
    response: Response = jsonify({"error": error.text, "error_description": error.code})
    response.status_code = error.status
    if isinstance(error, RateLimitedError):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    if not (wants_json() or request.path.startswith("/api/")):
        response = make_response(pages.error_page(status, partial(reasons.of_http, error)))
    else:
        response = jsonify({"error": error.name, "error_description": error.description})
    response.status_code = status
    _allow(error, response)
    return response


def _allow(error: HTTPException, response: Response) -> None:
    """Which methods an address has, where it was asked for by another (RFC 9110, 15.5.6)."""
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
