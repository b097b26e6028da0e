"""The house's macros: read, changed, emptied; each change stands in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError
from moderation.log import chain as log
from moderation.macros import values
from moderation.macros.tables import MacroRow
from moderation.macros.values import Macro

HOUSE = "house"
"""Who made those that a new house begins with."""


def macros(session: Session) -> list[Macro]:
    """Those that do something, by their keys."""
    rows = session.scalars(select(MacroRow).where(MacroRow.active).order_by(MacroRow.key))
    return [_macro(row) for row in rows]


def find(session: Session, key: int) -> Macro:
    """The macro of a key. Raises NotFoundError."""
    row = session.get(MacroRow, key)
    if row is None or not row.active:
        raise NotFoundError("no macro is on this key")
    return _macro(row)


def put(session: Session, macro: Macro, by: str, now: datetime) -> None:
    """Put a macro on its key, in place of what was there. Raises RefusedError."""
    values.require_good(macro)
    _store(session, macro, by, now)
    what = ", ".join(f"{each.action} {each.scope}" for each in macro.steps)
    said: dict[str, Any] = {"name": macro.name_en or macro.name_fr, "steps": what, "rule": macro.rule_id}
    said |= {"link_days": macro.link_days} if macro.link_days is not None else {}
    log.append(session, by, "macro_changed", f"macro:{macro.key}", said, now)


def empty(session: Session, key: int, by: str, now: datetime) -> None:
    """Let a key do nothing. Raises NotFoundError."""
    name = find(session, key).name_en
    row = session.get_one(MacroRow, key)
    row.active, row.changed_by, row.changed_at = False, by, now
    session.flush()
    log.append(session, by, "macro_emptied", f"macro:{key}", {"name": name}, now)


def seed(session: Session, wanted: Sequence[Macro], now: datetime) -> None:
    """Give a new house its macros; a house that ever had any keeps its own."""
    if session.scalar(select(func.count()).select_from(MacroRow)):
        return
    for macro in wanted:
        values.require_good(macro)
        _store(session, macro, HOUSE, now)


def _store(session: Session, macro: Macro, by: str, now: datetime) -> None:
    row = MacroRow(
        key=macro.key,
        active=True,
        name_en=macro.name_en,
        name_fr=macro.name_fr,
        text_en=macro.text_en,
        text_fr=macro.text_fr,
        rule_id=macro.rule_id,
        steps=values.as_json(macro.steps),
        link_days=macro.link_days,
        changed_by=by,
        changed_at=now,
    )
    session.merge(row)
    session.flush()


def _macro(row: MacroRow) -> Macro:
    steps = values.from_json(row.steps)
    return Macro(row.key, row.name_en, row.name_fr, row.text_en, row.text_fr, row.rule_id, steps, row.link_days)
