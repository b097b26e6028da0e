"""Whatever stands in an address, a header or a body, the answer is a 4xx at worst; and no name but ours is believed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import orjson
import pytest
from werkzeug.routing import Rule

from app.accounts.tables import AccountRow, Role
from app.factory import LARGEST_REQUEST_BYTES
from tests.app.web.conftest import BASE, Town
from tests.security.conftest import Caller, filled, rules_of, writing

pytestmark = pytest.mark.one_database
DEEP = b"[" * 100_000
DEEP_FIELD = b'{"status":' + b'{"a":' * 5000 + b"1" + b"}" * 5001
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", DEEP),
    ("application/json", DEEP_FIELD),
    ("application/json", b'{"status": 1e999, "id": -1e400}'),
    ("application/json", b'{"status": "\\ud800", "action": "\\udfff", "version": 99999999999999999999999999}'),
    ("application/json", b'{"status": "\\u0000", "note": "\\u0000", "reason": "\\u0000", "comment": "\\u0000"}'),
    ("application/json", b"[]"),
    ("application/json", b"\xff\xfe"),
    ("application/json; charset=utf-7", b"+AHs-"),
    ("application/x-www-form-urlencoded", b"a&" * 100_000),
    ("application/x-www-form-urlencoded", b"&".join(b"a[%d]=1" % n for n in range(50_000))),
    ("application/x-www-form-urlencoded", b"a" + b"[a]" * 50_000 + b"=1"),
    ("application/x-www-form-urlencoded", b"status=%00&status=%ed%a0%80&id[]=%ff"),
    ("multipart/form-data; boundary=x", b"".join(b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n\r\n' % n for n in range(2000)) + b"--x--"),
    ("multipart/form-data", b"--x--"),
    ("multipart/form-data; boundary=" + "x" * 300, b"x" * 1000),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'),
)  # fmt: skip
GAPS = (
    "0",
    "-1",
    "99999999999999999999",
    "%F0%9F%98%80",
    "..%2f..%2fetc%2fpasswd",
    "%ED%A0%80",
    "a%0d%0ab",
    "'--",
    "%25",
    "x" * 3000,
)


def test_no_body_breaks_an_endpoint(town: Town) -> None:
    caller = Caller(town, town.member("ada", Role.ADMIN))
    for method, rule in writing(town.app):
        if not rule.rule.startswith(("/api/", "/oauth/")):
            continue
        for content_type, body in BODIES:
            status, text = caller.send(method, filled(rule), data=body, content_type=content_type)
            assert status < 500, (method, rule.rule, content_type, body[:40], text[:200])


def test_no_form_breaks_a_page(town: Town, admin: AccountRow, case_number: int) -> None:
    browser = town.at_home(admin)
    token = browser.token("/settings").encode()
    for method, rule in writing(town.app):
        if rule.rule.startswith(("/api/", "/oauth/", "/inbox", "/users/")) or rule.endpoint == "signing.sign_out":
            continue
        for body in (
            b"a&" * 900,
            b"%s" % quote("\0\ud800", errors="surrogatepass").encode(),
            b"number=99999999999999999999&version=99999999999999999999&term=99999999999999&action=approve&to=%F0%9F%98%80",
        ):
            answer = browser.client.open(
                filled(rule, act="follow", answer="accept", handle="ada", number=case_number), method=method, base_url=BASE,
                headers=browser.headers, data=b"csrf_token=" + quote(token).encode() + b"&" + body,
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
            assert answer.status_code < 500, (method, rule.rule, body[:30])


def test_no_address_breaks_the_server(town: Town) -> None:
    admin = town.member("ada", Role.ADMIN)
    browser, caller = town.at_home(admin), Caller(town, admin)
    for rule in rules_of(town.app):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "health.readyz":  # which says 503: nothing else runs
            continue
        for path in _odd(rule):
            page = browser.get(path)
            assert page.status_code < 500, path
            assert "root:x:" not in page.text
            assert caller.send("GET", path)[0] < 500, path


def _odd(rule: Rule) -> Iterator[str]:
    plain = filled(rule, number=1, case_id=1)
    yield from (f"{plain}?{query}" for query in _QUERIES)
    if rule.arguments:
        for gap in GAPS:
            yield filled(rule, **dict.fromkeys(rule.arguments, gap))


_QUERIES = (
    "limit=-1&offset=-1&max_id=x&min_id=%FF&id[]=%00", "max_id=99999999999999999999999&limit=99999999999",
    "q=%27%22%5C%25_&cursor=%E2%80%AE&sort=(select)&state=x&uri=%ff&label=%27", "q=" + "@" * 300, "q=%23" + "%F0%9F%98%80",
    "next=//mallory.example&next=https:mallory.example&id[]=1&id[][]=2&id[a][b]=c",
)  # fmt: skip


def test_more_than_a_megabyte_is_not_read(town: Town, ana: AccountRow) -> None:
    body = b"x" * (LARGEST_REQUEST_BYTES + 1)
    for content_type in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert Caller(town, ana).send("POST", "/api/v1/statuses", data=body, content_type=content_type)[0] == 413


def test_a_name_in_the_host_header_is_nobodys(town: Town) -> None:
    ana, ada = town.member("ana"), town.member("ada", Role.ADMIN)
    town.writes(ana, "hello")
    http, caller = town.app.test_client(), Caller(town, ada)
    forged = {
        "Host": "mallory.example", "X-Forwarded-Host": "mallory.example", "Forwarded": "host=mallory.example",
        "X-Original-Host": "mallory.example", "X-Forwarded-Proto": "gopher",
    }  # fmt: skip
    for rule in rules_of(town.app):
        if "GET" not in (rule.methods or ()):
            continue
        path = filled(rule, name="ana", handle="ana", public_id=ana.id)
        for headers in (forged, forged | {"Accept": "application/activity+json"}, forged | caller.headers):
            answer = http.get(path, headers=headers)
            assert "mallory.example" not in answer.text, path
            assert "mallory.example" not in str(answer.headers), path


AWAY = [
    "//mallory.example", "https://mallory.example", "https:mallory.example", "\\\\mallory.example", "/\\mallory.example",
    "/\tmallory.example", "/%09/mallory.example", "//mallory.example/@ana", "/\n/mallory.example", "javascript:alert(1)",
    "///mallory.example", "/ /mallory.example", "mallory.example", "\u2028//mallory.example",
]  # fmt: skip


def test_nobody_is_led_away_after_signing_in(town: Town, ana: AccountRow) -> None:
    object.__setattr__(town.services.settings, "rate_limits", False)
    for wanted in AWAY:
        visitor = town.visitor()
        answer = visitor.post(f"/sign-in?next={quote(wanted)}", on="/sign-in", name="ana", password="a long enough password", next=wanted)  # fmt: skip
        to = answer.headers["Location"]
        assert to.startswith("/") and not to.startswith(("//", "/\\")), to
        for path in (f"/sign-in?next={quote(wanted)}", f"/language/en?next={quote(wanted)}"):
            to = visitor.get(path).headers["Location"]
            assert to.startswith("/") and not to.startswith(("//", "/\\")), (path, to)


def test_every_answer_forbids_guessing_its_type_and_every_page_is_guarded(town: Town, admin: AccountRow) -> None:
    browser = town.at_home(admin)
    for rule in rules_of(town.app):
        if "GET" not in (rule.methods or ()):
            continue
        answer = browser.get(filled(rule, handle="ada", name="ada"))
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule
        if answer.mimetype == "text/html" and answer.status_code != 302:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert answer.headers["Referrer-Policy"] == "same-origin", rule.rule


def test_metrics_are_for_this_machine_or_with_a_token(town: Town) -> None:
    http = town.app.test_client()
    assert http.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).status_code == 200
    assert http.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded"):
        assert http.get("/metrics", headers={header: "127.0.0.1"}).status_code == 404
    for token in ("", "None", "x"):
        headers = {"Authorization": f"Bearer {token}"}
        answer = http.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert answer.status_code == 404
    ready = orjson.loads(http.get("/readyz").data)
    assert set(ready) == {"ready", "missing", "degraded"} and all(isinstance(name, str) for name in ready["missing"])
