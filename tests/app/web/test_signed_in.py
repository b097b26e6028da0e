"""Where a member is signed in: browsers and programs, seen and ended by their owner, and worth nothing once ended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from app.accounts import browsers, credentials, families
from app.accounts.tables import AccountRow, BrowserSessionRow
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.errors import UnauthorizedError
from app.lifecycle import leaving
from app.oauth import tokens
from tests.app.people import PASSWORD
from tests.app.web.conftest import BASE, Town, Visitor

pytestmark = pytest.mark.one_database
PAGE = "/settings/signed-in"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)


def with_agent(town: Town, agent: str) -> Visitor:
    visitor = town.visitor()
    visitor.client.environ_base["HTTP_USER_AGENT"] = agent
    return visitor.sign_in("ana")


def copy(town: Town, visitor: Visitor) -> Visitor:
    """Somebody who copied every cookie of a browser."""
    thief = town.visitor()
    for cookie in visitor.client._cookies.values():
        thief.client.set_cookie(
            cookie.key, cookie.value, domain=cookie.domain, path=cookie.path, origin_only=cookie.origin_only
        )
    return thief


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/settings").status_code == 200


def test_a_copied_cookie_is_worth_nothing_once_its_owner_signed_out(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    thief = copy(town, home)
    assert is_in(thief)
    home.post("/sign-out", on="/settings")
    assert not is_in(home) and not is_in(thief)


def test_a_remembering_cookie_ends_with_its_session(town: Town, ana: AccountRow) -> None:
    home = town.visitor()
    home.post("/sign-in", name="ana", password=PASSWORD, remember="1")
    thief = copy(town, home)
    thief.client.delete_cookie("__Host-ostiary", domain="ostiary.example")
    assert any("remember" in cookie.key for cookie in thief.client._cookies.values())
    assert is_in(thief)
    home.post("/sign-out", on="/settings")
    assert not is_in(thief)


def test_the_page_lists_browsers_and_ends_one_of_them(town: Town, ana: AccountRow) -> None:
    here, phone = with_agent(town, FIREFOX), with_agent(town, PHONE)
    page = here.page(PAGE)
    assert "Firefox, Linux" in page and "Safari, iPhone" in page and page.count("this one") == 1
    assert "127.0.0.0/24" in page and "127.0.0.1" not in page
    other = re.findall(rf"{PAGE}/(\d+)/end\"(?:(?!/end).)*Safari, iPhone", page, re.DOTALL)[0]
    assert here.post(f"{PAGE}/{other}/end", on=PAGE).status_code == 302
    assert is_in(here) and not is_in(phone)
    assert "Safari" not in here.page(PAGE)


def test_ending_all_others_leaves_the_one_at_hand(town: Town, ana: AccountRow) -> None:
    here, there, elsewhere = (town.at_home(ana) for _ in range(3))
    here.post(f"{PAGE}/end-others", on=PAGE)
    assert "2 browsers are signed out" in here.page(PAGE)
    assert [is_in(each) for each in (here, there, elsewhere)] == [True, False, False]


def test_ending_the_one_at_hand_is_signing_out(town: Town, ana: AccountRow) -> None:
    here = town.at_home(ana)
    mine = re.search(rf"{PAGE}/(\d+)/end", here.page(PAGE))
    assert mine is not None
    assert here.post(f"{PAGE}/{mine[1]}/end", on=PAGE).headers["Location"] == "/"
    assert not is_in(here)


def test_nobody_ends_anothers(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    anas, bens = town.at_home(ana), town.at_home(ben)
    hers = re.search(rf"{PAGE}/(\d+)/end", anas.page(PAGE))
    assert hers is not None
    assert bens.post(f"{PAGE}/{hers[1]}/end", on=PAGE).status_code == 404
    assert is_in(anas)


def test_a_new_password_ends_all_but_the_browser_where_it_was_typed(town: Town, ana: AccountRow) -> None:
    here, there = town.at_home(ana), town.at_home(ana)
    thief = copy(town, here)
    here.post("/settings/password", on="/settings", old=PASSWORD, new="a whole new password")
    assert [is_in(each) for each in (here, there, thief)] == [True, False, False]


def test_a_sign_in_that_passes_by_a_change_of_the_password_is_none(town: Town, ana: AccountRow) -> None:
    credentials.set_password(town.services, ana, "a whole new password")
    with pytest.raises(UnauthorizedError):
        browsers.begin(town.services, ana, browsers.Said("", ""))


def test_signing_in_anew_ends_what_the_browser_had(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    home = town.at_home(ana)
    thief = copy(town, home)
    token = home.token("/settings")
    data = {"csrf_token": token, "name": "ben", "password": PASSWORD}
    home.client.post("/sign-in", base_url=BASE, headers=home.headers, data=data)
    assert "@ben" in home.page("/settings") and not is_in(thief)


def test_one_that_nobody_used_for_a_month_has_ended_and_is_forgotten(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    assert isinstance(town.services.clock, FrozenClock)
    for _ in range(3):
        town.services.clock.move(timedelta(days=20))
        assert is_in(home), "it is in use"
    town.services.clock.move(browsers.UNUSED_FOR)
    assert not is_in(home)
    upkeep.purge(town.services)
    with town.services.db.read() as session:
        assert not session.scalar(select(func.count(BrowserSessionRow.id)))


def test_a_page_costs_one_read_for_who_is_signed_in_and_writes_nothing(town: Town, ana: AccountRow) -> None:
    home, said = town.at_home(ana), list[str]()
    home.get("/settings")
    with town.services.db.read() as session:
        engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_r: said.append(statement))
    home.get("/settings")
    assert len([one for one in said if "browser_sessions" in one]) == 1
    assert not [one for one in said if one.startswith(("INSERT", "UPDATE"))]


def test_the_cookie_holds_nothing_that_the_database_holds(town: Town, ana: AccountRow) -> None:
    row, token = browsers.begin(town.services, ana, browsers.Said(FIREFOX, "203.0.113.7"))
    assert token not in {row.token_hash, str(row.id)} and row.network == "203.0.113.0/24"


def test_who_leaves_leaves_no_session_behind(town: Town, ana: AccountRow) -> None:
    town.at_home(ana)
    leaving.leave(town.services, ana.id, PASSWORD)
    with town.services.db.read() as session:
        assert not session.scalar(select(func.count(BrowserSessionRow.id)))


def test_programs_are_listed_once_each_and_lose_everything_at_once(town: Town, ana: AccountRow) -> None:
    home = town.at_home(ana)
    assert "You have let no program in" in home.page(PAGE)
    given = [tokens.make(town.services, ana.id, scope) for scope in ("read", "read write")]
    me = {"Authorization": f"Bearer {given[0]}"}
    assert home.client.get("/api/v1/accounts/verify_credentials", base_url=BASE, headers=me).status_code == 200
    page = home.page(PAGE)
    listed = re.findall(rf"{PAGE}/programs/(\d+)/end", page)
    assert len(listed) == 1 and "Post, edit and delete in your name" in page
    home.post(f"{PAGE}/programs/{listed[0]}/end", on=PAGE)
    for token in given:
        asked = {"Authorization": f"Bearer {token}"}
        answer = home.client.get("/api/v1/accounts/verify_credentials", base_url=BASE, headers=asked)
        assert answer.status_code == 401
    assert home.post(f"{PAGE}/programs/{listed[0]}/end", on=PAGE).status_code == 404


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("", ""),
        ("<script>", ""),
    ],
)
def test_a_browser_is_known_by_its_family_alone(agent: str, name: str) -> None:
    assert families.name(agent) == name
