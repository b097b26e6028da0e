"""The domain is stored at the first start and never changes: every address that others know holds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import Database
from app.instance.tables import InstanceSettingRow
from app.services import Services
from app.settings import Settings, SettingsError

NAME = "domain"


def settle(services: Services) -> None:
    """Store the domain, or compare it with the stored one. Raises SettingsError when it is another."""
    with services.db.write() as session:
        row = session.get(InstanceSettingRow, NAME)
        if row is None:
            session.add(InstanceSettingRow(name=NAME, value=services.settings.domain, set_at=services.clock.now()))
            return
        stored = row.value
    if stored != services.settings.domain:
        raise SettingsError(
            f"this data belongs to {stored}, and a domain can never change: OSTIARY_DOMAIN is"
            f" {services.settings.domain} now; choose another data directory for it"
        )


def begun(session: Session) -> datetime | None:
    """When the house was started first; None before it was."""
    return session.scalar(select(InstanceSettingRow.set_at).where(InstanceSettingRow.name == NAME))


def of_trial(settings: Settings, db: Database) -> Settings:
    """A trial's settings with the domain that its data has: a command need not be told the port again."""
    if not settings.trial:
        return settings
    with db.read() as session:
        row = session.get(InstanceSettingRow, NAME)
    return settings if row is None else replace(settings, domain=row.value)
