"""Client programs register themselves, and ask whether their token still works."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.mastodon import answers, blueprint, params
from app.mastodon.params import Params
from app.oauth import apps, bearer
from app.oauth.apps import NewApp
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
    entity = _entity(str(row.id), row.name, row.website, row.scopes, tuple(row.redirect_uris.split("\n")))
    return answers.json(
        {
            **entity,
            "client_id": row.client_id,
            "client_secret": secret,
            "client_secret_expires_at": 0,
            "vapid_key": identity.public_key(current.services()),
        }
    )


@api.get("/api/v1/apps/verify_credentials")
@bearer.require_app()
def verify() -> Response:
    """The program that the token was made for."""
    viewer = bearer.viewer()
    return answers.json(_entity(str(viewer.app_id), viewer.app_name, viewer.app_website, viewer.granted, ()))


def _redirect_uris(sent: Params) -> tuple[str, ...]:
    lines = [line for text in sent.texts("redirect_uris") for line in text.split("\n")]
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _entity(id_: str, name: str, website: str | None, scopes: str, uris: tuple[str, ...]) -> dict[str, Any]:
    entity: dict[str, Any] = {"id": id_, "name": name, "website": website, "scopes": scopes.split()}
    if uris:
        entity |= {"redirect_uri": "\n".join(uris), "redirect_uris": list(uris)}
    return entity
