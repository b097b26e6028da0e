"""The OAuth 2 server: Authlib's grants over our tables. Codes, with PKCE (S256), and credentials; no passwords."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

import orjson
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Payload,
    UnsupportedGrantTypeError,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, ClientCredentialsGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7636.challenge import compare_s256_code_challenge
from flask import Request, Response, request
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from app import current
from app.oauth import tokens
from app.oauth.apps import OUT_OF_BAND
from app.oauth.clients import Client, Code, Person, client_of, code_of
from app.oauth.digests import digest
from app.oauth.tables import OAuthAppRow, OAuthCodeRow

CODE_LIFETIME = timedelta(minutes=10)
LONGEST_VALUE = 4096
NO_SUCH_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method."
)
NATIVE_PAGE = "/oauth/authorize/native"
"""Where an out-of-band code is shown to be copied."""


_PLAIN = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]*")
_NAMED = frozenset(
    {"client_id", "redirect_uri", "response_type", "grant_type", "scope", "code_challenge", "code_challenge_method"}
)
"""What errors may name: RFC 6749 lets no other characters into them, and Authlib raises ValueError for those."""


class Payload(OAuth2Payload):  # type: ignore[misc]
    """What was sent, wherever it stands: query, form, or JSON, as Mastodon takes it."""

    def __init__(self, sent: Request) -> None:
        self._data: MultiDict[str, str] = MultiDict(sent.args)
        self._data.update(sent.form)
        self._data.update(_json(sent))
        for name, values in self._data.lists():
            if not all(_can_be(name, value) for value in values):
                raise InvalidRequestError("A parameter is too long or has a character that can't be")

    @property
    def data(self) -> MultiDict[str, str]:
        """Every parameter."""
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Every parameter with all of its values."""
        return defaultdict(list, self._data.lists())


class OurRequest(OAuth2Request):  # type: ignore[misc]
    """A request for Authlib."""

    def __init__(self, sent: Request) -> None:
        # Authlib refuses plain http by the address; our settings decide that (a trial on localhost is http).
        super().__init__(sent.method, f"https://{sent.host}{sent.path}", headers=sent.headers)
        self.payload = Payload(sent)

    @property
    def args(self) -> MultiDict[str, str]:
        """Parameters."""
        return self.payload.data

    @property
    def form(self) -> MultiDict[str, str]:
        """Parameters: where they stood makes no difference here."""
        return self.payload.data


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server with our requests and tokens."""

    def create_oauth2_request(self, request: Any) -> OurRequest:
        """The request in Authlib's shape."""
        return OurRequest(_current_request())

    def handle_error_response(self, request: Any, error: OAuth2Error) -> Response:
        """What went wrong, in words; an unknown client and a wrong secret are told alike (RFC 6749, 5.2)."""
        if isinstance(error, InvalidClientError):
            error = InvalidClientError(status_code=401, description=NO_SUCH_CLIENT)
        elif isinstance(error, UnsupportedGrantTypeError):
            error.description = "The authorization grant type is not supported by the authorization server."
        return super().handle_error_response(request, error)  # type: ignore[no-any-return]

    def handle_response(self, status_code: int, payload: Any, headers: Any) -> Response:
        """The answer; a code for a program without an address goes to a page that shows it."""
        body = orjson.dumps(payload) if isinstance(payload, dict) else payload
        response = Response(body, status=status_code, headers=headers)
        location = response.headers.get("Location", "")
        if location.startswith(OUT_OF_BAND):
            response.headers["Location"] = NATIVE_PAGE + location.removeprefix(OUT_OF_BAND)
        return response


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """A code that a person agreed to, for a token; good once, for ten minutes."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic", "client_secret_post"]

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Store the code's hash with what was agreed to."""
        services, data = current.services(), request.payload.data
        now = services.clock.now()
        with services.db.write() as session:
            session.execute(delete(OAuthCodeRow).where(OAuthCodeRow.expires_at < now))
            session.add(
                OAuthCodeRow(
                    code_hash=digest(code),
                    app_id=request.client.app_id,
                    account_id=request.user.account_id,
                    redirect_uri=request.payload.redirect_uri or request.client.get_default_redirect_uri(),
                    scope=request.scope,
                    code_challenge=data.get("code_challenge"),
                    code_challenge_method=data.get("code_challenge_method"),
                    nonce=None,
                    auth_time=int(now.timestamp()),
                    expires_at=now + CODE_LIFETIME,
                )
            )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, if it is this client's and still good."""
        services = current.services()
        with services.db.read() as session:
            row = session.get(OAuthCodeRow, digest(code))
        if row is None or row.app_id != client.app_id or row.expires_at < services.clock.now():
            return None
        return code_of(row)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing: it went with the making of its token, in one write."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        """Who agreed."""
        return Person(authorization_code.account_id)


class OnlyS256(CodeChallenge):  # type: ignore[misc]
    """PKCE without `plain`, which protects nobody."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD: ClassVar[list[str]] = ["S256"]
    CODE_CHALLENGE_METHODS: ClassVar[dict[str, Any]] = {"S256": compare_s256_code_challenge}


class CredentialsGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """A client's own token, without a person."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[list[str]] = ["client_secret_basic", "client_secret_post"]


def find_client(client_id: str) -> Client | None:
    """A registered client."""
    with current.services().db.read() as session:
        row = session.scalar(select(OAuthAppRow).where(OAuthAppRow.client_id == client_id))
    return None if row is None else client_of(row)


def make_token(*, client: Client, user: Person | None = None, scope: str | None = None, **_rest: Any) -> dict[str, Any]:
    """What the client is told; the token is stored by `save_token`."""
    allowed = client.get_allowed_scope(scope)
    if allowed is None:
        raise InvalidScopeError
    created = int(current.services().clock.now().timestamp())
    return {
        "access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "scope": allowed, "created_at": created,
    }  # fmt: skip


def save_token(token: dict[str, Any], asked: OAuth2Request) -> None:
    """Store the token's hash; a code goes in the same write, so that it can't be used twice."""
    services = current.services()
    code: Code | None = asked.authorization_code
    with services.db.write() as session:
        if code is not None:
            used = delete(OAuthCodeRow).where(OAuthCodeRow.code_hash == code.code_hash)
            if session.execute(used.returning(OAuthCodeRow.code_hash)).first() is None:
                raise InvalidGrantError("Invalid 'code' in request.")
        account_id = asked.user.account_id if asked.user else None
        tokens.store(session, services, token["access_token"], asked.client.app_id, account_id, token["scope"])


@cache
def server() -> Server:
    """The one server: it holds no state, every call works on the current app's services."""
    made = Server(query_client=find_client, save_token=save_token)
    made.register_token_generator("default", make_token)
    made.register_grant(CodeGrant, [OnlyS256(required=True)])
    made.register_grant(CredentialsGrant)
    return made


def _can_be(name: str, value: str) -> bool:
    return "\0" not in value and len(value) <= LONGEST_VALUE and (name not in _NAMED or bool(_PLAIN.fullmatch(value)))


def _json(sent: Request) -> dict[str, str]:
    if not sent.is_json:
        return {}
    try:
        body = orjson.loads(sent.get_data())
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError("The JSON can't be read") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("A JSON object was expected")
    return {key: value for key, value in body.items() if isinstance(value, str)}


def _current_request() -> Request:
    return request
