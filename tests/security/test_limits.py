"""What can be guessed, or costs others something, can't be done without end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from app.accounts import credentials, recovery
from app.accounts.tables import AccountRow
from app.errors import ForbiddenError, RateLimitedError, UnauthorizedError
from app.federation.wire.twins import FakeWeb
from app.notifications.tables import MailRow
from app.posts import compose
from app.stores import budgets
from app.stores.budgets import Budget
from tests.app.web.conftest import Town
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database


def until_refused(doing: Callable[[int], bool], most: int = 400) -> int:
    """How often it went before it was one time too many."""
    for times in range(most):
        if not doing(times):
            return times
    raise AssertionError(f"{most} times, and no end")


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are wrong at once: hashing hundreds of them is for another test."""
    monkeypatch.setattr(credentials, "_matches", lambda _hashed, _password: False)


@pytest.mark.usefixtures("fast")
def test_a_password_can_be_guessed_a_few_times_by_name_and_by_address(town: Town, ana: AccountRow) -> None:
    def guess(name: str, address: str) -> bool:
        try:
            credentials.check(town.services, name, "wrong", address=address)
        except UnauthorizedError:
            return True
        except RateLimitedError:
            return False
        raise AssertionError("somebody is in")

    assert until_refused(lambda n: guess("ana", f"203.0.113.{n}")) == budgets.SIGN_INS.count
    assert until_refused(lambda n: guess(f"name{n}", "198.51.100.1")) == budgets.SIGN_INS.count
    assert until_refused(lambda n: guess(f"other{n}", f"2001:db8:1:1::{n:x}")) == budgets.SIGN_INS.count


@pytest.mark.usefixtures("fast")
def test_who_finds_a_browser_open_cannot_guess_the_password(town: Town, ana: AccountRow) -> None:
    def guess(_times: int) -> bool:
        try:
            credentials.change_password(town.services, ana.id, "wrong", "a new long password")
        except ForbiddenError:
            return True
        except RateLimitedError:
            return False
        raise AssertionError("it was changed")

    assert until_refused(guess) == budgets.SIGN_INS.count


def test_nobody_is_buried_in_mails_that_others_asked_for(town: Town, ana: AccountRow) -> None:
    def ask(times: int, email: str = "ana@mail.example") -> bool:
        try:
            recovery.ask(town.services, email, address=f"203.0.113.{times}")
        except RateLimitedError:
            return False
        return True

    assert until_refused(ask) == budgets.RESETS.count
    assert until_refused(lambda n: ask(n, "nobody@mail.example")) == budgets.RESETS.count  # and tells nothing
    with town.services.db.read() as session:
        assert session.scalar(select(func.count()).select_from(MailRow)) == budgets.RESETS.count


def test_a_few_sign_ups_an_hour_come_from_one_place(town: Town, admin: AccountRow) -> None:
    visitor, token = town.visitor(), town.visitor().token("/sign-up")
    assert token
    statuses = [visitor.post("/sign-up", username=f"n{n}").status_code for n in range(budgets.SIGN_UPS.count + 1)]
    assert set(statuses[:-1]) == {422} and statuses[-1] == 429


def test_programs_and_tokens_are_made_within_bounds(town: Town) -> None:
    caller = Caller(town)
    form = {"client_name": "Sparrow", "redirect_uris": "https://client.example/"}
    made = until_refused(lambda _: caller.send("POST", "/api/v1/apps", data=form)[0] == 200)
    assert made == budgets.APPS.count
    _spend(town, budgets.API_BY_ADDRESS, "127.0.0.1")
    guess = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    assert caller.send("POST", "/oauth/token", data=guess)[0] == 429


def test_pages_are_no_way_around_the_budget_of_posts_and_reports(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    browser = town.at_home(ana)
    for budget in (budgets.POSTS_BY_ACCOUNT, budgets.REPORTS):
        _spend(town, budget, str(ana.id))
    post = town.writes(ben, "hello")
    assert browser.post("/compose", on="/settings", text="once more").status_code == 429
    assert browser.post(f"/report/post/{post.id}", on="/settings", category="spam").status_code == 429
    assert Caller(town, ana).send("POST", "/api/v1/statuses", json={"status": "and more"})[0] == 429


def test_nobody_has_us_ask_other_servers_without_end(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    web = town.services.fetcher
    assert isinstance(web, FakeWeb)
    caller, browser = Caller(town, ana), town.at_home(ana)
    assert caller.send("GET", "/api/v2/search?resolve=true&q=mallory@far.example")[0] == 200
    assert web.asked
    _spend(town, budgets.LOOKUPS, str(ana.id))
    web.asked.clear()
    for kind in ("v2/search", "v1/accounts/search"):
        assert caller.send("GET", f"/api/{kind}?resolve=true&q=m@far.example")[0] == 429
    assert caller.send("GET", "/api/v2/search?resolve=true&q=https://far.example/1")[0] == 429
    assert browser.get("/search?q=m@far.example").status_code == 429
    assert compose.name_people(town.services, "hello @m@far.example @n@far.example", ana.id) == {}
    assert web.asked == []
    assert browser.get("/search?q=ben").status_code == 200


def test_an_address_of_the_sixth_version_counts_by_its_network() -> None:
    assert budgets.network("2001:db8:1:2:3::4") == budgets.network("2001:db8:1:2:ffff::1")
    assert budgets.network("2001:db8:1:2::1") != budgets.network("2001:db8:1:3::1")
    assert budgets.network("203.0.113.7") == budgets.network("::ffff:203.0.113.7") == "203.0.113.7"
    assert budgets.network("unknown") == "unknown"


def _spend(town: Town, budget: Budget, who: str) -> None:
    with contextlib.suppress(RateLimitedError):  # some of it was spent before
        budgets.Budgets(town.services.redis, town.services.clock, enabled=True).spend(budget, who, budget.count)
