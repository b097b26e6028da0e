"""Programs get what a member agreed to, for as long as they agree, and nothing of anybody else's."""

from __future__ import annotations

import re
from html import unescape
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import select

from app.accounts import credentials
from app.accounts.tables import AccountRow, Role
from app.oauth.tables import OAuthCodeRow, OAuthTokenRow
from tests.app.people import PASSWORD
from tests.app.web.conftest import Town, Visitor
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database
CALLBACK = "https://client.example/back"


def register(town: Town, **given: str) -> dict[str, str]:
    """A client program."""
    form = {"client_name": "Sparrow", "redirect_uris": CALLBACK, "scopes": "read write", **given}
    answer = town.app.test_client().post("/api/v1/apps", data=form)
    assert answer.status_code == 200, answer.text
    return cast("dict[str, str]", answer.json)


def code_for(browser: Visitor, program: dict[str, str], **given: str) -> str:
    """A code that somebody agreed to."""
    asked = {
        "client_id": program["client_id"],
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "read",
        **given,
    }
    answer = browser.post("/oauth/authorize", on="/oauth/authorize?" + urlencode(asked), decision="allow", **asked)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(town: Town, program: dict[str, str], code: str, **given: str) -> tuple[int, dict[str, str]]:
    """Ask for the token."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "client_id": program["client_id"],
        "client_secret": program["client_secret"], **given,
    }  # fmt: skip
    answer = town.app.test_client().post("/oauth/token", data=form)
    return answer.status_code, cast("dict[str, str]", answer.json)


def test_a_new_password_ends_codes_that_were_not_used_yet(town: Town, ana: AccountRow) -> None:
    program = register(town)
    code = code_for(town.at_home(ana), program)
    credentials.change_password(town.services, ana.id, PASSWORD, "another long password")
    assert exchange(town, program, code)[0] == 400
    with town.services.db.read() as session:
        assert session.scalars(select(OAuthCodeRow)).all() == []
        assert session.scalars(select(OAuthTokenRow)).all() == []


def test_a_code_is_worth_nothing_to_another_program_or_with_a_wrong_secret(town: Town, ana: AccountRow) -> None:
    program, other = register(town), register(town, client_name="Magpie")
    code = code_for(town.at_home(ana), program)
    assert exchange(town, other, code)[0] == 400
    assert exchange(town, program, code, client_secret="guessed")[0] in (400, 401)
    assert exchange(town, program, code, client_secret="")[0] in (400, 401)
    assert exchange(town, program, code, redirect_uri=CALLBACK + "/")[0] == 400
    assert exchange(town, program, code)[0] == 200
    assert exchange(town, program, code)[0] == 400


def test_a_program_asks_for_more_when_it_has_the_code_and_gets_what_was_agreed(town: Town, ana: AccountRow) -> None:
    program = register(town, scopes="read write admin:write")
    code = code_for(town.at_home(ana), program, scope="read:accounts")
    status, token = exchange(town, program, code, scope="read write admin:write")
    assert status == 200
    assert token["scope"] == "read:accounts"


def test_a_member_who_lets_a_moderators_program_in_stays_a_member(town: Town, ana: AccountRow) -> None:
    program = register(town, scopes="read admin:read admin:write")
    _, token = exchange(town, program, code_for(town.at_home(ana), program, scope="admin:read admin:write"))
    answer = town.app.test_client().get(
        "/api/ostiary/v1/cases", headers={"Authorization": f"Bearer {token['access_token']}"}
    )
    assert answer.status_code == 403


def test_a_programs_own_token_acts_for_nobody(town: Town) -> None:
    program = register(town, scopes="read write admin:read")
    form = {"grant_type": "client_credentials", "scope": "read write admin:read", **program}
    answer = town.app.test_client().post(
        "/oauth/token", data={key: form[key] for key in ("grant_type", "scope", "client_id", "client_secret")}
    )  # fmt: skip
    token = cast("dict[str, str]", answer.json)["access_token"]
    http = town.app.test_client()
    for path in ("/api/v1/timelines/home", "/api/v1/notifications", "/api/ostiary/v1/cases", "/api/v1/preferences"):
        assert http.get(path, headers={"Authorization": f"Bearer {token}"}).status_code in (403, 422), path
    written = http.post("/api/v1/statuses", json={"status": "x"}, headers={"Authorization": f"Bearer {token}"})
    assert written.status_code == 422


ELSEWHERE = [
    CALLBACK + "/more", CALLBACK + "?x=1", "https://client.example.mallory.example/back", "http://client.example/back",
    "https://mallory@client.example/back", "https://CLIENT.example/back", "javascript:alert(1)", "//client.example/back",
    "https://client.example/back#", " " + CALLBACK, CALLBACK + "\nhttps://mallory.example/", "/back", "\\\\client.example",
]  # fmt: skip


def test_nobody_is_sent_anywhere_else(town: Town, ana: AccountRow) -> None:
    program, browser = register(town), town.at_home(ana)
    for address in ELSEWHERE:
        asked = {"client_id": program["client_id"], "redirect_uri": address, "response_type": "code", "scope": "read"}
        answer = browser.get("/oauth/authorize?" + urlencode(asked))
        assert answer.status_code == 422 and "Location" not in answer.headers
        answer = browser.post("/oauth/authorize", on="/settings", decision="allow", **asked)
        assert answer.status_code == 422 and "Location" not in answer.headers


def test_what_is_agreed_to_is_what_was_shown(town: Town, ana: AccountRow) -> None:
    program, browser = register(town), town.at_home(ana)
    asked = urlencode({"client_id": program["client_id"], "redirect_uri": CALLBACK, "response_type": "code"})
    twice = browser.get(f"/oauth/authorize?{asked}&scope=read&scope=write")
    assert twice.status_code == 422 and "Location" not in twice.headers
    page = browser.get(f"/oauth/authorize?{asked}&scope=read&scopes=write").text
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    shown = [unescape(value) for name, value in fields if name == "scope"]
    assert shown == ["read"] and "<code>write</code>" not in page and "<code>read</code>" in page


def test_a_page_elsewhere_cannot_frame_the_question(town: Town, ana: AccountRow) -> None:
    program = register(
        town, redirect_uris="https://client.example/;script-src%20*;x=' 'unsafe-inline'".replace(" ", "")
    )
    uri = program["redirect_uri"]
    asked = {"client_id": program["client_id"], "redirect_uri": uri, "response_type": "code", "scope": "read"}
    headers = town.at_home(ana).get("/oauth/authorize?" + urlencode(asked)).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and headers["X-Frame-Options"] == "DENY"
    assert policy.count("script-src") == 1 and "unsafe" not in policy


def test_a_token_in_the_address_is_no_token(town: Town, ana: AccountRow) -> None:
    token = Caller(town, ana).headers["Authorization"].split()[1]
    http = town.app.test_client()
    assert http.get(f"/api/v1/accounts/verify_credentials?access_token={token}").status_code == 401
    assert http.get("/api/v1/accounts/verify_credentials", headers={"Authorization": token}).status_code == 401


def test_one_program_cannot_revoke_what_another_holds(town: Town, ana: AccountRow) -> None:
    program, other = register(town), register(town)
    _, token = exchange(town, program, code_for(town.at_home(ana), program))
    http = town.app.test_client()
    form = {"token": token["access_token"], "client_id": other["client_id"], "client_secret": other["client_secret"]}
    assert http.post("/oauth/revoke", data=form).status_code == 200
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert http.get("/api/v1/timelines/home", headers=headers).status_code == 200


def test_a_member_has_no_role_by_asking(town: Town) -> None:
    """Sign-up, profile and settings take no role, whatever is sent along."""
    ana = town.member("ana")
    caller, browser = Caller(town, ana), town.at_home(ana)
    extra = {"role": "admin", "account[role]": "admin", "confirmed_at": "now", "id": "1"}
    assert caller.send("PATCH", "/api/v1/accounts/update_credentials", json={**extra, "display_name": "Ana"})[0] == 200
    browser.post("/settings/profile", on="/settings", display_name="Ana", **extra)
    browser.post("/settings/writing", on="/settings", locale="en", **extra)
    with town.services.db.read() as session:
        assert session.get_one(AccountRow, ana.id).role is Role.MEMBER


ODD = ['"', "\\", "\n", "\x7f", "é", "日本", "\ud800", "x" * 5000, "{{7*7}}", "<xss>", "%00"]


def test_no_parameter_breaks_the_server(town: Town, ana: AccountRow) -> None:
    program, browser, http = register(town), town.at_home(ana), town.app.test_client()
    good = {"client_id": program["client_id"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "read",
            "state": "s", "code_challenge": "c" * 43, "code_challenge_method": "S256", "prompt": "login"}  # fmt: skip
    for value in ODD:
        for name in good:
            query = urlencode({**good, name: value}, errors="surrogatepass")
            answer = browser.get("/oauth/authorize?" + query)
            assert answer.status_code < 500, name
            assert answer.headers.get("Location", CALLBACK).startswith(CALLBACK), name
        for name in (
            "grant_type",
            "client_id",
            "client_secret",
            "code",
            "redirect_uri",
            "scope",
            "code_verifier",
            "token",
        ):
            form = urlencode({"grant_type": "client_credentials", **program, name: value}, errors="surrogatepass")
            for place in ("/oauth/token", "/oauth/revoke"):
                answer = http.post(place, data=form, content_type="application/x-www-form-urlencoded")
                assert answer.status_code < 500, (place, name)
