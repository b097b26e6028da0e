"""Client programs register themselves, and ask whether their token still works."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.mastodon import answers, blueprint, params
from app.mastodon.params import Params
from app.oauth import apps, bearer
from app.oauth.apps import NewApp
from app.oauth.tables import OAuthAppRow
from app.push import identity
from app.stores.budgets import APPS

api = blueprint.make("apps")


@api.post("/api/v1/apps")
def register() -> Response:
    """Register a program; its secret is told once."""
    blueprint.spend(APPS, blueprint.address())
    sent = params.sent()
    app = NewApp(
        name=sent.text("client_name", most=1000),
        redirect_uris=_redirect_uris(sent),
        scopes=sent.text("scopes", most=2000),
        website=sent.text_or_none("website", most=3000) or None,
    )
    row, secret = apps.register(current.services(), app)
    secrets = {"client_id": row.client_id, "client_secret": secret, "client_secret_expires_at": 0}
    return answers.json(_entity(row) | secrets)


@api.get("/api/v1/apps/verify_credentials")
@bearer.require_app()
def verify() -> Response:
    """The program that the token was made for."""
    viewer = bearer.viewer()
    with current.services().db.read() as session:
        row = session.get_one(OAuthAppRow, viewer.app_id)
        return answers.json(_entity(row))


def _redirect_uris(sent: Params) -> tuple[str, ...]:
    lines = [line for text in sent.texts("redirect_uris") for line in text.split("\n")]
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _entity(row: OAuthAppRow) -> dict[str, Any]:
    """An Application."""
    return {
        "id": str(row.id),
        "name": row.name,
        "website": row.website,
        "scopes": row.scopes.split(),
        "redirect_uris": row.redirect_uris.split("\n"),
        "redirect_uri": row.redirect_uris,
        "vapid_key": identity.public_key(current.services()),
    }
