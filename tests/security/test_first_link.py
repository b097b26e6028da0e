"""The link that makes the admin: the one that is printed works, once, and makes nothing else; invitations make no admin."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts import invitations
from app.accounts.tables import AccountRow, InvitationRow, Role
from app.database import migrate
from app.services import Services
from tests.app.web.conftest import Town
from workers.prepare import prepare

FORM = {"username": "ada", "email": "ada@mail.example", "password": "a long enough password", "agreement": "1"}


@pytest.fixture(autouse=True)
def migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's database has its tables already."""
    monkeypatch.setattr(migrate, "upgrade", lambda _db: None)


def printed(services: Services) -> list[str]:
    """The paths of the links that a start prints."""
    said: list[str] = []
    prepare(services, said.append)
    return re.findall(r"https://ostiary\.example(/\S+)", " ".join(said))


def admins(services: Services) -> list[str]:
    """Who runs the house."""
    with services.db.read() as session:
        rows = session.scalars(select(AccountRow).where(AccountRow.role == Role.ADMIN))
        return [row.email for row in rows]


@pytest.mark.one_database
def test_the_printed_link_makes_the_admin_once(town: Town) -> None:
    (old,), (link,) = printed(town.services), printed(town.services)
    assert town.visitor().get(old).status_code == 404  # a later start's link is the only one
    visitor = town.visitor()
    assert visitor.post(link, **FORM).status_code == 302
    assert admins(town.services) == ["ada@mail.example"]
    second = town.visitor()
    token = second.token("/sign-in")
    answer = second.post(link, on="/sign-in", **FORM | {"username": "mallory", "email": "m@mail.example"})
    assert token and answer.status_code == 404
    assert admins(town.services) == ["ada@mail.example"]
    assert printed(town.services) == []


@pytest.mark.one_database
@pytest.mark.parametrize("trial", [True, False])
def test_the_admin_needs_a_second_factor_but_on_a_trial(town: Town, trial: bool) -> None:
    object.__setattr__(town.services.settings, "trial", trial)
    (link,) = printed(town.services)
    visitor = town.visitor()
    assert visitor.post(link, **FORM).status_code == 302
    assert visitor.get("/review").status_code == (200 if trial else 302)


@pytest.mark.one_database
def test_each_link_is_good_for_its_own_purpose(town: Town) -> None:
    (link,) = printed(town.services)
    first = link.rpartition("/")[2]
    visitor = town.visitor()
    assert visitor.post(f"/sign-up?invitation={first}", on="/sign-in", **FORM).status_code == 403
    assert admins(town.services) == []
    lea = town.member("lea", Role.LEAD)
    invitation = invitations.invite(town.services, lea)
    assert visitor.post(f"/welcome/{invitation}", on="/sign-in", **FORM).status_code == 403
    assert admins(town.services) == []


@pytest.mark.one_database
def test_nobody_signs_up_before_there_is_an_admin(town: Town) -> None:
    assert town.visitor().post("/sign-up", on="/sign-in", **FORM).status_code == 403


def test_links_are_stored_as_hashes(services: Services) -> None:
    token = invitations.first_admin_link(services)
    assert token is not None
    with services.db.read() as session:
        rows = session.scalars(select(InvitationRow)).all()
        assert [row.token_hash == token for row in rows] == [False]
