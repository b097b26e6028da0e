"""What moderators see of another server: what it runs, whether it lives."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.accounts import marking
from app.accounts.tables import Role
from app.federation import relays
from app.federation.tables import InstanceRow
from app.relationships.tables import FollowRow, FollowState
from tests.app import people
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database


def _dead(town: Town) -> None:
    now = town.services.clock.now()
    with town.services.db.write() as session:
        session.add(
            InstanceRow(
                domain="far.example",
                software="mastodon",
                software_version="4.4.1",
                nodeinfo={"users": 1234, "open_registrations": True},
                nodeinfo_at=now - timedelta(days=1),
                first_seen_at=now - timedelta(days=90),
                failing_since=now - timedelta(days=9),
                dead_since=now - timedelta(days=2),
            )
        )


def test_a_servers_page_says_what_it_runs_and_that_it_is_out_of_reach(town: Town, lea: Visitor) -> None:
    _dead(town)
    page = lea.get("/review/domains/far.example").text
    for words in ("mastodon 4.4.1", "1,234", "open to everybody", "no longer reachable"):
        assert words in page
    assert "far.example" in lea.get("/review/domains").text


def test_a_server_of_which_nothing_is_known_has_a_page(town: Town, lea: Visitor) -> None:
    page = lea.get("/review/domains/nobody.example").text
    assert "not yet" in page and "no longer reachable" not in page


def test_the_page_says_how_far_servers_are_marked_since_a_list_was_taken(town: Town, lea: Visitor) -> None:
    for number in range(3):
        people.remote(town.services, "x", f"bad{number}.example")
    text = "bad0.example\nbad1.example\nbad2.example\nunknown.example\n"
    shown = lea.post("/review/domains/import", on="/review/domains", list=text).text
    fields = dict(re.findall(r'name="(seen|kept)" value="([^"]+)"', shown))
    lea.post("/review/domains/import", on="/review/domains", confirmed="1", **fields)
    page = lea.get("/review/domains").text
    assert "0 of 3 servers are marked. The rules hold for all of them already." in page
    marking.work(town.services)
    assert "servers are marked" not in lea.get("/review/domains").text


def test_who_browses_counts_as_having_been_here(town: Town, lea: Visitor) -> None:
    lea.get("/home")
    assert town.app.test_client().get("/api/v1/instance/activity").json[0]["logins"] == "1"


def test_an_admin_adds_a_relay_sees_what_came_of_it_and_parts_from_it(town: Town) -> None:
    ada = town.at_home(town.member("ada", Role.ADMIN))
    page = ada.post("/review/relays/add", on="/review/relays", address="https://relay.example/inbox")
    assert page.status_code == 302
    listed = ada.get("/review/relays").text
    for words in ("https://relay.example/inbox", "waits for its answer", "@ada"):
        assert words in listed
    with town.services.db.read() as session:
        (relay,) = relays.listed(session)
    assert ada.post(f"/review/relays/{relay.id}/remove", on="/review/relays").status_code == 302
    assert "There is none" in ada.get("/review/relays").text


@pytest.mark.parametrize("address", ["nonsense", "https://ostiary.example/inbox", "https://nobody.example/actor"])
def test_what_is_no_relay_is_told_so_beside_the_field(town: Town, address: str) -> None:
    ada = town.at_home(town.member("ada", Role.ADMIN))
    page = ada.post("/review/relays/add", on="/review/relays", address=address)
    assert page.status_code in (403, 404, 422, 503)
    assert 'aria-invalid="true"' in page.text and address in page.text


def test_only_admins_see_relays(lea: Visitor) -> None:
    assert lea.get("/review/relays").status_code == 403
    assert "/review/relays" not in lea.get("/review/domains").text


def test_leads_see_by_name_who_follows_whom_between_here_and_there(town: Town, lea: Visitor, mo: Visitor) -> None:
    services = town.services
    ana, ben = town.member("ana"), town.member("ben")
    tomas, zoe = people.remote(services, "tomas"), people.remote(services, "zoe", "deep.far.example")
    other = people.remote(services, "olga", "other.example")
    with services.db.write() as session:
        for number, (follower, target, state) in enumerate(
            (
                (ana.id, tomas.id, FollowState.ACCEPTED),
                (tomas.id, ana.id, FollowState.ACCEPTED),
                (ben.id, tomas.id, FollowState.ACCEPTED),
                (zoe.id, ben.id, FollowState.ACCEPTED),
                (ben.id, zoe.id, FollowState.REQUESTED),
                (ben.id, other.id, FollowState.ACCEPTED),
            ),
            start=1,
        ):
            row = FollowRow(id=number, follower_id=follower, target_id=target, state=state, uri=f"https://x/{number}")
            row.created_at = services.clock.now()
            session.add(row)
    page = lea.page("/review/domains/far.example")
    for tie in ("ana ↔ tomas@far.example", "ben → tomas@far.example", "ben ← zoe@deep.far.example"):
        assert tie in page
    assert "olga" not in page
    assert "ana ↔" not in mo.page("/review/domains/far.example"), "names are for who sets rules"
