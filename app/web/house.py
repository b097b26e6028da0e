"""What the pages say of this house: its name, its words, its rules, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from flask_babel import get_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.instance.tables import InstanceSettingRow, RuleRow
from app.services import Services

_NAMES = ("title", "description", "contact", "public_timelines")


@dataclass(frozen=True)
class House:
    """The instance in words. `open_timelines`: whether visitors may read the public timelines."""

    title: str
    domain: str
    description: str
    contact: str
    open_timelines: bool
    trial: bool


@dataclass(frozen=True)
class Rule:
    """One rule of the house; `number` is what decisions and reports call it."""

    id: int
    number: int
    text: str
    hint: str


def describe(services: Services) -> House:
    """This house, asked of the database once a request."""
    if "house" not in g:
        with services.db.read() as session:
            g.house = _describe(session, services)
    found: House = g.house
    return found


def _describe(session: Session, services: Services) -> House:
    rows = session.scalars(select(InstanceSettingRow).where(InstanceSettingRow.name.in_(_NAMES)))
    said = {row.name: row.value for row in rows}
    return House(
        title=str(said.get("title") or "ostiary"),
        domain=services.settings.domain,
        description=str(said.get("description") or ""),
        contact=str(said.get("contact") or ""),
        open_timelines=said.get("public_timelines") is not False,
        trial=services.settings.trial,
    )


def rules(session: Session) -> list[Rule]:
    """The rules in force, in order."""
    query = select(RuleRow).where(RuleRow.retired_at.is_(None)).order_by(RuleRow.position, RuleRow.id)
    return [_rule(row, number) for number, row in enumerate(session.scalars(query), start=1)]


def _rule(row: RuleRow, number: int) -> Rule:
    french = str(get_locale() or "en").startswith("fr")
    text = row.text_fr if french else row.text_en
    hint = row.hint_fr if french else row.hint_en
    return Rule(row.id, number, text or row.text_en or row.text_fr, hint or "")
