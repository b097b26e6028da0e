"""OAuth 2 over HTTP: the page that asks, tokens, revocation, what the server can do."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Blueprint, g, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import current, headers
from app.accounts import lookup
from app.errors import AppError, InvalidError, RateLimitedError
from app.oauth import bearer, scopes, tokens, wording
from app.oauth.apps import OUT_OF_BAND
from app.oauth.clients import Person
from app.oauth.server import NATIVE_PAGE, OurRequest, server
from app.stores.budgets import API_BY_ADDRESS, Budgets, network
from app.web import sessions

pages = sessions.guard(Blueprint("oauth_pages", __name__))
pages.after_request(sessions.keep_nowhere)
endpoints = Blueprint("oauth", __name__)
CLIENT_METHODS = ["client_secret_basic", "client_secret_post"]


@pages.get("/oauth/authorize")
def ask() -> Response | str:
    """Ask the member whether this program may act for them, in the language that it says (`lang`); with `force_login`
    they sign in before, as themselves or with another account.
    """
    sessions.speak(request.args.get("lang"))
    if sessions.member() is None or request.args.get("force_login", "").lower() in _TRUE:
        return redirect(_sign_in_first())
    me = sessions.required()
    try:
        grant = server().get_consent_grant(end_user=Person(me.id))
    except OAuth2Error as error:
        return _refused(error)
    uri = grant.redirect_uri
    g.content_policy = _policy_that_lets_go_to(uri)
    return render_template(
        "oauth/authorize.html",
        client=grant.client,
        wanted=wording.describe(grant.request.scope),
        parameters=[(name, value) for name, value in request.args.items() if name in _KEPT],
        goes_to=None if uri == OUT_OF_BAND else urlsplit(uri).hostname or urlsplit(uri).scheme,
    )


def _sign_in_first() -> str:
    """Where somebody signs in, and is led back here from, without having to once more."""
    back = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "force_login"])
    asked = {"next": f"{request.path}?{back}", "lang": request.args.get("lang")}
    again = {"again": "1"} if sessions.member() is not None else {}
    return "/sign-in?" + urlencode({name: value for name, value in (asked | again).items() if value})


_TRUE = frozenset({"true", "t", "1", "on", "yes"})
_KEPT = frozenset(
    {"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"}
)


@pages.post("/oauth/authorize")
def answer() -> Response:
    """The member's yes or no."""
    me = sessions.member()
    if me is None:
        return redirect("/sign-in")
    person = Person(me.id)
    try:
        grant = server().get_consent_grant(end_user=person)
    except OAuth2Error as error:
        return _refused(error)
    agreed = person if request.form.get("decision") == "allow" else None
    return server().create_authorization_response(grant_user=agreed, grant=grant)  # type: ignore[no-any-return]


@pages.get(NATIVE_PAGE)
def native() -> str:
    """The code, to be copied into a program that has no address."""
    return render_template("oauth/code.html", code=request.args.get("code", "")[:255])


@endpoints.post("/oauth/token")
def token() -> Response:
    """A token for a code, or for a program's own credentials. Raises RateLimitedError for who guesses."""
    services = current.services()
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(API_BY_ADDRESS, network(request.remote_addr or "unknown"))
    try:
        return server().create_token_response()  # type: ignore[no-any-return]
    except OAuth2Error as error:
        return server().handle_error_response(None, error)


@endpoints.post("/oauth/revoke")
def revoke() -> Response:
    """Make a token worthless. An unknown one is answered the same (RFC 7009, 2.2)."""
    try:
        asked = OurRequest(request)
        client = server().authenticate_client(asked, CLIENT_METHODS, "revocation")
        given = asked.form.get("token")
        if not given:
            raise InvalidRequestError("Missing 'token' in request.")
    except OAuth2Error as error:
        return server().handle_error_response(None, error)
    tokens.revoke(current.services(), given, client.app_id)
    bearer.forget()
    return jsonify({})


@endpoints.route("/oauth/userinfo", methods=["GET", "POST"])
@bearer.require("profile")
def userinfo() -> Response:
    """Who holds the token (OpenID Connect's claims, as Mastodon gives them)."""
    services = current.services()
    with services.db.read() as session:
        actor = lookup.by_id(session, bearer.account_id())
    return jsonify(
        {
            "iss": services.settings.base_url + "/",
            "sub": actor.uri,
            "name": actor.display_name or actor.username,
            "preferred_username": actor.username,
            "profile": actor.url,
        }
    )


@endpoints.errorhandler(AppError)
def _told(error: AppError) -> Response:
    """An error as programs read it, whatever they say they accept."""
    answer = jsonify({"error": error.text, "error_description": error.text})
    answer.status_code = error.status
    if isinstance(error, RateLimitedError):
        answer.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Ostiary"'
    return answer


@endpoints.get("/.well-known/oauth-authorization-server")
def metadata() -> Response:
    """What this server can do (RFC 8414)."""
    url = current.services().settings.url
    return jsonify(
        {
            "issuer": url("/"),
            "service_documentation": url("/about"),
            "authorization_endpoint": url("/oauth/authorize"),
            "token_endpoint": url("/oauth/token"),
            "app_registration_endpoint": url("/api/v1/apps"),
            "revocation_endpoint": url("/oauth/revoke"),
            "userinfo_endpoint": url("/oauth/userinfo"),
            "scopes_supported": scopes.SUPPORTED,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": CLIENT_METHODS,
            "code_challenge_methods_supported": ["S256"],
        }
    )


def _refused(error: OAuth2Error) -> Response:
    """Back to the program where its address is known to be its own, else a page that says what is wrong."""
    if getattr(error, "redirect_uri", None):
        return server().handle_error_response(None, error)
    said = error.description or error.error
    raise InvalidError(
        _("What this program asks for can’t be done. For who makes it: “%(said)s”", said=said), code="oauth_request"
    )


def _policy_that_lets_go_to(uri: str) -> str:
    """Browsers hold a form's redirects to `form-action` too, so the program's address must stand in it."""
    parts = urlsplit(uri)
    if uri == OUT_OF_BAND:
        return headers.content_policy()
    target = f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
    safe = "".join(char for char in target if char.isalnum() or char in ":/.-+[]_")
    return headers.content_policy().replace("form-action 'self'", f"form-action 'self' {safe}")
