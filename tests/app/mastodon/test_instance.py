"""What clients ask about the server, and search."""

from __future__ import annotations

from hashlib import sha256

import pytest
from flask.testing import FlaskClient

from app.accounts.tables import Role
from app.federation.tables import InstanceRow
from app.instance import rules
from app.services import Services
from app.settings import read
from moderation.domains import editing
from moderation.values import Severity
from tests.app.mastodon.people import Person, member, remote


def test_both_versions_of_the_instance_agree(http: FlaskClient, services: Services) -> None:
    rules.ensure_defaults(services)
    member(services, "ada", role=Role.ADMIN)
    first, second = http.get("/api/v1/instance").json, http.get("/api/v2/instance/").json
    assert first["uri"] == second["domain"] == "ostiary.example"
    assert first["version"] == second["version"] and first["version"].startswith("4.5.0 (compatible; Ostiary ")
    assert first["configuration"]["statuses"] == second["configuration"]["statuses"]
    assert first["contact_account"]["acct"] == second["contact"]["account"]["acct"] == "ada"
    assert first["urls"]["streaming_api"] == second["configuration"]["urls"]["streaming"] == "wss://ostiary.example"
    assert first["rules"] == http.get("/api/v1/instance/rules").json
    assert first["rules"][0]["text"] == "Be kind. No harassment, no threats."
    french = http.get("/api/v1/instance/rules", headers={"Accept-Language": "fr"}).json
    assert french[0]["text"].startswith("Soyez")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"OSTIARY_DOMAIN": "a.example"}, "wss://a.example"),
        ({"OSTIARY_DOMAIN": "a.example", "OSTIARY_STREAMING_URL": "https://s.a.example/"}, "wss://s.a.example"),
        ({"OSTIARY_DOMAIN": "127.0.0.1:8000", "OSTIARY_SCHEME": "http"}, "ws://127.0.0.1:8001"),
        ({}, "ws://localhost:8001"),
    ],
)
def test_the_stream_is_where_the_settings_say_or_on_the_next_port(given: dict[str, str], url: str) -> None:
    assert read(given).stream_url == url


def test_peers_and_public_rules_about_them_are_listed(http: FlaskClient, services: Services) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        for domain in ("good.example", "bad.example"):
            session.add(InstanceRow(domain=domain, first_seen_at=now))
        for domain, severity, comment in (
            ("bad.example", Severity.SUSPEND, "spam"),
            ("quiet.example", Severity.HOLD, "loud"),
            ("secret.example", Severity.SUSPEND, ""),
        ):
            editing.set_rule(session, domain, severity, "ada", now, public_comment=comment)
    assert http.get("/api/v1/instance/peers").json == ["good.example"]
    listed = http.get("/api/v1/instance/domain_blocks").json
    assert [(b["domain"], b["severity"], b["comment"]) for b in listed] == [
        ("bad.example", "suspend", "spam"),
        ("quiet.example", "silence", "loud"),
    ]


def test_public_rules_have_the_digest_of_the_name_also_where_it_is_not_spelt(
    http: FlaskClient, services: Services
) -> None:
    with services.db.write() as session:
        for domain, hidden in (("bad.example", False), ("awful-place.example", True)):
            now = services.clock.now()
            editing.set_rule(session, domain, Severity.SUSPEND, "ada", now, public_comment="spam", obfuscate=hidden)
    told = {each["digest"]: each["domain"] for each in http.get("/api/v1/instance/domain_blocks").json}
    assert told[sha256(b"bad.example").hexdigest()] == "bad.example"
    spelt = told[sha256(b"awful-place.example").hexdigest()]
    assert "*" in spelt and "awful-place" not in spelt and len(told) == 2


def test_small_things_have_their_shapes(http: FlaskClient, ana: Person) -> None:
    assert http.get("/api/v1/custom_emojis").json == []
    assert set(http.get("/api/v1/instance/extended_description").json) == {"updated_at", "content"}
    assert ana.read("/api/v1/preferences")["posting:default:visibility"] == "public"


def test_search_finds_people_tags_and_posts_by_their_address(ana: Person, ben: Person, services: Services) -> None:
    mallory = remote(services, "mallory")
    status = ana.says("Take the #tram and the #train")
    found = ben.read("/api/v2/search?q=mal")
    assert [a["id"] for a in found["accounts"]] == [str(mallory.id)] and found["statuses"] == []
    assert [t["name"] for t in ben.read("/api/v2/search?q=%23tra")["hashtags"]] == ["train", "tram"]
    by_address = ben.read("/api/v2/search", query_string={"q": status["uri"], "resolve": "true"})
    assert [s["id"] for s in by_address["statuses"]] == [status["id"]]
    assert ben.read("/api/v2/search?q=https://ostiary.example/@ana")["accounts"][0]["id"] == ana.id
    assert ben.read("/api/v2/search?q=tram&type=accounts") == {"accounts": [], "statuses": [], "hashtags": []}
    assert ben.read("/api/v2/search?q=%25")["accounts"] == []


def test_search_does_not_open_what_is_private(ana: Person, ben: Person) -> None:
    status = ana.says("For friends", visibility="private")
    assert ben.read("/api/v2/search", query_string={"q": status["uri"]})["statuses"] == []


def test_strangers_do_not_make_the_server_fetch(http: FlaskClient) -> None:
    assert http.get("/api/v2/search?q=https://far.example/x&resolve=true").status_code == 401
    assert http.get("/api/v2/search?q=x").status_code == 200
