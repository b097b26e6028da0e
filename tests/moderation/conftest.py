"""A house with its database open for writing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from sqlalchemy.orm import Session

from app.database.engine import Database
from moderation.policy import store
from moderation.policy.document import DEFAULT
from tests.moderation.cast import House


@pytest.fixture(autouse=True)
def threats_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """These houses have threats hold, as an admin may after enough decisions: the gravest that a machine can hold."""
    document = deepcopy(DEFAULT)
    document["labels"]["violence"]["hold"] = "model"
    document["careful"]["hold"] = [*document["careful"]["hold"], "violence"]
    monkeypatch.setattr(store, "DEFAULT", document)


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One long write; nothing of it is committed."""
    with Session(db._writing, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def house(session: Session) -> House:
    """A house."""
    return House(session)
