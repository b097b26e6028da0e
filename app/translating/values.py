"""What a translator is, whoever it is: the Protocol, its values, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from app.errors import UnavailableError

MOST_CHARACTERS: Final = 5_000
"""Of everything that is translated at once: what an ordinary machine does in a few seconds."""


def bare_language(language: str) -> str:
    """A language without its script and country, as services know it: `fil-PH` is `fil`."""
    return language.replace("_", "-").split("-", maxsplit=1)[0].lower()


@dataclass(frozen=True, slots=True)
class Translated:
    """The texts in their order, and the language that they were in; empty where the translator doesn't say."""

    texts: tuple[str, ...]
    source: str
    provider: str


class TranslationError(UnavailableError):
    """The translator doesn't answer, or not so that it can be used. Its text is for people."""

    code = "translation_unavailable"


class UntranslatableError(TranslationError):
    """The translator works, and refuses this: a language that it doesn't have, say."""

    status = 422
    code = "untranslatable"


class Translator(Protocol):
    """Something that translates."""

    def translate(self, texts: Sequence[str], source: str | None, target: str, *, html: bool = False) -> Translated:
        """Plain texts, or pieces of HTML, into a language; without a source it is guessed. Raises TranslationError."""

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """From which languages into which. Raises TranslationError."""
