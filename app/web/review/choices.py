"""What can be chosen while deciding: warnings, what happens to an account, for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext as _

from app.errors import InvalidError
from app.web import forms, labels
from models.labels import LABELS
from moderation import warnings as moderation_warnings
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
    """What a label puts before a post: the fixed warnings, or nothing but a mark on its media."""
    marked = (moderation_warnings.SENSITIVE, _("nothing: only its pictures, films and sounds are marked as sensitive"))
    return [*((label, labels.warning(label)) for label in LABELS), marked]


def warning(panel: str = "") -> str | None:
    """The warning that a form asks for: one's own words before a fixed one; None for the case's label.

    Raises InvalidError for too many words.
    """
    own = forms.line(f"warning_words{panel}", moderation_warnings.LONGEST + 1)
    if len(own) > moderation_warnings.LONGEST:
        most = moderation_warnings.LONGEST
        raise InvalidError(_("A warning has at most %(count)s characters.", count=most), code="warning_too_long")
    if own:
        return moderation_warnings.own(own)
    chosen = forms.line(f"warning{panel}", 40)
    return chosen if chosen in dict(warnings()) else None


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
