"""What can be chosen in forms, in words: who may read a post, which language it is in."""

from __future__ import annotations

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from app.posts.terms import QuotePolicy
from moderation.values import Visibility

Choices = list[tuple[str, str]]
A_DAY = "86400"
LANGUAGES = (
    "ar", "bg", "bn", "br", "ca", "cs", "cy", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga",
    "gl", "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "mt", "nb", "nl", "nn", "oc", "pl", "pt",
    "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip


def visibilities() -> Choices:
    """Widest first."""
    return [
        (Visibility.PUBLIC.value, _("Everybody")),
        (Visibility.UNLISTED.value, _("Everybody, quietly")),
        (Visibility.FOLLOWERS.value, _("My followers")),
        (Visibility.DIRECT.value, _("Those I name")),
    ]


def poll_durations() -> Choices:
    """How long a poll is open, in seconds."""
    minutes, hours, days = 60, 3600, 86400
    return [
        (str(5 * minutes), ngettext("%(num)d minute", "%(num)d minutes", 5)),
        (str(30 * minutes), ngettext("%(num)d minute", "%(num)d minutes", 30)),
        (str(hours), ngettext("%(num)d hour", "%(num)d hours", 1)),
        (str(6 * hours), ngettext("%(num)d hour", "%(num)d hours", 6)),
        *[(str(n * days), ngettext("%(num)d day", "%(num)d days", n)) for n in (1, 3, 7, 30)],
    ]


def poll_seconds(given: str) -> str:
    """A duration that was sent; a day for what isn't one."""
    return given if given in {seconds for seconds, _words in poll_durations()} else A_DAY


def quote_policies() -> Choices:
    """Who may quote a post."""
    return [
        (QuotePolicy.PUBLIC.value, _("Everybody")),
        (QuotePolicy.FOLLOWERS.value, _("My followers")),
        (QuotePolicy.MANUAL.value, _("Whoever asks me first")),
        (QuotePolicy.NOBODY.value, _("Nobody but me")),
    ]


def quote_policy(given: str, otherwise: str = QuotePolicy.PUBLIC.value) -> QuotePolicy:
    """A choice that was sent; the fallback for what isn't one."""
    known = {one.value for one in QuotePolicy}
    return QuotePolicy(given if given in known else otherwise)


def languages() -> Choices:
    """Codes with their names in the reader's language, sorted; first: not said."""
    named = [(code, language_name(code)) for code in LANGUAGES]
    return [("", _("not said")), *sorted(named, key=lambda pair: pair[1].lower())]


def language_name(code: str) -> str:
    """In the reader's language; the code itself where it has no name there."""
    locale = get_locale()
    return str((locale.languages.get(code) if locale is not None else None) or code)


def visibility(given: str, otherwise: str = Visibility.PUBLIC.value) -> Visibility:
    """A choice that was sent; the fallback for what isn't one."""
    known = {one.value for one in Visibility}
    return Visibility(given if given in known else otherwise if otherwise in known else Visibility.PUBLIC.value)


def language(given: str) -> str | None:
    """A language that was sent; None for none, or one that isn't offered."""
    return given if given in LANGUAGES else None
