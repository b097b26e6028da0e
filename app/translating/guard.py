"""What keeps a slow or broken translator from tying up our own threads: one question at a time, and none for a minute
after it failed. All processes know of it, by Redis; without that nobody is kept back.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import orjson
import structlog
from flask_babel import gettext as _
from redis import Redis
from redis.exceptions import RedisError

from app.translating.values import Translated, TranslationError, Translator, UntranslatableError

log = structlog.get_logger()
RESTS_SECONDS: Final = 60
"""So long nobody asks after it failed."""
LONGEST_SECONDS: Final = 60
"""More than a post's two questions take: then another may ask although nobody said that they are over."""
LANGUAGES_KEPT_SECONDS: Final = 600
_FAILED: Final = "ostiary:translator:failed"
_ASKING: Final = "ostiary:translator:asking"
_LANGUAGES: Final = "ostiary:translator:languages"


class Guarded:
    """A Translator that asks another one, at its turn; for one request. Raises TranslationError at once where it isn't
    that."""

    def __init__(self, translator: Translator, redis: Redis) -> None:
        self._translator, self._redis, self._has_turn = translator, redis, False

    def translate(self, texts: Sequence[str], source: str | None, target: str, *, html: bool = False) -> Translated:
        """Ask for it. Raises TranslationError."""
        with self.turn():
            return self._translator.translate(texts, source, target, html=html)

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """Those that it has, asked at most every ten minutes. Raises TranslationError."""
        kept = self._get(_LANGUAGES)
        if kept is not None:
            return {source: tuple(targets) for source, targets in orjson.loads(kept).items()}
        with self.turn():
            found = self._translator.languages()
        self._set(_LANGUAGES, orjson.dumps(found).decode(), LANGUAGES_KEPT_SECONDS)
        return found

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For several questions that belong together: within it nothing else is waited for. Raises TranslationError."""
        if self._has_turn:
            yield
            return
        if self._get(_FAILED) is not None:
            raise TranslationError(_("The translation service doesn’t answer. Try it later."))
        mine = secrets.token_hex(8)
        if not self._set(_ASKING, mine, LONGEST_SECONDS, only_new=True):
            raise TranslationError(_("The translation service is busy. Try it again in a moment."))
        self._has_turn = True
        try:
            yield
        except UntranslatableError:
            raise  # nobody else is kept from asking because somebody asked for what there isn't
        except TranslationError:
            self._set(_FAILED, "1", RESTS_SECONDS)
            raise
        finally:
            self._has_turn = False
            if self._get(_ASKING) == mine:
                self._forget(_ASKING)

    def _get(self, key: str) -> str | None:
        try:
            found = self._redis.get(key)
        except RedisError as error:
            log.warning("translator_unguarded", error=str(error))
            return None
        return found.decode() if isinstance(found, bytes) else found

    def _set(self, key: str, value: str, seconds: int, *, only_new: bool = False) -> bool:
        """Whether it was; also where the store is away."""
        try:
            return bool(self._redis.set(key, value, ex=seconds, nx=only_new))
        except RedisError as error:
            log.warning("translator_unguarded", error=str(error))
            return True

    def _forget(self, key: str) -> None:
        try:
            self._redis.delete(key)
        except RedisError as error:
            log.warning("translator_unguarded", error=str(error))
