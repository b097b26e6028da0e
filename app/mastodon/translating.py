"""Translations of public posts, where the admin named a service; else these methods aren't here."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import get_locale

from app import current
from app.mastodon import answers, blueprint, params
from app.mastodon.serialise import statuses as entities
from app.oauth import bearer
from app.posts import resolve
from app.stores.budgets import TRANSLATIONS_BY_ACCOUNT
from app.translating import posts
from app.translating.posts import TranslatedPost
from app.translating.values import bare_language

api = blueprint.make("translating")


@api.post("/api/v1/statuses/<public_id>/translate")
@bearer.require("read:statuses")
def translate(public_id: str) -> Response:
    """A post in the reader's language, or in `lang`."""
    services, account_id = current.services(), bearer.account_id()
    posts.required(services)
    target = bare_language(params.sent().text("lang")[:12].lower()) or bare_language(
        str(get_locale() or "en").replace("_", "-")
    )
    with services.db.read() as session:
        view = resolve.view(session, resolve.parse_id(public_id), account_id)
    blueprint.spend(TRANSLATIONS_BY_ACCOUNT, str(account_id))
    shown = view.shown.post
    done = posts.translate(services, view, entities.content(shown), entities.spoiler(shown), target)
    return answers.json(_entity(done))


@api.get("/api/v1/instance/translation_languages")
def languages() -> Response:
    """From which languages into which."""
    found = posts.required(current.services()).languages()
    return answers.json({source: list(targets) for source, targets in found.items()})


def _entity(done: TranslatedPost) -> dict[str, Any]:
    """Mastodon's Translation; `poll` is null where there is none."""
    pictures = zip(done.post.attachments, done.descriptions, strict=True)
    return {
        "content": entities.clean(done.content),
        "spoiler_text": done.warning,
        "language": done.language,
        "poll": {"id": str(done.post.id), "options": [{"title": title} for title in done.options]}
        if done.options
        else None,
        "media_attachments": [{"id": str(row.upload_id or row.id), "description": words} for row, words in pictures],
        "detected_source_language": done.source,
        "provider": done.provider,
    }
