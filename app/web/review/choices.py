"""What can be chosen while deciding: warnings, what happens to an account, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _

from app.web import labels
from models.labels import LABELS
from moderation.values import Action

Choices = list[tuple[str, str]]
TERMS: Mapping[str, timedelta] = {
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
MEASURES: Mapping[str, Action] = {
    "warn": Action.WARN,
    "freeze": Action.FREEZE,
    "silence": Action.SILENCE,
    "disable": Action.DISABLE,
    "suspend": Action.SUSPEND,
}
"""What happens to accounts, mildest first."""
_ELSEWHERE = ("silence", "suspend")


def warnings() -> Choices:
    """The content warnings that this server sets."""
    return [(label, labels.warning(label)) for label in LABELS]


def measures(*, local: bool) -> Choices:
    """What can be done about an account; of other servers' accounts only what this server shows."""
    named = {
        "warn": _("Warn them in words; the post stays"),
        "freeze": _("Freeze until it is mended: the post is hidden, they can’t write"),
        "silence": _("Limit the account: only followers see it"),
        "disable": _("Lock the account: they can’t sign in"),
        "suspend": _("Suspend the account: nothing of it is shown here"),
    }
    return [(code, said) for code, said in named.items() if local or code in _ELSEWHERE]


def instead(*, local: bool, people: bool) -> Choices:
    """What can be decided in place of what was decided first."""
    posts = [
        ("label", _("Put it behind a warning")),
        ("limit", _("Take it off the public timelines")),
        ("remove", _("Remove it")),
    ]
    return [*posts, *(measures(local=local) if people else [])]


def terms() -> Choices:
    """For how long."""
    return [("", _("until somebody lifts it")), ("1d", _("a day")), ("7d", _("a week")), ("30d", _("30 days"))]
