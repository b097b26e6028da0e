"""From where members come: kept a while, told to who broke the glass alone, gone with the member."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts import addresses, signup
from app.accounts.signup import SignUp
from app.accounts.tables import Role, SeenAddressRow
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.factory import create_app
from app.lifecycle import leaving
from app.reviewing import private
from app.services import Services
from app.settings import Registration
from tests.app.mastodon.people import Person, sign_in

ACCOUNTS = "/api/v1/admin/accounts"


@pytest.fixture
def http(services: Services) -> FlaskClient:
    """A client."""
    return create_app(services).test_client(use_cookies=False)


@pytest.fixture
def mia(http: FlaskClient, services: Services) -> Person:
    """A lead."""
    return sign_in(http, services, "mia", "read admin:read", role=Role.LEAD)


def comes(person: Person, address: str) -> None:
    """Somebody is here, from there."""
    answer = person.get("/api/v1/accounts/verify_credentials", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 200


def kept(services: Services) -> int:
    """How many are kept."""
    with services.db.read() as session:
        return session.scalar(select(func.count()).select_from(SeenAddressRow)) or 0


def opens(services: Services, lead: Person, account_id: int | str) -> None:
    """The glass is broken for one account."""
    private.break_glass(services, lead.account, int(account_id), "The same hand as last week?")


def test_who_broke_the_glass_is_told_from_where_somebody_comes_and_nobody_else(
    mia: Person, http: FlaskClient, services: Services, clock: FrozenClock
) -> None:
    ana = sign_in(http, services, "ana")
    comes(ana, "203.0.113.7")
    clock.move(timedelta(hours=7))
    comes(ana, "2001:db8::7")
    assert mia.read(f"{ACCOUNTS}/{ana.id}")["ip"] is None
    opens(services, mia, ana.id)
    mo = sign_in(http, services, "mo", "read admin:read", role=Role.MODERATOR)
    assert mo.read(f"{ACCOUNTS}/{ana.id}")["ip"] is None
    told = mia.read(f"{ACCOUNTS}/{ana.id}")
    assert told["ip"] == "2001:db8::7" and [each["ip"] for each in told["ips"]] == ["2001:db8::7", "203.0.113.7"]
    assert told["ips"][0]["used_at"] > told["ips"][1]["used_at"]
    assert [each["username"] for each in mia.read(f"{ACCOUNTS}?ip=203.0.113.7")] == ["ana"]
    assert mia.read(f"{ACCOUNTS}?ip=203.0.113.8") == []


def test_whoever_signs_up_leaves_an_address(mia: Person, services: Services) -> None:
    sign_up_open(services)
    form = SignUp("xeno", "x@mail.example", "a long enough pass phrase", agreement=True, address="198.51.100.9")
    account = signup.sign_up(services, form)
    opens(services, mia, account.id)
    assert mia.read(f"{ACCOUNTS}/{account.id}")["ip"] == "198.51.100.9"


def sign_up_open(services: Services) -> None:
    """An open house, with an admin."""
    sign_in(create_app(services).test_client(), services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)


def test_they_go_with_time_and_with_the_member(
    mia: Person, http: FlaskClient, services: Services, clock: FrozenClock
) -> None:
    ana, ben = (sign_in(http, services, name) for name in ("ana", "ben"))
    comes(ana, "203.0.113.7")
    clock.move(timedelta(days=31))
    comes(ben, "203.0.113.9")
    upkeep.purge(services)
    assert kept(services) == 1
    leaving.remove(services, ben.account.id)
    assert kept(services) == 0


def test_a_house_may_keep_none(mia: Person, http: FlaskClient, services: Services) -> None:
    object.__setattr__(services.settings, "address_days", 0)
    comes(sign_in(http, services, "ana"), "203.0.113.7")
    assert kept(services) == 0


def test_of_somebody_with_very_many_the_latest_are_kept(services: Services, mia: Person, clock: FrozenClock) -> None:
    for number in range(addresses.MOST + 5):
        clock.move(timedelta(minutes=1))
        with services.db.write() as session:
            addresses.note(session, services, mia.account.id, f"203.0.113.{number}")
    with services.db.read() as session:
        found = addresses.of(session, [mia.account.id])[mia.account.id]
    assert len(found) == addresses.MOST and found[0].address == f"203.0.113.{addresses.MOST + 4}"
