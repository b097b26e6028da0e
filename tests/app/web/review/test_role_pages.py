"""Admins give roles on a page; a role that is over opens nothing."""

from __future__ import annotations

from datetime import timedelta

from app.accounts.tables import AccountRow, Role
from tests.app.web.conftest import Town


def test_an_admin_gives_a_role_with_its_last_day_and_takes_it(town: Town, admin: AccountRow) -> None:
    ana = town.member("ana")
    ada, browser = town.at_home(admin), town.at_home(ana)
    day = (town.services.clock.now() + timedelta(days=9)).date()
    assert ada.post("/review/roles", name="@ana", role="reviewer", until=day.isoformat()).status_code == 302
    page = ada.page("/review/roles")
    assert "@ana is now: reviewer" in page
    assert "for good" in page
    assert browser.get("/home").status_code == 302  # signed out
    assert town.at_home(ana).get("/review").status_code == 200
    assert ada.post("/review/roles", name="ana", role="member").status_code == 302
    assert town.at_home(ana).get("/review").status_code == 403


def test_a_form_that_cannot_be_is_answered_on_the_page(town: Town, admin: AccountRow) -> None:
    ada = town.at_home(admin)
    for fields, status in (
        ({"name": "nobody", "role": "lead"}, 404),
        ({"name": "ada", "role": "king"}, 422),
        ({"name": "ada", "role": "member"}, 409),
        ({"name": "ada", "role": "admin", "until": "soon"}, 422),
        ({"name": "ada", "role": "admin", "until": "2001-01-01"}, 422),
    ):
        answer = ada.post("/review/roles", **fields)
        assert answer.status_code == status, fields
        assert 'role="alert"' in answer.text


def test_a_role_that_is_over_opens_nothing_at_once(town: Town) -> None:
    mo = town.member("mo", Role.MODERATOR)
    browser = town.at_home(mo)
    assert browser.get("/review").status_code == 200
    with town.services.db.write() as session:
        session.get_one(AccountRow, mo.id).role_until = town.services.clock.now()
    for place in ("/review", "/review/signups", "/review/decided"):
        assert browser.get(place).status_code == 403, place
