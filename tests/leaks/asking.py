"""Who asks: strangers, clients with tokens, browsers, other servers; and which part of the house each is known in."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from flask import Flask
from werkzeug.test import TestResponse

from app.federation.wire import signatures
from app.oauth import tokens
from tests.app.people import PASSWORD
from tests.federation.world import Remote
from tests.leaks.town import Town
from tests.leaks.walk import Ask
from tests.support.services import DOMAIN

BASE = f"https://{DOMAIN}"
SCOPES = "read write follow push profile"
AS2 = "application/activity+json"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def everything(answer: TestResponse) -> tuple[int, str]:
    """An answer as one text, its headers first, in which a mark is found however it was escaped."""
    assert answer.status_code != 500, (answer.request.path, answer.text)
    headers = unquote(str(answer.headers)).replace("\r\n", "\n").strip()
    return answer.status_code, html.unescape(f"{headers}\n\n{answer.text}")


def asker(app: Flask, accept: str = "*/*", **headers: str) -> Ask:
    """Somebody who asks with these headers."""
    client = app.test_client(use_cookies=False)

    def ask(method: str, path: str) -> tuple[int, str]:
        answer = client.open(path, method=method, base_url=BASE, headers={"Accept": accept, **headers})
        return everything(answer)

    return ask


def member(app: Flask, town: Town, name: str) -> Ask:
    """A member's client."""
    token = tokens.make(town.world.services, town.people[name].id, SCOPES)
    return asker(app, Authorization=f"Bearer {token}")


def browser(app: Flask, town: Town, name: str) -> Ask:
    """A member's browser, signed in."""
    client = app.test_client()
    headers = {"Accept": "text/html", "Referer": f"{BASE}/"}
    page = client.get("/sign-in", base_url=BASE, headers=headers).text
    token = _TOKEN.search(page)
    assert token is not None
    form = {"csrf_token": token[1], "name": name, "password": PASSWORD}
    assert client.post("/sign-in", base_url=BASE, headers=headers, data=form).status_code == 302

    def ask(method: str, path: str) -> tuple[int, str]:
        sent = {"csrf_token": token[1]} if method != "GET" else None
        answer = client.open(path, method=method, base_url=BASE, headers=headers, data=sent)
        return everything(answer)

    return ask


def peer(app: Flask, town: Town, remote: Remote) -> Ask:
    """Another server, which signs its requests."""
    client = app.test_client(use_cookies=False)
    key = signatures.load_private_key(remote.pair.private_pem)

    def ask(method: str, path: str) -> tuple[int, str]:
        now = town.world.services.clock.now()
        signed = signatures.sign(method, BASE + path, None, key_id=remote.key_id, private_key=key, now=now)
        answer = client.open(path, method=method, base_url=BASE, headers={"Accept": AS2, **signed})
        return everything(answer)

    return ask


def is_api(rule: str) -> bool:
    """Where a token counts."""
    return rule.startswith(("/api/", "/oauth/"))


def is_page(rule: str) -> bool:
    """Where a browser is signed in."""
    return not is_api(rule) and not is_federation(rule)


def is_federation(rule: str) -> bool:
    """Where other servers ask."""
    return rule.startswith(("/users/", "/actor", "/.well-known", "/nodeinfo", "/@<handle>"))
