"""How long kinds of cases take, in the planner's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import format_decimal
from flask_babel import gettext as _

from app.reviewing.planner import Planned
from app.web import choices, labels
from app.web.review import words
from app.web.review.planner_curves import number
from moderation.planning.paces import By, Group
from moderation.values import CaseOrigin

FEWEST: Final = 5
"""Cases of a group that is shown: fewer say nothing, or how fast somebody is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of case: how many were measured, their middle in seconds, and what is reckoned with."""

    name: str
    cases: str
    seconds: str
    factor: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said of the time that cases take. `in_hand` is empty where too few were measured."""

    all: str
    in_hand: str
    tables: tuple[tuple[str, tuple[Row, ...]], ...]


def of(found: Planned | None) -> Shown | None:
    """None for a house that is described: its seconds are one of its numbers."""
    if found is None or found.known is None:
        return None
    paces = found.known.paces
    tables = tuple(
        (heading, tuple(_row(each) for each in paces.groups if each.by is by and each.cases >= FEWEST))
        for by, heading in _headings().items()
    )
    return Shown(
        number(found.known.busy_seconds),
        number(paces.mean) if paces.cases else "",
        tuple((heading, rows) for heading, rows in tables if rows),
    )


def _headings() -> dict[By, str]:
    return {By.ORIGIN: _("Origin"), By.LABEL: _("Label"), By.LANGUAGE: _("Language")}


def _row(group: Group) -> Row:
    return Row(
        _name(group), format_decimal(group.cases), number(group.median), f"× {format_decimal(round(group.factor, 2))}"
    )


def _name(group: Group) -> str:
    if not group.word:
        return _("without")
    if group.by is By.ORIGIN:
        return words.origin(CaseOrigin(group.word))
    return labels.kind(group.word) if group.by is By.LABEL else choices.language_name(group.word)
