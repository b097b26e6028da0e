"""What the pages say of this house: its name, its words, its rules, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g
from flask_babel import get_locale
from sqlalchemy.orm import Session

from app.instance import house as instance
from app.instance import rules as instance_rules
from app.instance.house import House
from app.instance.tables import RuleRow
from app.services import Services


@dataclass(frozen=True)
class Rule:
    """One rule of the house; `number` is what people call it."""

    id: int
    number: int
    text: str
    hint: str
    original: str
    """Its English, by which a rule that the house began with is known."""
    good: str = ""
    bad: str = ""
    """Examples of what is fine, and of what isn't."""
    category: str = ""
    about: tuple[str, ...] = ()
    """Of which labels cases find it preselected."""


def describe(services: Services) -> House:
    """This house, asked of the database once a request."""
    if "house" not in g:
        with services.db.read() as session:
            g.house = instance.house(session, services.settings)
    found: House = g.house
    return found


def is_open(services: Services) -> bool:
    """Whether visitors may read the public timelines: not where everything asks who is there."""
    return not services.settings.secure_mode


def rules(session: Session) -> list[Rule]:
    """The rules in force, in order."""
    return read(instance_rules.rules(session))


def read(rows: Sequence[RuleRow]) -> list[Rule]:
    """Rules in the reader's language, in this order."""
    locale = str(get_locale() or "en")
    return [
        Rule(
            row.id,
            number,
            instance_rules.text_in(row, locale),
            instance_rules.hint_in(row, locale),
            row.text_en,
            *instance_rules.examples_in(row, locale),
            row.category,
            tuple(row.labels.split()),
        )
        for number, row in enumerate(rows, start=1)
    ]
