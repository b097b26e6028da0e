"""Reading the fields of a moderator's record, and of the terms beside them."""

from __future__ import annotations

from flask import request

from app.web import forms
from app.workforce import money
from models.labels import LABELS
from moderation.workforce.records import Record
from moderation.workforce.terms import Terms


def record(name: str) -> Record:
    """Everything but conflicts, whose handles are looked up. Raises ValueError for what is no number."""
    return Record(
        name,
        languages=tuple(sorted({each.lower() for each in words("languages", 200)})),
        skills=ticked("skill"),
        skips=ticked("skip"),
        heavy_a_day=number("heavy_a_day"),
        hours_a_week=number("hours_a_week"),
    )


def conflicts() -> tuple[str, ...]:
    """Domains and handles."""
    return words("conflicts", 20_000)


def terms(*, by_decision: bool) -> Terms | None:
    """Rates; None where none is given: a volunteer. Raises InvalidError."""
    hour, decision = forms.line("per_hour", 20), forms.line("per_decision", 20) if by_decision else ""
    if not hour and not decision:
        return None
    code = money.currency(forms.line("currency", 8))
    return Terms(code, money.read(hour, code), money.read(decision, code) if decision else None)


def words(name: str, most: int) -> tuple[str, ...]:
    """What is divided by commas, spaces and lines, each once."""
    return tuple(dict.fromkeys(forms.text(name, most).replace(",", " ").split()))


def ticked(name: str) -> tuple[str, ...]:
    """The boxes of this name."""
    return tuple(sorted(set(request.form.getlist(name)[: len(LABELS)])))


def number(name: str) -> int | None:
    """Nothing for an empty field. Raises ValueError."""
    return forms.number_if_any(name, 6)
