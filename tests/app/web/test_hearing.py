"""Who moderates chooses in the settings of what they are told."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow, Role
from app.notifications import staff
from tests.app.web.conftest import Town

PAGE = "/settings"


@pytest.mark.one_database
def test_a_moderator_switches_off_what_they_don_t_want_to_hear(town: Town, ana: AccountRow) -> None:
    moderator = town.member("mia", Role.MODERATOR)
    mia = town.at_home(moderator)
    assert "As somebody who moderates" in mia.get(PAGE).text
    assert mia.post(f"{PAGE}/hearing", on=PAGE, sign_ups="1").status_code == 302
    with town.services.db.read() as session:
        assert staff.hears(session, moderator.id) == {"reports": False, "sign_ups": True}
    member = town.at_home(ana)
    assert "As somebody who moderates" not in member.get(PAGE).text
    assert member.post(f"{PAGE}/hearing", on=PAGE, sign_ups="1").status_code == 403
