"""Private data behind glass: for leads and admins, for a reason, for a quarter of an hour, and never in secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from moderation.log import chain
from tests.app.people import again
from tests.app.web.conftest import Town, Visitor
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
PAGE = "/review/private"
WHY = "The police ask in writing, file 12/34"
MAIL = "ana@mail.example"


def breaks(visitor: Visitor, name: str = "ana", reason: str = WHY) -> int:
    return visitor.post(PAGE, name=name, reason=reason).status_code


def wait(town: Town, minutes: int) -> None:
    assert isinstance(town.services.clock, FrozenClock)
    town.services.clock.move(timedelta(minutes=minutes))


def test_behind_the_glass_for_a_quarter_of_an_hour(town: Town, lea: Visitor, ana: AccountRow) -> None:
    town.at_home(ana).page("/home")
    assert MAIL not in lea.page(f"{PAGE}/ana") and MAIL not in lea.page(PAGE)
    assert breaks(lea) == 302
    page = lea.page(f"{PAGE}/ana")
    assert MAIL in page and "127.0.0.1" in page
    assert lea.get(f"{PAGE}/ana").headers["Cache-Control"] == "no-store"
    wait(town, 14)
    assert MAIL in lea.page(f"{PAGE}/ana")
    wait(town, 1)
    assert MAIL not in lea.page(f"{PAGE}/ana")


def test_it_opens_one_account_to_one_person(town: Town, lea: Visitor, ana: AccountRow, ben: AccountRow) -> None:
    ada = town.at_home(town.member("ada", Role.ADMIN))
    breaks(lea)
    assert "ben@mail.example" not in lea.page(f"{PAGE}/ben")
    assert MAIL not in ada.page(f"{PAGE}/ana")


def test_others_read_who_looked_and_why_and_so_does_the_log(town: Town, lea: Visitor, ana: AccountRow) -> None:
    ada = town.at_home(town.member("ada", Role.ADMIN))
    assert "looked at private data" not in ada.page("/review/start")
    breaks(lea)
    page = ada.page(PAGE)
    assert "@lea → @ana" in page and WHY in page and MAIL not in page
    assert "looked at private data" in ada.page("/review/start")
    assert "looked at private data" not in lea.page("/review/start"), "one’s own are no news"
    log = ada.page("/review/log?verb=private_data_opened")
    assert WHY in log and "Broke the glass" in log
    with town.services.db.read() as session:
        assert chain.verify(session) is None


@pytest.mark.parametrize("reason", ["", "because", " " * 40])
def test_it_takes_a_reason(lea: Visitor, ana: AccountRow, reason: str) -> None:
    assert breaks(lea, reason=reason) == 422
    assert MAIL not in lea.page(f"{PAGE}/ana")


def test_nobody_looks_at_themselves_or_at_their_own_rank_and_above(town: Town, lea: Visitor) -> None:
    for name, role in (("otto", Role.LEAD), ("ada", Role.ADMIN), ("kit", Role.CHILD_SAFETY)):
        town.member(name, role)
        assert breaks(lea, name) == 403
    assert breaks(lea, "lea") == 403 and breaks(lea, "nobody") == 404
    town.member("mo", Role.MODERATOR)
    assert breaks(lea, "mo") == 302


def test_a_role_that_is_lost_closes_it_at_once(town: Town, ana: AccountRow) -> None:
    lena = town.member("lena", Role.LEAD)
    browser = town.at_home(lena)
    breaks(browser)
    with town.services.db.write() as session:
        session.get_one(AccountRow, lena.id).role = Role.MODERATOR
    assert browser.get(f"{PAGE}/ana").status_code == 403


def test_the_admin_api_tells_it_while_it_is_open_and_not_else(town: Town, ana: AccountRow) -> None:
    lena, mo = town.member("lena", Role.LEAD), town.member("mo", Role.MODERATOR)
    town.at_home(ana).page("/home")
    one, everybody = f"/api/v1/admin/accounts/{ana.id}", "/api/v1/admin/accounts?local=true"
    leads, moderators = Caller(town, lena), Caller(town, mo)
    for caller in (leads, moderators):
        for path in (one, everybody):
            status, text = caller.send("GET", path)
            assert status == 200 and MAIL not in text and "127.0.0.1" not in text
    breaks(town.at_home(again(town.services, lena)))
    assert MAIL in leads.send("GET", one)[1] and "127.0.0.1" in leads.send("GET", one)[1]
    assert MAIL not in moderators.send("GET", one)[1]
    wait(town, 15)
    assert MAIL not in leads.send("GET", one)[1]


def test_finding_accounts_by_what_is_private_is_for_leads_and_logged(town: Town, lea: Visitor, ana: AccountRow) -> None:
    mo, lena = Caller(town, town.member("mo", Role.MODERATOR)), Caller(town, town.member("lena", Role.LEAD))
    for asked in ("email=ana@mail.example", "ip=127.0.0.1"):
        assert mo.send("GET", f"/api/v1/admin/accounts?{asked}")[0] == 403
        assert lena.send("GET", f"/api/v1/admin/accounts?{asked}")[0] == 200
    log = lea.page("/review/log?verb=private_data_searched")
    assert "by:mail" in log and "by:address" in log and MAIL not in log
