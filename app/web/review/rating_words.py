"""Ratings and machines' outcomes in words."""

from __future__ import annotations

from flask_babel import gettext as _

from moderation.quality.ratings import Rating
from moderation.values import Outcome


def rating(value: Rating | str) -> str:
    """What an answer amounts to."""
    return {
        Rating.KEEP: _("may stand"),
        Rating.LABEL: _("behind a warning"),
        Rating.LIMIT: _("off the public timelines"),
        Rating.REMOVE: _("removed"),
        Rating.ACCOUNT: _("about the account"),
    }[Rating(value)]


def machine(value: Outcome) -> str:
    """What machines did, of many posts."""
    return {
        Outcome.APPROVE: _("let in"),
        Outcome.LABEL: _("put behind a warning"),
        Outcome.LIMIT: _("taken off the public timelines"),
        Outcome.REJECT: _("refused"),
        Outcome.HOLD: _("held"),
    }[value]
