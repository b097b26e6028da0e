"""Announcements on pages: written by an admin, shown above each member's home until they have read it."""

from __future__ import annotations

import pytest

from app.accounts.tables import Role
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database


def test_an_announcement_stands_above_home_until_it_is_read(town: Town) -> None:
    admin = town.at_home(town.member("ada", Role.ADMIN))
    ana = town.at_home(town.member("ana"))
    assert admin.post("/review/announcements", text="We move <tonight>").status_code == 302
    assert "We move <tonight>" in ana.page("/home") and "We move" not in town.visitor().page("/about")
    number = admin.page("/review/announcements").split('id="announcement-')[1].split('"')[0]
    assert ana.post(f"/announcements/{number}/read", on="/home").status_code == 302
    assert "We move" not in ana.page("/home")
    assert admin.post(f"/review/announcements/{number}/end", on="/review/announcements").status_code == 302
    assert "over" in admin.page("/review/announcements") and "Ended an announcement" in admin.page("/review/log")


def test_a_plan_that_can_t_be_keeps_what_was_typed(town: Town) -> None:
    admin = town.at_home(town.member("ada", Role.ADMIN))
    for fields in ({"from": "soon"}, {"until": "2020-01-01T10:00"}):
        answer = admin.post("/review/announcements", text="We move", **fields)
        assert answer.status_code == 422 and ">We move</textarea>" in answer.text
    assert admin.post("/review/announcements", text="We move", **{"from": "2030-01-01T10:00"}).status_code == 302
    page = admin.page("/review/announcements")
    assert "planned" in page and "Jan 1, 2030, 10:00" in page and "We move" not in admin.page("/home")
