"""The page on which an admin chooses whom the house deals with."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.accounts.tables import Role
from moderation.authors.tables import AuthorRow
from moderation.values import Severity
from tests.app.people import remote
from tests.app.reviewing.test_modes import severity
from tests.app.web.conftest import Town, Visitor


@pytest.mark.one_database
def test_a_new_server_says_how_many_of_its_posts_were_let_in(town: Town) -> None:
    her: Visitor = town.at_home(town.member("ada", Role.ADMIN))
    home = "/review/domains/mode"
    assert "treated as everybody is" in her.page("/review/domains/fresh.example")
    her.post(home, on=home, mode="greylist", first="3", confirmed="1")
    assert "0 of 3 posts let in" in her.page("/review/domains/fresh.example")
    with town.services.db.write() as session:
        session.add(
            AuthorRow(
                uri="https://fresh.example/users/a", domain="fresh.example", released=2, local=False, **_seen(town)
            )
        )
    assert "2 of 3 posts let in" in her.page("/review/domains/fresh.example")
    with town.services.db.write() as session:
        session.add(
            AuthorRow(
                uri="https://fresh.example/users/b", domain="fresh.example", released=1, local=False, **_seen(town)
            )
        )
    assert "treated as everybody is" in her.page("/review/domains/fresh.example")


def _seen(town: Town) -> dict[str, datetime]:
    now = town.services.clock.now() + timedelta(minutes=1)
    return {"first_seen_at": now, "last_seen_at": now}


@pytest.mark.one_database
def test_what_it_would_mean_is_shown_before_it_is_in_force(town: Town) -> None:
    remote(town.services, "far")
    her: Visitor = town.at_home(town.member("ada", Role.ADMIN))
    home = "/review/domains/mode"
    answer = her.post(home, on=home, mode="allowlist", first="3")
    assert answer.status_code == 200 and "1 is not, and is treated as suspended" in answer.text
    assert severity(town.services, "far.example") is None
    for fields in ({"mode": "nonsense"}, {"mode": "greylist", "first": "x"}, {"mode": "greylist", "first": "99"}):
        assert her.post(home, on=home, **fields).status_code == 422
    assert her.post(home, on=home, mode="allowlist", first="3", confirmed="1").status_code == 302
    assert severity(town.services, "far.example") is Severity.SUSPEND
    assert "This house deals with named servers only." in her.page("/review/domains/far.example")
    told = town.app.test_client().get("/api/v2/instance").json
    assert told["configuration"]["limited_federation"] is True
