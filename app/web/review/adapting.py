"""The policy's part about lines that go up by themselves: its fields, what was changed in them, what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _

from app.web import forms
from app.web.review.number_field import Field
from moderation.policy import parsing
from moderation.policy.values import Adapt, Policy

NUMBERS: Final = ("minutes", "logits", "hours")
NAMES: Final = ("adapt_on", *(f"adapt_{name}" for name in NUMBERS))


@dataclass(frozen=True, slots=True)
class Adapting:
    """The part as the page shows it. `until` is set while lines are up."""

    on: bool
    fields: tuple[Field, ...]
    until: datetime | None


def shown(policy: Policy, now: datetime) -> Adapting:
    """As it is."""
    of, words = policy.adapt, _words()
    fields = tuple(
        Field(f"adapt_{name}", words[name], f"{getattr(of, name):g}", *parsing.bounds(f"adapt.{name}"))
        for name in NUMBERS
    )
    running = policy.adapted is not None and policy.adapt.on and now < policy.adapted.until
    return Adapting(of.on, fields, policy.adapted.until if running and policy.adapted else None)


def changes(before: Adapt) -> dict[str, Any]:
    """What was typed and differs, as a part of a document."""
    found: dict[str, Any] = {}
    on = forms.line("adapt_on", 20)
    if on and on != _yes(before.on):
        found["on"] = on == "yes"
    for name in NUMBERS:
        typed = forms.line(f"adapt_{name}", 20)
        if typed and typed != f"{getattr(before, name):g}":
            found[name] = forms.as_decimal(typed)
    return {"adapt": found} if found else {}


def said(changed: Mapping[str, Any]) -> list[str]:
    """Each change in words."""
    words = {"on": _("lines go up by themselves"), **_words()}
    values = {True: _("yes"), False: _("no")}
    return [
        _("%(what)s: %(value)s", what=words[name], value=values[value] if isinstance(value, bool) else f"{value}")
        for name, value in changed.get("adapt", {}).items()
    ]


def _yes(on: bool) -> str:
    return "yes" if on else "no"


def _words() -> dict[str, str]:
    return {
        "minutes": _("When what is held would wait for more minutes than"),
        "logits": _("By how many logits at most (1 makes .73 of .50, .96 of .90)"),
        "hours": _("For so many hours at a time"),
    }
