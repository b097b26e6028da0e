"""Languages: what the account says, else what the browser asks for, else English."""

from __future__ import annotations

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

LOCALES = ("en", "fr")


def prepare(babel: Babel, app: Flask) -> None:
    """Set Babel up on the app; translations stand in app/translations."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=choose)


def choose() -> str:
    """The language of this answer."""
    if not has_request_context():
        return "en"
    chosen = g.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES) or "en"
