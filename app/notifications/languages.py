"""Translations for what is written outside of a request: mails, in the language of whom they go to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parents[1] / "translations"
LOCALES = ("en", "fr")


class Translate(Protocol):
    """English in, the reader's language out; then filled in with `%`."""

    def __call__(self, message: str, /) -> str:
        """The message in the reader's language."""


def translator(locale: str) -> Translate:
    """What translates into a locale; English where there's no catalogue for it."""
    return _catalogue(normal(locale)).gettext


def normal(locale: str) -> str:
    """One of LOCALES: `fr-CA` is `fr`, what we don't speak is `en`."""
    language = locale.lower().replace("_", "-").partition("-")[0]
    return language if language in LOCALES else "en"


@cache
def _catalogue(locale: str) -> NullTranslations:
    return Translations.load(str(FOLDER), [locale])
