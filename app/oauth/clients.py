"""Client programs, people and codes as Authlib wants to see them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin

from app.oauth import scopes
from app.oauth.apps import OUT_OF_BAND
from app.oauth.digests import digest
from app.oauth.tables import OAuthAppRow, OAuthCodeRow

GRANTS = ("authorization_code", "client_credentials")


@dataclass(frozen=True)
class Client(ClientMixin):  # type: ignore[misc]
    """A registered client program."""

    app_id: int
    client_id: str
    secret_hash: str
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: str

    def get_client_id(self) -> str:
        """Its public name."""
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        """Where it goes when the request doesn't say."""
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The asked scopes when all of them are the client's, else None."""
        wanted = " ".join((scope or scopes.DEFAULT).replace("+", " ").split())
        known = set(wanted.split()) <= scopes.KNOWN
        return wanted if known and scopes.within(wanted, self.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether it registered exactly this one."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether this is its secret."""
        return hmac.compare_digest(self.secret_hash, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Every client has a secret and must show it."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Codes, never tokens in an address."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Which ways to a token there are; a password isn't one."""
        return grant_type in GRANTS

    @property
    def out_of_band(self) -> bool:
        """Whether it can only take a code that a person copies."""
        return self.redirect_uris == (OUT_OF_BAND,)


@dataclass(frozen=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorisation code that was found and is still good."""

    code_hash: str
    account_id: int
    redirect_uri: str
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        """Where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """What the person agreed to."""
        return self.scope


@dataclass(frozen=True)
class Person:
    """Who agrees."""

    account_id: int


def client_of(row: OAuthAppRow) -> Client:
    """A client from its row."""
    return Client(
        row.id,
        row.client_id,
        row.client_secret,
        row.name,
        row.website,
        tuple(row.redirect_uris.split("\n")),
        row.scopes,
    )


def code_of(row: OAuthCodeRow) -> Code:
    """A code from its row."""
    return Code(
        row.code_hash, row.account_id, row.redirect_uri, row.scope, row.code_challenge, row.code_challenge_method
    )
