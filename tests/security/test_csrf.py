"""A page elsewhere can't press our buttons with a member's cookies."""

from __future__ import annotations

import pytest
from flask_login import COOKIE_NAME

from app.accounts.tables import AccountRow, Role
from tests.app.web.conftest import BASE, Town
from tests.security.conftest import filled, writing

pytestmark = pytest.mark.one_database
TOKENS_INSTEAD = ("/api/", "/inbox", "/users/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo")
"""These read no cookie: they take a bearer's token, a program's secret, or a signature."""


def test_every_form_is_refused_without_its_token(town: Town, admin: AccountRow) -> None:
    browser = town.at_home(admin)
    tried = 0
    for method, rule in writing(town.app):
        if rule.rule.startswith(TOKENS_INSTEAD):
            continue
        path = filled(rule, act="like", answer="accept", handle="ben")
        answer = browser.client.open(path, method=method, base_url=BASE, headers=browser.headers, data={"name": "x"})
        assert answer.status_code == 400, (method, path, answer.status_code)
        assert "This form is too old" in answer.text, path
        tried += 1
    assert tried > 30
    assert browser.get("/settings").status_code == 200


def test_a_token_of_another_session_is_no_token(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    stolen = town.at_home(ben).token("/settings")
    browser = town.at_home(ana)
    answer = browser.client.post("/sign-out", base_url=BASE, headers=browser.headers, data={"csrf_token": stolen})
    assert answer.status_code == 400
    assert browser.get("/settings").status_code == 200


def test_a_form_that_was_sent_from_another_site_is_refused_even_with_a_token(town: Town, ana: AccountRow) -> None:
    browser = town.at_home(ana)
    for referrer in ("https://mallory.example/", "https://ostiary.example.mallory.example/", ""):
        headers = {**browser.headers, "Referer": referrer}
        data = {"csrf_token": browser.token("/settings")}
        assert browser.client.post("/sign-out", base_url=BASE, headers=headers, data=data).status_code == 400, referrer


def test_what_takes_tokens_takes_no_cookies(town: Town) -> None:
    browser = town.at_home(town.member("lea", Role.ADMIN))
    for method, rule in writing(town.app):
        if not rule.rule.startswith("/api/"):
            continue
        answer = browser.client.open(filled(rule), method=method, base_url=BASE, json={}, headers=browser.headers)
        open_to_all = rule.endpoint == "mastodon_apps.register"
        assert answer.status_code == (422 if open_to_all else 401), (method, rule.rule, answer.status_code)


def test_cookies_are_for_this_host_over_https_and_no_script_reads_them(town: Town, ana: AccountRow) -> None:
    browser = town.visitor()
    answer = browser.post("/sign-in", name="ana", password="a long enough password", remember="1")
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-ostiary", "__Host-ostiary-remember"}
    for cookie in cookies:
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert flag in cookie, cookie
        assert "Domain=" not in cookie
    assert COOKIE_NAME not in "".join(cookies)


def test_a_session_that_somebody_planted_is_not_the_one_that_is_signed_in(town: Town, ana: AccountRow) -> None:
    browser = town.visitor()
    planted = browser.token("/sign-in")
    browser.sign_in("ana")
    answer = browser.client.post("/sign-out", base_url=BASE, headers=browser.headers, data={"csrf_token": planted})
    assert answer.status_code == 400
