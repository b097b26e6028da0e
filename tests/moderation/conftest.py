"""A house with its database open for writing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from app.database.engine import Database
from tests.moderation.cast import House


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One long write; nothing of it is committed."""
    with Session(db._writing, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def house(session: Session) -> House:
    """A house."""
    return House(session)
