"""What is stored about the house, by name: read with a default, written in the caller's session."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.instance.tables import InstanceSettingRow


def get(session: Session, name: str, default: Any = None) -> Any:
    """A fact, or the default where it was never set."""
    row = session.get(InstanceSettingRow, name)
    return default if row is None else row.value


def many(session: Session, names: tuple[str, ...]) -> dict[str, Any]:
    """The facts of these names that were set."""
    rows = session.scalars(select(InstanceSettingRow).where(InstanceSettingRow.name.in_(names)))
    return {row.name: row.value for row in rows}


def put(session: Session, name: str, value: Any, now: datetime) -> None:
    """Set a fact."""
    session.merge(InstanceSettingRow(name=name, value=value, set_at=now))
