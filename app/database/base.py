"""The app's metadata. The app's tables may refer to moderation's, never the reverse."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from moderation.base import NAMING


class AppBase(DeclarativeBase):
    """What every table of the app derives from."""

    metadata = MetaData(naming_convention=NAMING)
