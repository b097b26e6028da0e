"""Why a film or sound isn't taken."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _


class Why(StrEnum):
    """As it stands in the row."""

    NONE = "no_recording"
    LONG = "recording_too_long"
    LARGE = "recording_too_large"
    COSTLY = "recording_too_costly"


class RefusedError(Exception):
    """It is refused for good. The text is for the log."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(text)
        self.why = why


def sentence(why: str) -> str:
    """The same for whoever sent it."""
    none = _("This file is no film or sound that can be shown here")
    return {
        Why.LONG.value: _("A film or sound lasts at most 10 minutes"),
        Why.LARGE.value: _("A film has at most 3840 × 2160 pixels and 120 pictures a second"),
        Why.COSTLY.value: _("This film or sound takes too long to prepare"),
    }.get(why, none)
