"""Whatever is sent to whichever endpoint: an answer below 500, in JSON, that a client can read."""

from __future__ import annotations

import itertools
import json
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services import Services
from tests.app.mastodon.people import Person, sign_in

NAMES = (
    "status", "visibility", "media_ids", "media_ids[]", "poll", "poll[options][]", "poll[expires_in]", "spoiler_text",
    "sensitive", "in_reply_to_id", "language", "id", "id[]", "max_id", "min_id", "since_id", "limit", "offset", "q", "type",
    "resolve", "types[]", "exclude_types", "account_id", "status_ids[]", "rule_ids", "comment", "category", "forward",
    "display_name", "note", "locked", "source", "source[privacy]", "fields_attributes", "fields_attributes[0][name]",
    "reblogs", "notify", "duration", "notifications", "home", "home[last_read_id]", "timeline[]", "acct", "tagged",
    "client_name", "redirect_uris", "scopes", "website", "username", "email", "password", "agreement", "locale",
    "title", "replies_policy", "exclusive", "account_ids[]", "comment", "context[]", "filter_action", "expires_in",
    "keywords_attributes", "keywords_attributes[0][keyword]", "keywords_attributes[0][id]", "status_id", "phrase",
    "irreversible", "whole_word", "grant_type", "code", "client_id", "client_secret", "redirect_uri", "token", "a[b][c][d][e][f]", "[", "x[]y", "",
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", "0", "-1", "9" * 19, "9" * 40, "1e9", "NaN", "true", "null", "\0", "\ud7ff", "@", "@a@", "#",
                     "https://", "https://[", "https://far.example/x", "a@b@c", "%", "_", "\\", "' OR 1=1 --"]),
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FORMS = st.lists(st.tuples(st.sampled_from(NAMES), TEXTS), max_size=6)
BODIES = st.one_of(
    st.tuples(st.just("json"), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)),
    st.tuples(st.just("form"), FORMS),
    st.tuples(st.just("bytes"), st.binary(max_size=80)),
)
IDS = st.one_of(st.sampled_from(["known", "0", "1", "-1", "abc", "9" * 25, "%00", "%ff", "..", "a b"]), TEXTS)
MODULES = ("mastodon_", "oauth.")


def endpoints(app: Flask) -> list[tuple[str, str]]:
    """Every method and path of the client API and OAuth."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(MODULES):
            found += [(method, rule.rule) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return sorted(found)


def test_every_endpoint_asks_who_is_there_or_is_open_on_purpose(app: Flask, http: FlaskClient) -> None:
    open_to_all = {
        "/api/v1/apps", "/api/v1/custom_emojis", "/api/v1/instance", "/api/v2/instance", "/api/v1/instance/rules", "/api/v1/instance/languages",
        "/api/v1/instance/peers", "/api/v1/instance/translation_languages", "/api/v1/instance/activity", "/api/v1/instance/domain_blocks", "/api/v1/instance/extended_description",
        "/api/v1/instance/privacy_policy", "/api/v1/instance/terms_of_service", "/api/v1/instance/terms_of_service/<day>",
        "/api/v1/trends", "/api/v1/trends/tags", "/api/v1/trends/statuses", "/api/v1/trends/links",
        "/api/v1/timelines/public", "/api/v1/timelines/link", "/api/v1/timelines/tag/<tag>", "/api/v1/tags/<tag>", "/api/v2/search", "/api/v1/accounts/lookup", "/api/v1/directory",
        "/api/v1/statuses", "/api/v1/accounts", "/.well-known/oauth-authorization-server", "/oauth/token",
    }  # fmt: skip
    for method, path in endpoints(app):
        answer = http.open(path.replace("<tag>", "x").replace("<public_id>", "1"), method=method, json={})
        expected = {200, 404, 422} if method == "GET" and (path in open_to_all or "<public_id>" in path) else {401}
        if (method, path) in {("POST", "/api/v1/apps"), ("POST", "/oauth/token")}:
            expected = {400, 422}
        assert answer.status_code in expected | {401}, (method, path, answer.status_code)
        if method != "GET" and path.startswith("/api/v1/") and path != "/api/v1/apps":
            assert answer.status_code == 401, (method, path)


def test_whatever_is_sent_is_answered(app: Flask, http: FlaskClient, services: Services) -> None:
    object.__setattr__(services.settings, "rate_limits", False)
    person = sign_in(http, services, "mallory", scope="read write follow push profile")
    known = {"statuses": person.says("hello")["id"], "accounts": person.id}
    turns = itertools.cycle(endpoints(app))

    @settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(public_id=IDS, query=FORMS, body=BODIES, signed_in=st.sampled_from([True, True, True, False]))
    def send(public_id: str, query: list[tuple[str, str]], body: tuple[str, Any], signed_in: bool) -> None:
        method, path = next(turns)
        own = known["statuses"] if "/statuses/" in path else known["accounts"]
        written = quote(public_id or "x", safe="/%")
        path = path.replace("<public_id>", own if public_id == "known" else written)
        answer = http.open(
            path.replace("<tag>", written).replace("<key>", written),
            method=method,
            query_string=query,
            headers=person.headers if signed_in else {},
            **options(body if method != "GET" else ("none", None)),
        )
        assert answer.status_code < 500, (method, path, query, body)
        if answer.status_code >= 400 and answer.mimetype != "text/html":
            assert answer.json["error"], (method, path)

    send()


def options(body: tuple[str, Any]) -> dict[str, Any]:
    kind, value = body
    if kind == "form":
        return {"data": dict(value)}
    if kind == "bytes":
        return {"data": value, "content_type": "application/json"}
    if kind == "json":
        return {"data": json.dumps(value), "content_type": "application/json"}
    return {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"status": "x"', "application/json"),
        (b'{"status": "\xff"}', "application/json"),
        (b'{"status": "\\ud800"}', "application/json"),
        (b"[" * 5000, "application/json"),
        (b'"text"', "application/json"),
        (b"status=%ff%fe&visibility=%00", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(1500)), "application/x-www-form-urlencoded"),
        (b"a[b][c][d][e]=1", "application/x-www-form-urlencoded"),
        (b"status=x&status[a]=y", "application/x-www-form-urlencoded"),
        (b"--x\r\nContent-Disposition: form-data; name=status\r\n\r\nx", "multipart/form-data; boundary=y"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_clear_refusal(ana: Person, body: bytes, kind: str) -> None:
    answer = ana.post("/api/v1/statuses", data=body, content_type=kind)
    assert answer.status_code in (400, 413, 422) and answer.json["error"]


def test_a_body_of_more_than_a_megabyte_is_too_large(ana: Person) -> None:
    answer = ana.post("/api/v1/statuses", data=b'{"status": "' + b"x" * 2**20 + b'"}', content_type="application/json")
    assert answer.status_code == 413 and answer.json["error"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer " + "x" * 300, "Basic abc", "bearer nope", "\xe9"])
def test_a_header_that_names_nobody_lets_nobody_in(http: FlaskClient, header: str) -> None:
    answer = http.get("/api/v1/timelines/home", headers={"Authorization": header})
    assert answer.status_code == 401 and answer.json == {"error": "The access token is invalid"}


def test_a_token_in_the_address_is_not_taken(ana: Person, http: FlaskClient) -> None:
    assert http.get(f"/api/v1/timelines/home?access_token={ana.token}").status_code == 401
