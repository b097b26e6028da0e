"""Who is barred from signing up by the admin API, and that it holds at the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts import signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, Role
from app.barring import spelling
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError
from app.mastodon.admin.barring import LONGEST_SECONDS
from app.services import Services
from app.settings import Registration
from tests.app.mastodon.people import Person, sign_in

DOMAINS, BOXES, NETWORKS = (f"/api/v1/admin/{kind}_blocks" for kind in ("email_domain", "canonical_email", "ip"))
ADMIN = "admin:read admin:write"


@pytest.fixture
def lea(http: FlaskClient, services: Services) -> Person:
    """A lead of an open house."""
    sign_in(http, services, "ada", role=Role.ADMIN)
    object.__setattr__(services.settings, "registration", Registration.OPEN)
    return sign_in(http, services, "lea", ADMIN, role=Role.LEAD)


def joins(services: Services, name: str, email: str, address: str = "") -> AccountRow:
    """Somebody signs up."""
    form = SignUp(name, email, "a long enough pass phrase", agreement=True, address=address)
    return signup.sign_up(services, form)


def gone(lea: Person, path: str, made: dict[str, Any]) -> None:
    """It is listed and found, and then let be."""
    assert lea.read(path) == [made] == [lea.read(f"{path}/{made['id']}")]
    assert lea.send("DELETE", f"{path}/{made['id']}").json == {}
    assert lea.read(path) == [] and lea.get(f"{path}/{made['id']}").status_code == 404


def test_a_barred_mail_domain_reaches_those_below_it(lea: Person, services: Services) -> None:
    made = lea.do(DOMAINS, json={"domain": "Throwaway.Example"})
    assert made.items() >= {"domain": "throwaway.example", "history": [], "allow_with_approval": False}.items()
    assert lea.post(DOMAINS, json={"domain": "throwaway.example"}).status_code == 422
    for email in ("x@throwaway.example", "x@mx.throwaway.example"):
        with pytest.raises(InvalidError):
            joins(services, "xeno", email)
    assert joins(services, "yves", "y@notthrowaway.example").approved_at is not None
    gone(lea, DOMAINS, made)
    assert joins(services, "xeno", "x@throwaway.example").approved_at is not None


def test_people_of_a_doubtful_mail_domain_wait(lea: Person, services: Services) -> None:
    lea.do(DOMAINS, json={"domain": "doubtful.example", "allow_with_approval": True})
    assert joins(services, "xeno", "x@doubtful.example").approved_at is None


def test_a_mailbox_is_barred_however_it_is_spelt(lea: Person, services: Services) -> None:
    made = lea.do(BOXES, json={"email": "John.Doe+spam@mail.example"})
    assert made["canonical_email_hash"] == spelling.mailbox_digest("johndoe@mail.example")
    with pytest.raises(InvalidError):
        joins(services, "john", "j.o.h.n.doe+new@mail.example")
    assert lea.do(f"{BOXES}/test", json={"email": "johndoe+x@mail.example"}) == [made]
    assert lea.do(f"{BOXES}/test", json={"email": "jane@mail.example"}) == []
    gone(lea, BOXES, made)
    assert lea.do(BOXES, json={"canonical_email_hash": made["canonical_email_hash"]})["id"]
    for bad in ({}, {"email": "nobody"}, {"canonical_email_hash": "xyz"}):
        assert lea.post(BOXES, json=bad).status_code == 422, bad


@pytest.mark.parametrize("address", ["203.0.113.77", "::ffff:203.0.113.77"])
def test_a_network_is_barred_for_a_time(lea: Person, services: Services, clock: FrozenClock, address: str) -> None:
    given = {"ip": "203.0.113.77/24", "severity": "sign_up_block", "comment": "A storm", "expires_in": 3600}
    made = lea.do(NETWORKS, json=given)
    assert made.items() >= {"ip": "203.0.113.0/24", "severity": "sign_up_block", "comment": "A storm"}.items()
    with pytest.raises(ForbiddenError):
        joins(services, "xeno", "x@mail.example", address)
    assert joins(services, "yves", "y@mail.example", "198.51.100.1").approved_at is not None
    clock.move(timedelta(hours=2))
    assert joins(services, "xeno", "x@mail.example", address).approved_at is not None
    gone(lea, NETWORKS, made)


def test_a_network_without_access_is_as_documented_and_gets_nothing(lea: Person, services: Services) -> None:
    made = lea.do(NETWORKS, json={"ip": "203.0.113.0/24", "severity": "no_access"})
    assert (made["ip"], made["severity"]) == ("203.0.113.0/24", "no_access")
    assert lea.get(f"{NETWORKS}/{made['id']}").json == made
    there = {"REMOTE_ADDR": "203.0.113.9"}
    for path in ("/api/v1/timelines/public", "/about"):
        assert lea.http.get(path, environ_base=there).status_code == 403
        assert lea.http.get(path).status_code == 200
    with pytest.raises(ForbiddenError):
        joins(services, "xeno", "x@mail.example", "203.0.113.9")
    refused = lea.http.post(
        NETWORKS, json={"ip": "198.51.100.0/24", "severity": "no_access"}, headers=lea.headers,
        environ_base={"REMOTE_ADDR": "198.51.100.1"},
    )  # fmt: skip
    assert refused.status_code == 422 and "from which you ask" in refused.json["error"]


def test_sign_ups_from_a_doubtful_network_wait(lea: Person, services: Services) -> None:
    lea.do(NETWORKS, json={"ip": "2001:db8::/32", "severity": "sign_up_requires_approval"})
    assert joins(services, "xeno", "x@mail.example", "2001:db8::7").approved_at is None
    assert joins(services, "yves", "y@mail.example", "2001:db9::7").approved_at is not None


def test_what_bars_nothing_or_everybody_is_refused(lea: Person) -> None:
    block = {"severity": "sign_up_block"}
    for path, bad in (
        (DOMAINS, {"domain": ""}),
        (DOMAINS, {"domain": "no domain"}),
        (NETWORKS, {"ip": "0.0.0.0/0", **block}),
        (NETWORKS, {"ip": "here", **block}),
        (NETWORKS, {"ip": "127.0.0.1", "severity": "no_access"}),
        (NETWORKS, {"ip": "203.0.113.1", "severity": "nothing"}),
    ):
        assert lea.post(path, json=bad).status_code == 422, bad


def test_a_long_term_is_what_was_asked_for_and_one_that_is_too_long_is_refused(lea: Person, clock: FrozenClock) -> None:
    block = {"ip": "203.0.113.0/24", "severity": "sign_up_block"}
    for bad in (LONGEST_SECONDS + 1, "9" * 30, -1):
        refused = lea.post(NETWORKS, json=block | {"expires_in": bad})
        assert refused.status_code == 422 and "Expires in must be from 0 to" in refused.json["error"], bad
    assert lea.get(NETWORKS).json == []
    made = lea.do(NETWORKS, json=block | {"expires_in": LONGEST_SECONDS})
    assert datetime.fromisoformat(made["expires_at"]) - clock.now() == timedelta(seconds=LONGEST_SECONDS)
    assert lea.send("PUT", f"{NETWORKS}/{made['id']}", json={"expires_in": 2**62}).status_code == 422
    assert lea.get(f"{NETWORKS}/{made['id']}").json == made


def test_moderators_bar_nobody(http: FlaskClient, services: Services) -> None:
    mia = sign_in(http, services, "mia", ADMIN, role=Role.MODERATOR)
    for path in (DOMAINS, BOXES, NETWORKS):
        assert mia.get(path).status_code == 403 == mia.post(path, json={}).status_code, path


def test_a_barred_network_is_said_anew(lea: Person, clock: FrozenClock) -> None:
    made = lea.do(NETWORKS, json={"ip": "203.0.113.0/24", "severity": "sign_up_block", "expires_in": 60})
    other = lea.do(NETWORKS, json={"ip": "198.51.100.0/24", "severity": "sign_up_block"})
    changed = lea.send("PUT", f"{NETWORKS}/{made['id']}", json={"comment": "Calmer", "expires_in": ""}).json
    assert changed == {**made, "comment": "Calmer", "expires_at": None}
    softer = lea.send("PUT", f"{NETWORKS}/{made['id']}", json={"severity": "sign_up_requires_approval"}).json
    assert softer == {**changed, "severity": "sign_up_requires_approval"}
    assert lea.send("PUT", f"{NETWORKS}/{made['id']}", json={"ip": other["ip"]}).status_code == 422
    assert lea.send("PUT", f"{NETWORKS}/1", json={"comment": "x"}).status_code in (200, 404)
    assert lea.send("PUT", f"{NETWORKS}/999999", json={"comment": "x"}).status_code == 404
