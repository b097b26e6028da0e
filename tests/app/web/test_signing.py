"""Signing up by the house's mode, in the browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from app.accounts import invitations, signup
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.database.engine import Database
from app.factory import create_app
from app.services import Services
from app.settings import Registration
from tests.app.web.conftest import PASSWORD, Town
from tests.support.services import make_services, make_settings

pytestmark = pytest.mark.one_database
FORM = {
    "username": "chloe",
    "email": "chloe@mail.example",
    "password": PASSWORD,
    "reason": "I like it",
    "agreement": "1",
}


@pytest.fixture
def mode() -> Registration:
    """Who may sign up; tests set another."""
    return Registration.OPEN


@pytest.fixture
def services(tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock, mode: Registration) -> Services:
    """A house with that mode."""
    settings = replace(make_settings(tmp_path, db), registration=mode)
    return make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)


def account_of(town: Town, name: str) -> AccountRow | None:
    """The account, if it was made."""
    from sqlalchemy import select

    from app.accounts.tables import ActorRow

    with town.services.db.read() as session:
        return session.scalar(select(AccountRow).join(AccountRow.actor).where(ActorRow.username_lower == name))


def test_before_there_is_an_admin_nobody_can_sign_up(town: Town) -> None:
    assert "Nobody can sign up here" in town.visitor().page("/sign-up")


def test_an_open_house_takes_whoever_agrees_to_its_rules(town: Town, admin: AccountRow) -> None:
    visitor = town.visitor()
    page = visitor.page("/sign-up")
    assert "Be kind. No harassment, no threats." in page
    assert "Why would you like to be here?" not in page
    answer = visitor.post("/sign-up", **FORM)
    assert answer.status_code == 200
    assert "chloe@mail.example" in answer.text
    made = account_of(town, "chloe")
    assert made is not None
    assert made.approved_at is not None
    assert made.confirmed_at is None


def test_who_does_not_agree_to_the_rules_gets_no_account(town: Town, admin: AccountRow) -> None:
    answer = town.visitor().post("/sign-up", **{**FORM, "agreement": ""})
    assert answer.status_code == 422
    assert "agree to the rules" in answer.text
    assert account_of(town, "chloe") is None


def test_a_refused_form_keeps_what_was_typed_but_not_the_password(town: Town, admin: AccountRow) -> None:
    answer = town.visitor().post("/sign-up", **{**FORM, "email": "nonsense"})
    assert answer.status_code == 422
    assert 'value="chloe"' in answer.text
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("mode", [Registration.APPROVAL])
def test_a_house_that_approves_asks_why_and_tells_that_it_takes_a_person(town: Town, admin: AccountRow) -> None:
    visitor = town.visitor()
    assert "Why would you like to be here?" in visitor.page("/sign-up")
    assert "a person reads your application" in visitor.post("/sign-up", **FORM).text
    made = account_of(town, "chloe")
    assert made is not None
    assert made.approved_at is None
    assert visitor.post("/sign-in", name="chloe", password=PASSWORD).status_code == 403


@pytest.mark.parametrize("mode", [Registration.INVITE])
def test_a_house_by_invitation_lets_in_only_who_has_one(town: Town, admin: AccountRow) -> None:
    visitor = town.visitor()
    assert "takes an invitation" in visitor.page("/sign-up")
    path = "/sign-up?invitation=" + invitations.invite(town.services, admin)
    assert visitor.post(path, **FORM).status_code == 200
    assert account_of(town, "chloe") is not None
    assert visitor.get(path).status_code == 404, "it was good once"


@pytest.mark.parametrize("mode", [Registration.INVITE, Registration.CLOSED])
def test_a_form_sent_past_a_closed_page_is_refused(town: Town, admin: AccountRow) -> None:
    answer = town.visitor().post("/sign-up", on="/sign-in", **FORM)
    assert answer.status_code == 403
    assert account_of(town, "chloe") is None


@pytest.mark.parametrize("mode", [Registration.CLOSED])
def test_a_closed_house_says_so(town: Town, admin: AccountRow) -> None:
    assert "Nobody can sign up here" in town.visitor().page("/sign-up")


def test_looking_at_a_confirmation_link_confirms_nothing_pressing_does(town: Town, admin: AccountRow) -> None:
    visitor = town.visitor()
    visitor.post("/sign-up", **FORM)
    made = account_of(town, "chloe")
    assert made is not None
    from app.accounts import tokens

    path = "/sign-up/confirm/" + tokens.sign(town.services, signup.CONFIRM, [made.id, made.email_lower])
    visitor.page(path)
    assert account_of(town, "chloe").confirmed_at is None  # type: ignore[union-attr]
    assert "You can sign in now." in visitor.post(path).text
    visitor.sign_in("chloe")


def test_a_forged_confirmation_is_refused(town: Town, admin: AccountRow) -> None:
    assert town.visitor().post("/sign-up/confirm/forged", on="/sign-in").status_code == 422


def test_the_one_time_link_makes_the_admin_once(town: Town) -> None:
    path = "/welcome/" + (invitations.first_admin_link(town.services) or "")
    visitor = town.visitor()
    answer = visitor.post(path, username="ada", email="ada@mail.example", password=PASSWORD)
    assert answer.headers["Location"] == "/review/setup", "the first steps"
    assert "This server is yours" in visitor.page("/home")
    made = account_of(town, "ada")
    assert made is not None
    assert made.role is Role.ADMIN
    again = town.visitor().get(path)
    assert again.status_code == 404 and "This link was used" in again.text and "prints another link" in again.text


def test_an_invitation_is_no_admins_link(town: Town, admin: AccountRow) -> None:
    token = invitations.invite(town.services, admin)
    assert town.visitor().get("/welcome/" + token).status_code == 403


def test_a_house_behind_a_wall_shows_its_timelines_to_members_alone(
    tmp_path: Path, db: Database, redis: Redis, clock: FrozenClock
) -> None:
    settings = make_settings(tmp_path, db, secure_mode="on")
    services = make_services(tmp_path, db=db, redis=redis, clock=clock, settings=settings)
    town = Town(create_app(services), services)
    assert town.visitor().get("/public").headers["Location"] == "/sign-in?next=/public"
    assert town.visitor().get("/news/public").status_code == 404
