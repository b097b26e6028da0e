"""What moderators see of another server: what it runs, whether it lives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.federation.tables import InstanceRow
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


def test_who_browses_counts_as_having_been_here(town: Town, lea: Visitor) -> None:
    lea.get("/home")
    assert town.app.test_client().get("/api/v1/instance/activity").json[0]["logins"] == "1"
