"""Whom the house recommends: chosen by an admin on a page."""

from __future__ import annotations

import pytest

from app.accounts.tables import Role
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database


def test_an_admin_chooses_whom_the_house_recommends(town: Town) -> None:
    admin = town.at_home(town.member("ada", Role.ADMIN))
    town.member("kim")
    assert admin.post("/review/recommended", people="@kim").status_code == 302
    page = admin.page("/review/recommended")
    assert ">@kim</textarea>" in page and "Not suggested at the moment" in page
    wrong = admin.post("/review/recommended", people="@kim\n@nobody")
    assert wrong.status_code == 422 and "@nobody" in wrong.text and "@kim" in wrong.text
    assert "Chose whom the house recommends" in admin.page("/review/log")
