"""Lengths of time as sheets write them, hours and minutes, and months and amounts in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint
from flask_babel import format_datetime, get_locale
from flask_babel import gettext as _

from app.workforce import money
from moderation.workforce.reckoning import CORRECTION, DECISIONS
from moderation.workforce.spans import Month
from moderation.workforce.tables import StretchKind


def register(blueprint: Blueprint) -> None:
    """Make the filters known to the templates."""
    for each in (clock, month, weekday, shortday, kind, wall, amount):
        blueprint.add_app_template_filter(each)


def clock(length: timedelta | int) -> str:
    """`3:05`, of a length or of seconds; what is taken back has a minus."""
    seconds = length if isinstance(length, int) else round(length.total_seconds())
    minutes = round(abs(seconds) / 60)
    return f"{'−' if seconds < 0 and minutes else ''}{minutes // 60}:{minutes % 60:02d}"


def month(value: Month) -> str:
    """`November 2026`."""
    return str(format_date(value.first, "LLLL yyyy", locale=get_locale() or "en"))


def weekday(value: date) -> str:
    """`Monday 2 November`."""
    return str(format_date(value, "EEEE d MMMM", locale=get_locale() or "en"))


def shortday(value: date) -> str:
    """`Mon 2 Nov`."""
    return str(format_date(value, "EEE d MMM", locale=get_locale() or "en"))


def wall(at: datetime, place: str) -> str:
    """`14:05` by the clock of a place."""
    return str(format_datetime(at.astimezone(ZoneInfo(place)), "HH:mm", rebase=False))


def amount(minor: int, code: str) -> str:
    """`€25.50`."""
    return money.shown(minor, code)


def kind(what: str) -> str:
    """What time was spent on."""
    return {
        StretchKind.CASES.value: _("cases"),
        StretchKind.APPEALS.value: _("appeals"),
        StretchKind.TRAINING.value: _("training"),
        StretchKind.BREAK.value: _("breaks"),
        StretchKind.RELIEF.value: _("after grave cases"),
        DECISIONS: _("decisions"),
        CORRECTION: _("correction"),
    }[what]
