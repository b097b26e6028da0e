"""Moderation's own metadata: it refers to the app's things by URI, never by foreign key."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class ModerationBase(DeclarativeBase):
    """What every table of moderation derives from."""

    metadata = MetaData(naming_convention=NAMING)
