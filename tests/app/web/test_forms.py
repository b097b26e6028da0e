"""Forms carry tokens, and ways back stay here."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow
from app.web import pages
from tests.app.web.conftest import BASE, PASSWORD, Town

pytestmark = pytest.mark.one_database
POSTS = (
    "/sign-in", "/sign-up", "/sign-out", "/compose", "/posts/1/like", "/posts/1/boost", "/posts/1/edit",
    "/posts/1/delete", "/@ana/follow", "/@ana/block", "/settings/profile", "/settings/password", "/settings/writing",
    "/report/post/1", "/report/account/1", "/follow-requests/1/accept", "/password", "/welcome/x", "/confirm/x",
)  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_token_is_refused(town: Town, ana: AccountRow, path: str) -> None:
    visitor = town.at_home(ana)
    answer = visitor.client.post(path, base_url=BASE, headers=visitor.headers, data={"text": "hello"})
    assert answer.status_code == 400


def test_a_token_of_another_visitor_is_refused(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    mallory, visitor = town.at_home(ben), town.at_home(ana)
    stolen = mallory.token("/compose")
    answer = visitor.client.post(
        "/compose", base_url=BASE, headers=visitor.headers, data={"csrf_token": stolen, "text": "hello"}
    )
    assert answer.status_code == 400


def test_a_form_from_another_site_is_refused_though_it_has_a_token(town: Town, ana: AccountRow) -> None:
    visitor = town.at_home(ana)
    data = {"csrf_token": visitor.token("/compose"), "text": "hello"}
    headers = visitor.headers | {"Referer": "https://mallory.example/"}
    assert visitor.client.post("/compose", base_url=BASE, headers=headers, data=data).status_code == 400


@pytest.mark.parametrize(
    "wanted",
    [
        "https://mallory.example/", "//mallory.example/", "/\\mallory.example", "\\\\mallory.example",
        "javascript:alert(1)", "/\tmallory.example", "///mallory.example", "http:mallory.example", "@mallory.example",
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(town: Town, ana: AccountRow, wanted: str) -> None:
    answer = town.visitor().post("/sign-in", name="ana", password=PASSWORD, next=wanted)
    assert answer.headers["Location"] == "/home"


def test_signing_in_leads_back_to_where_one_wanted_to_go(town: Town, ana: AccountRow) -> None:
    visitor = town.visitor()
    asked = visitor.get("/follow-requests")
    assert asked.headers["Location"] == "/sign-in?next=/follow-requests"
    answer = visitor.post("/sign-in", name="ana", password=PASSWORD, next="/follow-requests")
    assert answer.headers["Location"] == "/follow-requests"


def test_choosing_a_language_leads_nowhere_else(town: Town) -> None:
    assert town.visitor().get("/language/fr?next=//mallory.example").headers["Location"] == "/"


def test_a_new_password_ends_every_other_session(town: Town, ana: AccountRow) -> None:
    here, there = town.at_home(ana), town.at_home(ana)
    answer = here.post("/settings/password", on="/settings", old=PASSWORD, new="another good password")
    assert answer.status_code == 302
    assert here.get("/home").status_code == 200
    assert there.get("/home").headers["Location"].startswith("/sign-in")


def test_a_planted_session_is_not_carried_into_the_signed_in_one(town: Town, ana: AccountRow) -> None:
    visitor = town.visitor()
    before = visitor.token("/sign-in")
    visitor.sign_in("ana")
    data = {"csrf_token": before, "text": "hello"}
    assert visitor.client.post("/compose", base_url=BASE, headers=visitor.headers, data=data).status_code == 400


def test_a_wrong_password_and_a_wrong_name_read_the_same(town: Town, ana: AccountRow) -> None:
    wrong_password = town.visitor().post("/sign-in", name="ana", password="not this one")
    wrong_name = town.visitor().post("/sign-in", name="nobody", password="not this one")
    assert wrong_password.status_code == wrong_name.status_code == 401
    assert "The name or the password is wrong" in wrong_password.text
    assert "The name or the password is wrong" in wrong_name.text


def test_cookies_are_for_this_host_alone_and_no_scripts_eyes(town: Town, ana: AccountRow) -> None:
    answer = town.visitor().post("/sign-in", name="ana", password=PASSWORD, remember="1")
    cookies = answer.headers.getlist("Set-Cookie")
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-ostiary", "__Host-ostiary-remember"}
    for cookie in cookies:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


def test_signing_out_forgets_the_remembered_device_too(town: Town, ana: AccountRow) -> None:
    visitor = town.visitor()
    visitor.post("/sign-in", name="ana", password=PASSWORD, remember="1")
    assert visitor.post("/sign-out", on="/home").status_code == 302
    assert visitor.get("/home").status_code == 302


@pytest.mark.parametrize(("language", "sign"), [("en", ":"), ("fr", "\u202f:")])
def test_a_colon_has_its_space_in_french(town: Town, language: str, sign: str) -> None:
    with town.app.test_request_context("/", headers={"Accept-Language": language}):
        assert pages.colon() == sign
