"""What somebody earned is theirs to read and print, also once their role has ended."""

from __future__ import annotations

import pytest

from app.accounts import roles
from app.accounts.tables import Role
from app.workforce import zone
from moderation.workforce import sheets
from tests.app.web.conftest import Town
from tests.app.web.review.test_time_and_pay import key, month_over, paid, worked

pytestmark = pytest.mark.one_database


def test_whose_role_has_ended_still_reads_and_prints_their_last_sheet(town: Town) -> None:
    rita = town.member("rita", Role.REVIEWER)
    paid(town, "rita")
    month = worked(town, "rita")
    month_over(town, month)
    with town.services.db.write() as session:
        sheets.approve(session, "rita", month, zone.of(session), "lea", town.services.clock.now())
    roles.give(town.services, rita.id, Role.MEMBER, by="lea")
    home = town.at_home(rita)
    assert home.get("/review/my-time").status_code == 403
    assert "/settings/sheets" in home.page("/settings")
    assert "approved, number 1" in home.page("/settings/sheets")
    page = home.page(f"/settings/sheets/{key(month)}")
    assert "Statement of time and pay" in page and "Total" in page and "12.25" in page
    assert "/review" not in page.split("<main", 1)[1].split("</main")[0]
    table = home.get(f"/settings/sheets/{key(month)}.csv")
    assert table.mimetype == "text/csv" and "rita" in table.text


def test_who_never_worked_here_has_none_and_nobody_reads_anothers(town: Town) -> None:
    town.member("rita", Role.REVIEWER)
    month = worked(town, "rita")
    ana = town.at_home(town.member("ana"))
    assert "/settings/sheets" not in ana.page("/settings")
    assert "Nothing yet" in ana.page("/settings/sheets")
    assert ana.get(f"/settings/sheets/{key(month)}").status_code == 404
    assert ana.get(f"/settings/sheets/{key(month)}.csv").status_code == 404
    assert ana.get("/settings/sheets/nonsense").status_code == 404
    assert town.visitor().get("/settings/sheets").status_code == 302
