"""Ratings and machines' outcomes in words."""

from __future__ import annotations

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from moderation.quality.agreement import Agreement
from moderation.quality.ratings import Rating
from moderation.quality.readings import ENOUGH
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


def figure(one: Agreement) -> str:
    """Agreement beyond chance, in the reader's figures; a dash where too little was read to say anything."""
    return decimal(one.beyond_chance) if one.beyond_chance is not None and one.n >= ENOUGH else "–"


def interval(one: Agreement) -> str:
    """Where the true figure lies; empty where nothing is said."""
    if one.low is None or one.high is None or one.n < ENOUGH:
        return ""
    return f"{decimal(one.low)} … {decimal(one.high)}"


def percent(value: float) -> str:
    """A share in hundredths."""
    return str(format_percent(value, format="#,##0\u202f%"))


def fine_percent(value: float) -> str:
    """The same of a small share, with a tenth of one."""
    return str(format_percent(value, format="#,##0.0\u202f%"))


def amount(value: float) -> str:
    """An estimated number of posts: whole ones, but for the first few."""
    return str(format_decimal(round(value) if value >= 10 else round(value, 1)))


def decimal(value: float) -> str:
    """With two figures behind the comma."""
    return str(format_decimal(value, format="0.00"))


def machine(value: Outcome) -> str:
    """What machines did, of many posts."""
    return {
        Outcome.APPROVE: _("let in"),
        Outcome.LABEL: _("put behind a warning"),
        Outcome.LIMIT: _("taken off the public timelines"),
        Outcome.REJECT: _("refused"),
        Outcome.HOLD: _("held"),
    }[value]
