"""OAuth 2, as browsers and client programs see it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts import browsers, credentials
from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.factory import create_app
from app.oauth import tokens
from app.oauth.apps import OUT_OF_BAND
from app.oauth.tables import OAuthAppRow, OAuthCodeRow, OAuthTokenRow
from app.services import Services
from tests.app.mastodon.people import PASSWORD, member

pytestmark = pytest.mark.one_database
CALLBACK = "https://client.example/back"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    """A client program: it has no cookies."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def browser(app: Flask, services: Services) -> FlaskClient:
    """Ana's browser, signed in."""
    ana = member(services, "ana")
    client = app.test_client()
    with client.session_transaction(base_url=services.settings.base_url) as session:
        _row, session["_user_id"] = browsers.begin(services, ana, browsers.Said("", ""))
        session["_fresh"] = True
    return client


def register(program: FlaskClient, **given: Any) -> Any:
    form = {"client_name": "Sparrow", "redirect_uris": CALLBACK, "scopes": "read write follow", **given}
    answer = program.post("/api/v1/apps", data=form)
    assert answer.status_code == 200, answer.text
    return answer.json


def question(app: Any, **given: Any) -> dict[str, str]:
    return {
        "client_id": app["client_id"], "redirect_uri": CALLBACK, "response_type": "code", "scope": "read write", **given,
    }  # fmt: skip


def agree(browser: FlaskClient, asked: dict[str, str], decision: str = "allow") -> Any:
    """See the page, press the button."""
    page = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    assert page.status_code == 200, page.text
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    return browser.post(
        "/oauth/authorize",
        data={**fields, "decision": decision},
        base_url="https://ostiary.example",
        headers={"Referer": "https://ostiary.example/oauth/authorize"},
    )


def code_of(answer: Any) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def exchange(program: FlaskClient, app: Any, code: str, **given: Any) -> Any:
    form = {
        "grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "code": code, "redirect_uri": CALLBACK, **given,
    }  # fmt: skip
    return program.post("/oauth/token", data=form)


def test_a_member_lets_a_program_in(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program)
    answer = agree(browser, question(app, state="xyz"))
    assert answer.status_code == 302 and answer.headers["Location"].startswith(CALLBACK + "?")
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["state"] == ["xyz"]
    token = exchange(program, app, code_of(answer)).json
    assert token["token_type"] == "Bearer" and token["scope"] == "read write"
    me = program.get(
        "/api/v1/accounts/verify_credentials", headers={"Authorization": f"Bearer {token['access_token']}"}
    )
    assert me.json["username"] == "ana"


def sign_in_form(browser: FlaskClient, address: str, name: str) -> Any:
    """Fill in the form at an address."""
    page = browser.get(address, base_url="https://ostiary.example")
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    given = {key: html.unescape(value) for key, value in fields.items()} | {"name": name, "password": PASSWORD}
    headers = {"Referer": "https://ostiary.example/sign-in"}
    return page, browser.post("/sign-in", data=given, base_url="https://ostiary.example", headers=headers)


def test_a_program_can_ask_for_another_account_of_the_same_house(
    program: FlaskClient, browser: FlaskClient, services: Services
) -> None:
    credentials.set_password(services, member(services, "ben"), PASSWORD)
    app = register(program)
    asked = question(app, state="a b&c", force_login="true")
    first = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    page, answer = sign_in_form(browser, first.headers["Location"], "ben")
    assert "You are signed in as @ana" in page.text
    back = answer.headers["Location"]
    assert "force_login" not in back and parse_qs(urlsplit(back).query)["state"] == ["a b&c"]
    assert "You are signed in as @ben" in browser.get(back, base_url="https://ostiary.example").text


def test_a_program_chooses_the_language_of_its_question(program: FlaskClient, browser: FlaskClient, app: Flask) -> None:
    asked = question(register(program), lang="fr")
    page = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    assert '<html lang="fr"' in page.text and "Let it in" not in page.text
    stranger = app.test_client()
    first = stranger.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    form, refused = sign_in_form(stranger, first.headers["Location"], "nobody")
    assert '<html lang="fr"' in form.text
    assert refused.status_code == 401 and '<html lang="fr"' in refused.text
    odd = browser.get("/oauth/authorize", query_string=asked | {"lang": "tlh"}, base_url="https://ostiary.example")
    assert '<html lang="en"' in odd.text


def test_the_page_names_the_program_and_what_it_wants(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program, client_name="<b>Sparrow</b>", scopes="read admin:write")
    page = browser.get(
        "/oauth/authorize", query_string=question(app, scope="read admin:write"), base_url="https://ostiary.example"
    )
    assert "&lt;b&gt;Sparrow" in page.text and "admin:write" in page.text and "client.example" in page.text
    assert "form-action 'self' https://client.example" in page.headers["Content-Security-Policy"]


def test_a_refusal_goes_back_to_the_program(program: FlaskClient, browser: FlaskClient) -> None:
    answer = agree(browser, question(register(program), state="s"), decision="deny")
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["access_denied"]


def test_who_is_not_signed_in_is_asked_to_and_comes_back(program: FlaskClient) -> None:
    asked = question(register(program))
    answer = program.get("/oauth/authorize", query_string=asked)
    target = urlsplit(answer.headers["Location"])
    assert target.path == "/sign-in"
    back = urlsplit(parse_qs(target.query)["next"][0])
    assert back.path == "/oauth/authorize" and {k: v[0] for k, v in parse_qs(back.query).items()} == asked


def test_a_form_without_its_token_is_refused(program: FlaskClient, browser: FlaskClient, services: Services) -> None:
    asked = question(register(program))
    answer = browser.post("/oauth/authorize", data={**asked, "decision": "allow"}, base_url="https://ostiary.example")
    assert answer.status_code == 400
    with services.db.read() as session:
        assert session.scalars(select(OAuthCodeRow)).all() == []


def test_a_program_without_an_address_gets_a_code_to_copy(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program, redirect_uris=OUT_OF_BAND)
    answer = agree(browser, question(app, redirect_uri=OUT_OF_BAND))
    page = browser.get(answer.headers["Location"], base_url="https://ostiary.example")
    code = code_of(answer)
    assert code in page.text
    assert exchange(program, app, code, redirect_uri=OUT_OF_BAND).status_code == 200


def test_a_code_is_good_once_and_for_ten_minutes(
    program: FlaskClient, browser: FlaskClient, clock: FrozenClock
) -> None:
    app = register(program)
    code = code_of(agree(browser, question(app)))
    assert exchange(program, app, code).status_code == 200
    assert exchange(program, app, code).json["error"] == "invalid_grant"
    late = code_of(agree(browser, question(app)))
    clock.move(timedelta(minutes=11))
    assert exchange(program, app, late).json["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_program_and_address(program: FlaskClient, browser: FlaskClient) -> None:
    app, mallory = register(program), register(program, client_name="Mallory's")
    code = code_of(agree(browser, question(app)))
    assert exchange(program, mallory, code).json["error"] == "invalid_grant"
    assert exchange(program, app, code, redirect_uri="https://client.example/other").json["error"] == "invalid_grant"
    assert exchange(program, app, code, client_secret="guess").status_code == 401
    assert exchange(program, app, code).status_code == 200


def test_proof_of_possession_is_required_once_it_was_promised(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program)
    asked = question(app, code_challenge=CHALLENGE, code_challenge_method="S256")
    code = code_of(agree(browser, asked))
    assert exchange(program, app, code).status_code == 400
    assert exchange(program, app, code, code_verifier="w" * 64).json["error"] == "invalid_grant"
    assert exchange(program, app, code, code_verifier=VERIFIER).status_code == 200


def test_a_plain_challenge_is_refused(program: FlaskClient, browser: FlaskClient) -> None:
    asked = question(register(program), code_challenge="p" * 50, code_challenge_method="plain")
    answer = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_request"]


@pytest.mark.parametrize(
    "given",
    [
        {"redirect_uri": "https://mallory.example/"},
        {"client_id": "nobody"},
        {"client_id": "nul\0"},
        {"redirect_uri": "x" * 5000},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_programs(
    program: FlaskClient, browser: FlaskClient, given: dict[str, str]
) -> None:
    asked = question(register(program), **given)
    answer = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
    assert 400 <= answer.status_code < 500 and "Location" not in answer.headers


def test_more_than_the_program_registered_for_is_refused(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program, scopes="read:accounts")
    for scope in ("write", "read", "nonsense"):
        asked = question(app, scope=scope)
        answer = browser.get("/oauth/authorize", query_string=asked, base_url="https://ostiary.example")
        assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_scope"]


def test_a_narrow_scope_opens_a_narrow_door(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program)
    code = code_of(agree(browser, question(app, scope="read:statuses")))
    token = exchange(program, app, code).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert program.get("/api/v1/timelines/home", headers=headers).status_code == 200
    refused = program.get("/api/v1/notifications", headers=headers)
    assert refused.status_code == 403
    assert refused.json["error"] == "This action is outside the authorized scopes"
    assert program.post("/api/v1/statuses", headers=headers, json={"status": "hi"}).status_code == 403


def test_a_program_gets_a_token_of_its_own_by_form_json_or_basic(program: FlaskClient) -> None:
    app = register(program)
    sent = {"grant_type": "client_credentials", "scope": "read"}
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    basic = base64.b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()
    answers = [
        program.post("/oauth/token", data={**sent, **keys}),
        program.post("/oauth/token/", json={**sent, **keys}),
        program.post("/oauth/token", data=sent, headers={"Authorization": f"Basic {basic}"}),
    ]
    for answer in answers:
        headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
        told = program.get("/api/v1/apps/verify_credentials", headers=headers)
        assert told.json.get("name") == "Sparrow", (told.json, answer.json)
        alone = program.get("/api/v1/timelines/home", headers=headers)
        assert (alone.status_code, alone.json["error"]) == (422, "This method requires an authenticated user")


def test_a_program_is_told_its_own_scopes_not_those_of_its_token(program: FlaskClient) -> None:
    app = register(program)
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    made = program.post("/oauth/token", data={"grant_type": "client_credentials", "scope": "read", **keys}).json
    assert made["scope"] == "read"
    headers = {"Authorization": f"Bearer {made['access_token']}"}
    told = program.get("/api/v1/apps/verify_credentials", headers=headers).json
    assert told["scopes"] == app["scopes"] == ["read", "write", "follow"]


@pytest.mark.parametrize("where", ["/oauth/token", "/oauth/revoke"])
def test_an_unknown_program_and_a_wrong_secret_look_the_same(program: FlaskClient, where: str) -> None:
    app = register(program)
    sent = {"grant_type": "client_credentials", "token": "x"}
    answers = [
        program.post(where, data={**sent, "client_id": name, "client_secret": "guess"})
        for name in (app["client_id"], "nobody")
    ]
    answers.append(program.post(where, data=sent))
    assert [each.status_code for each in answers] == [401] * 3
    assert len({each.text for each in answers}) == 1 and answers[0].json["error"] == "invalid_client"
    assert answers[0].json["error_description"].startswith("Client authentication failed")


def test_who_may_not_ask_who_they_are_is_told_so_in_json(program: FlaskClient, services: Services) -> None:
    narrow = tokens.make(services, member(services, "ana").id, "read:statuses")
    browser_like = {"Accept": "text/html,*/*"}
    stranger = program.get("/oauth/userinfo", headers=browser_like)
    assert (stranger.status_code, stranger.json["error"]) == (401, "The access token is invalid")
    assert stranger.headers["WWW-Authenticate"].startswith("Bearer")
    refused = program.get("/oauth/userinfo", headers=browser_like | {"Authorization": f"Bearer {narrow}"})
    assert (refused.status_code, refused.json["error"]) == (403, "This action is outside the authorized scopes")


def test_a_narrow_token_sees_no_less_than_none(program: FlaskClient, services: Services) -> None:
    narrow = tokens.make(services, member(services, "ana").id, "read:statuses")
    headers = {"Authorization": f"Bearer {narrow}"}
    for path in ("trends/tags", "trends/links", "trends/statuses", "tags/cats", "directory"):
        assert program.get(f"/api/v1/{path}", headers=headers).status_code == 200, path
    assert program.get("/api/v1/announcements", headers=headers).json == [], "it takes a token, and no scope"


def test_a_password_is_not_a_way_in(program: FlaskClient, services: Services) -> None:
    member(services, "ana")
    app = register(program)
    form = {"grant_type": "password", "username": "ana@mail.example", "password": "x", **app}
    answer = program.post("/oauth/token", data={k: v for k, v in form.items() if isinstance(v, str)})
    assert (answer.status_code, answer.json["error"]) == (400, "unsupported_grant_type")
    assert "not supported" in answer.json["error_description"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"grant_type": 7}', b""])
def test_a_request_for_a_token_that_cannot_be_read_is_refused(program: FlaskClient, body: bytes) -> None:
    answer = program.post("/oauth/token", data=body, content_type="application/json")
    assert answer.status_code in (400, 401) and answer.json["error"]


def test_a_revoked_token_is_worth_nothing_at_once(program: FlaskClient, browser: FlaskClient) -> None:
    app, mallory = register(program), register(program)
    token = exchange(program, app, code_of(agree(browser, question(app)))).json["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert program.get("/api/v1/timelines/home", headers=headers).status_code == 200
    for other in (mallory, app):
        keys = {"client_id": other["client_id"], "client_secret": other["client_secret"], "token": token}
        assert program.post("/oauth/revoke", data=keys).status_code == 200
        expected = 200 if other is mallory else 401
        assert program.get("/api/v1/timelines/home", headers=headers).status_code == expected
    assert program.get("/api/v1/timelines/home", headers=headers).json["error"] == "The access token is invalid"
    assert program.post("/oauth/revoke", data={"token": token}).status_code == 401


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("disabled_at", "Your login is currently disabled"),
        ("confirmed_at", "Your login is missing a confirmed e-mail address"),
        ("approved_at", "Your login is currently pending approval"),
    ],
)
def test_an_account_that_cannot_be_used_is_refused_within_a_second(
    program: FlaskClient, services: Services, clock: FrozenClock, column: str, text: str
) -> None:
    ben = member(services, "ben")
    headers = {"Authorization": f"Bearer {tokens.make(services, ben.id, 'read')}"}
    assert program.get("/api/v1/timelines/home", headers=headers).status_code == 200
    with services.db.write() as session:
        setattr(session.get_one(AccountRow, ben.id), column, clock.now() if column == "disabled_at" else None)
    clock.move(timedelta(seconds=1))
    answer = program.get("/api/v1/timelines/home", headers=headers)
    assert (answer.status_code, answer.json["error"]) == (403, text)


def test_a_suspended_member_is_refused(program: FlaskClient, services: Services, clock: FrozenClock) -> None:
    ben = member(services, "ben")
    headers = {"Authorization": f"Bearer {tokens.make(services, ben.id, 'read write')}"}
    with services.db.write() as session:
        session.get_one(AccountRow, ben.id).actor.suspended_at = clock.now()
    assert program.get("/api/v1/accounts/verify_credentials", headers=headers).status_code == 403
    assert program.get("/api/v1/timelines/public", headers=headers).status_code == 403


def test_secrets_are_stored_as_hashes_alone(program: FlaskClient, browser: FlaskClient, services: Services) -> None:
    app = register(program)
    answer = agree(browser, question(app))
    code = code_of(answer)
    with services.db.read() as session:
        assert session.get(OAuthCodeRow, code) is None and session.scalars(select(OAuthCodeRow)).one()
    token = exchange(program, app, code).json["access_token"]
    with services.db.read() as session:
        stored = session.scalars(select(OAuthTokenRow)).one().token_hash
        secret = session.scalars(select(OAuthAppRow)).one().client_secret
    assert stored == hashlib.sha256(token.encode()).hexdigest()
    assert secret == hashlib.sha256(app["client_secret"].encode()).hexdigest()


@pytest.mark.parametrize(
    "given",
    [
        {"client_name": ""},
        {"redirect_uris": ""},
        {"redirect_uris": "javascript:alert(1)"},
        {"redirect_uris": "not an address"},
        {"redirect_uris": "https://"},
        {"redirect_uris": "https://client.example/#fragment"},
        {"scopes": "everything"},
        {"website": "javascript:alert(1)"},
        {"client_name": "x" * 900},
    ],
)
def test_a_program_that_cannot_be_is_not_registered(program: FlaskClient, given: dict[str, str]) -> None:
    form = {"client_name": "Sparrow", "redirect_uris": CALLBACK, "scopes": "read", **given}
    answer = program.post("/api/v1/apps", data=form)
    assert answer.status_code == 422 and answer.json["error"]


def test_a_program_may_have_several_addresses(program: FlaskClient, browser: FlaskClient) -> None:
    app = register(program, redirect_uris=f"{CALLBACK}\n{OUT_OF_BAND}\nsparrow://back")
    assert app["redirect_uris"] == [CALLBACK, OUT_OF_BAND, "sparrow://back"]
    answer = agree(browser, question(app, redirect_uri="sparrow://back"))
    assert answer.headers["Location"].startswith("sparrow://back?code=")


def test_what_the_server_can_do_is_published(program: FlaskClient) -> None:
    told = program.get("/.well-known/oauth-authorization-server").json
    assert told["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert told["code_challenge_methods_supported"] == ["S256"] and "write:statuses" in told["scopes_supported"]
    assert told["token_endpoint"] == "https://ostiary.example/oauth/token"


def test_userinfo_tells_who_holds_the_token(program: FlaskClient, services: Services) -> None:
    ana = member(services, "ana")
    headers = {"Authorization": f"Bearer {tokens.make(services, ana.id, 'profile')}"}
    told = program.get("/oauth/userinfo", headers=headers).json
    assert told["sub"] == "https://ostiary.example/users/ana" and told["preferred_username"] == "ana"
