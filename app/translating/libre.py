"""A translator that speaks LibreTranslate's API (https://docs.libretranslate.com/), through the house's own client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import orjson
import structlog
from flask_babel import gettext as _

from app.federation.wire.errors import BadStatusError, FetchError
from app.federation.wire.fetching import Fetched, Kind
from app.translating.values import Translated, TranslationError, UntranslatableError

log = structlog.get_logger()
MOST_LANGUAGES: Final = 500


class Asker(Protocol):
    """The part of the house's client that a translator needs: bounded in bytes and time."""

    def get(self, url: str, kind: Kind = ...) -> Fetched:
        """A document."""

    def post(self, url: str, body: bytes, kind: Kind = ...) -> Fetched:
        """The answer to a POST of JSON; redirects aren't followed."""


class LibreTranslate:
    """A Translator at an address that the admin named, perhaps with a key."""

    def __init__(self, url: str, key: str, asker: Asker) -> None:
        self._url, self._key, self._asker = url.rstrip("/"), key, asker
        self._provider = urlsplit(url).hostname or "LibreTranslate"

    def translate(self, texts: Sequence[str], source: str | None, target: str, *, html: bool = False) -> Translated:
        """Ask for it. Raises TranslationError."""
        wanted: dict[str, Any] = {"q": list(texts), "source": source or "auto", "target": target}
        wanted |= {"format": "html" if html else "text"} | ({"api_key": self._key} if self._key else {})
        try:
            answer = orjson.loads(self._asker.post(f"{self._url}/translate", orjson.dumps(wanted), Kind.JSON).body)
        except BadStatusError as error:
            raise _refused(error) if error.answered == HTTPStatus.BAD_REQUEST else _unavailable(error) from error
        except (FetchError, orjson.JSONDecodeError) as error:
            raise _unavailable(error) from error
        found = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(found, list) or len(found) != len(texts) or not all(isinstance(one, str) for one in found):
            raise _unavailable("an answer of another shape")
        return Translated(tuple(found), source or _guessed(answer.get("detectedLanguage")), self._provider)

    def languages(self) -> Mapping[str, tuple[str, ...]]:
        """Those that the service has now. Raises TranslationError."""
        try:
            answer = orjson.loads(self._asker.get(f"{self._url}/languages", Kind.JSON).body)
        except (FetchError, orjson.JSONDecodeError) as error:
            raise _unavailable(error) from error
        found = _languages(answer)
        if not found:
            raise _unavailable("no languages")
        return found


def _languages(answer: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(answer, list):
        return {}
    codes = [each["code"] for each in answer[:MOST_LANGUAGES] if isinstance(each, dict) and _is_code(each.get("code"))]
    found = {}
    for each in answer[:MOST_LANGUAGES]:
        if isinstance(each, dict) and _is_code(each.get("code")):
            targets = each.get("targets")
            into = [one for one in targets if _is_code(one)] if isinstance(targets, list) else codes
            found[each["code"]] = tuple(sorted(set(into) - {each["code"]}))
    return found


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and 2 <= len(value) <= 12 and value.replace("-", "").isalnum() and value.isascii()


def _guessed(value: Any) -> str:
    """What the service says of one text, or of each."""
    first = value[0] if isinstance(value, list) and value else value
    code = str(first.get("language")) if isinstance(first, dict) else ""
    return code if _is_code(code) else ""


def _refused(why: BadStatusError) -> UntranslatableError:
    log.info("translation_refused", error=str(why)[:200])
    return UntranslatableError(_("The translation service can’t translate this."))


def _unavailable(why: object) -> TranslationError:
    log.warning("translation_failed", error=str(why)[:200])
    return TranslationError(_("The translation service doesn’t answer. Try it later."))
