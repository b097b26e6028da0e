"""A house whose sign-ups are closed, and what it wrote to those before its door."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.database.engine import Database
from app.doors import choices
from app.doors.choices import Choices
from app.doors.hand import Hand
from app.notifications.tables import MailRow
from app.services import Services
from app.settings import Registration
from tests.app import people
from tests.support.services import make_services, make_settings

ADA = Hand("ada", None)
ALL = Choices(waiting_list=True, organisations=True, others=True)
Mails = Callable[[str], Sequence[MailRow]]


@pytest.fixture
def mode() -> Registration:
    """Who may sign up; tests set another."""
    return Registration.CLOSED


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock, mode: Registration) -> Services:
    """That house."""
    settings = replace(make_settings(tmp_path, db), registration=mode)
    return make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)


@pytest.fixture
def boss(services: Services) -> AccountRow:
    """Its admin: before there is one nothing is offered."""
    return people.member(services, "boss", Role.ADMIN)


@pytest.fixture
def helpful(services: Services, boss: AccountRow) -> Services:
    """The house with everything switched on."""
    choices.choose(services, ADA, ALL)
    return services


@pytest.fixture
def mails(services: Services) -> Mails:
    """Letters to an address that wait to be sent, oldest first."""

    def to(email: str) -> Sequence[MailRow]:
        with services.db.read() as session:
            return session.scalars(select(MailRow).where(MailRow.to == email).order_by(MailRow.id)).all()

    return to


def link(mail: MailRow, path: str) -> str:
    """The token of a letter's link to a path."""
    found = re.search(rf"/{path}/(\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]


def invited_by(mail: MailRow) -> str:
    """The token of a letter's invitation."""
    found = re.search(r"/sign-up\?invitation=(\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]
