"""Languages: what the account says, else what the browser asks for, else English."""

from __future__ import annotations

from functools import cached_property

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain  # type: ignore[attr-defined]  # public, and the stubs lack it

LOCALES = ("en", "fr")


class _Catalogue(Domain):  # type: ignore[misc]
    """Finds the messages of an answer's language once: a page asks for hundreds, and the library's own way writes the
    language out, and looks for the request, several times for each. It forgets `babel_translations` itself wherever
    another language is chosen (`refresh`, `force_locale`)."""

    def get_translations(self) -> Translations | NullTranslations:
        """The messages of this answer's language."""
        context = getattr(g, "_flask_babel", None) if g else None
        found: Translations | NullTranslations | None = getattr(context, "babel_translations", None)
        if found is None:
            found = super().get_translations()
            if context is not None:
                context.babel_translations = found
        return found


class _Babel(Babel):
    """With that catalogue."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The one catalogue of this app."""
        return _Catalogue()


def prepare(app: Flask) -> None:
    """Set Babel up on the app; translations stand in app/translations."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    _Babel().init_app(app, locale_selector=choose)


def choose() -> str:
    """The language of this answer."""
    if not has_request_context():
        return "en"
    chosen = g.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES) or "en"
