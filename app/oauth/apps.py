"""Registering client programs. Their secrets, like tokens, are stored as SHA-256."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.oauth import scopes
from app.oauth.digests import digest
from app.oauth.tables import OAuthAppRow
from app.services import Services

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
OWN_CLIENT_ID = "ostiary"
"""The app that tokens made on the command line belong to."""
MOST_URIS = 20
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*$")
_DANGEROUS = frozenset({"javascript", "data", "vbscript", "file", "about", "blob"})


@dataclass(frozen=True)
class NewApp:
    """What a client program says of itself."""

    name: str
    redirect_uris: tuple[str, ...]
    scopes: str = ""
    website: str | None = None


def register(services: Services, app: NewApp) -> tuple[OAuthAppRow, str]:
    """Store it; the row, and its secret, which can't be had again. Raises InvalidError."""
    _check(app)
    secret = secrets.token_urlsafe(32)
    row = OAuthAppRow(
        client_id=secrets.token_urlsafe(32),
        client_secret=digest(secret),
        name=app.name,
        website=app.website,
        redirect_uris="\n".join(app.redirect_uris),
        scopes=" ".join(scopes.parse(app.scopes)),
        created_at=services.clock.now(),
    )
    with services.db.write() as session:
        session.add(row)
    return row, secret


def own(session: Session, services: Services) -> OAuthAppRow:
    """The server's own app, for tokens from the command line; made when it's missing."""
    row = session.scalar(select(OAuthAppRow).where(OAuthAppRow.client_id == OWN_CLIENT_ID))
    if row is None:
        row = OAuthAppRow(
            client_id=OWN_CLIENT_ID,
            client_secret=digest(secrets.token_urlsafe(32)),
            name="Ostiary",
            website=services.settings.base_url,
            redirect_uris=OUT_OF_BAND,
            scopes=" ".join(scopes.INCLUDED),
            created_at=services.clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def _check(app: NewApp) -> None:
    if not 1 <= len(app.name) <= 60:
        raise InvalidError("Validation failed: Application name must have 1 to 60 characters")
    if not 1 <= len(app.redirect_uris) <= MOST_URIS:
        raise InvalidError("Validation failed: Redirect URI can't be blank")
    for uri in app.redirect_uris:
        if not is_redirect_uri(uri):
            raise InvalidError("Validation failed: Redirect URI must be an absolute URI.")
    if app.website is not None and (len(app.website) > 2000 or scheme_of(app.website) not in ("http", "https")):
        raise InvalidError("Validation failed: Website must be a valid URL")


def is_redirect_uri(uri: str) -> bool:
    """Whether a browser may be sent there: absolute, no fragment, no scheme that runs something."""
    if uri == OUT_OF_BAND:
        return True
    scheme = scheme_of(uri)
    if scheme is None or not _SCHEME.match(scheme) or scheme in _DANGEROUS or "#" in uri:
        return False
    if not (uri.isascii() and uri.isprintable()) or set(uri) & set(' "\\<>') or len(uri) > 2000:
        return False
    return scheme not in ("http", "https") or bool(urlsplit(uri).hostname)


def scheme_of(uri: str) -> str | None:
    """The scheme of an absolute URI, None when it isn't one."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    return parts.scheme or None
