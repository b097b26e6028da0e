"""Links in members' profiles: marked as theirs once the page links back, and only what the door let in is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import ActorRow
from app.federation import links
from app.federation.tables import ProfileLinkRow
from app.federation.wire.errors import BadStatusError, FetchTimeoutError, GoneError
from app.federation.wire.twins import Page
from app.lifecycle import ties
from moderation.domains import editing
from moderation.values import Severity
from tests.federation.world import World

SITE = "https://ana.example/about"
BASE = "https://ostiary.example"
HATEFUL = "they are vermin, all of them"


@pytest.fixture
def ana(world: World) -> ActorRow:
    """A member."""
    return world.member("ana")


def _page(world: World, body: str, url: str = SITE) -> None:
    world.web.pages[url] = Page(body.encode(), "text/html; charset=utf-8")


def _back(address: str = f"{BASE}/@ana") -> str:
    return f'<html><body><a rel="me" href="{address}">here</a></body></html>'


def _save(world: World, ana: ActorRow, *fields: tuple[str, str], name: str = "Ana") -> None:
    profile.edit(world.services, ana.id, ProfileEdit(display_name=name, fields=fields))


def _told(world: World) -> list[str | None]:
    """What clients are told of each field."""
    answer = world.http.get("/api/v1/accounts/lookup", query_string={"acct": "ana"}, base_url=BASE)
    return [field["verified_at"] for field in answer.get_json()["fields"]]


def _rows(world: World) -> dict[str, ProfileLinkRow]:
    with world.services.db.read() as session:
        return {row.url: row for row in session.scalars(select(ProfileLinkRow))}


def _wait(world: World, **time: float) -> None:
    world.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", [f"{BASE}/@ana", f"{BASE}/@Ana/", f"{BASE}/users/ana"])
def test_a_page_that_links_back_is_marked_in_the_api_and_on_the_page(world: World, ana: ActorRow, address: str) -> None:
    _page(world, _back(address))
    _save(world, ana, ("Home", SITE), ("Boat", "a red one"))
    assert _told(world) == [None, None]
    assert links.drain(world.services) == 1
    now = world.services.clock.now()
    assert _told(world) == [now.strftime("%Y-%m-%dT%H:%M:%S.000Z"), None]
    html = world.http.get("/@ana", base_url=BASE, headers={"Accept": "text/html"}).text
    assert html.count("links back here") == 1


@pytest.mark.parametrize(
    "body",
    ["<p>nothing</p>", f'<a href="{BASE}/@ana">', _back(f"{BASE}/@anatol"), _back("https://evil.example/@ana"), f"<!--{_back()}-->"],
)  # fmt: skip
def test_a_page_that_does_not_is_not(world: World, ana: ActorRow, body: str) -> None:
    _page(world, body)
    _save(world, ana, ("Home", SITE))
    links.drain(world.services)
    assert _told(world) == [None]


def test_a_profile_that_waits_at_the_door_makes_us_ask_nobody(world: World, ana: ActorRow) -> None:
    _page(world, _back())
    _save(world, ana, ("Home", SITE), name=HATEFUL)
    assert (links.drain(world.services), _rows(world)) == (0, {})
    with world.services.db.write() as session:
        assert profile.apply_pending(session, world.services, session.get_one(ActorRow, ana.id))
    assert links.drain(world.services) == 1
    assert _told(world) != [None]


@pytest.mark.parametrize(
    "value",
    [
        "see https://ana.example/about for more",
        "http://ana.example/about",
        f"{BASE}/@ana",
        "ana.example",
        "https://one.example/ https://two.example/",
    ],
)
def test_only_a_link_alone_to_somewhere_else_is_looked_at(world: World, ana: ActorRow, value: str) -> None:
    _save(world, ana, ("Home", value))
    assert (links.drain(world.services), world.web.asked) == (0, [])


def test_a_mark_goes_with_its_link_and_stays_through_other_changes(world: World, ana: ActorRow) -> None:
    _page(world, _back())
    _save(world, ana, ("Home", SITE))
    links.drain(world.services)
    _save(world, ana, ("My site", SITE), name="Ana of the harbour")
    assert _told(world) != [None]
    assert links.drain(world.services) == 0
    _save(world, ana, ("Home", "https://other.example/"))
    assert _told(world) == [None]
    _save(world, ana, ("Home", SITE))
    assert _told(world) == [None]
    _wait(world, hours=2)
    links.drain(world.services)
    assert _told(world) != [None]


def test_a_page_that_stops_linking_back_loses_its_mark(world: World, ana: ActorRow) -> None:
    _page(world, _back())
    _save(world, ana, ("Home", SITE))
    links.drain(world.services)
    _page(world, "<p>sold</p>")
    assert links.drain(world.services) == 0
    _wait(world, days=31)
    assert links.drain(world.services) == 1
    assert _told(world) == [None]


def test_a_page_that_is_silent_for_a_while_keeps_it(world: World, ana: ActorRow) -> None:
    _page(world, _back())
    _save(world, ana, ("Home", SITE))
    links.drain(world.services)
    world.web.fail(SITE, FetchTimeoutError("too slow"))
    _wait(world, days=31)
    links.drain(world.services)
    assert _told(world) != [None]
    for _ in range(5):
        _wait(world, days=8)
        links.drain(world.services)
    assert _told(world) == [None]


@pytest.mark.parametrize(
    "failure", [FetchTimeoutError("slow"), BadStatusError("down", answered=503), GoneError("gone", answered=404)]
)
def test_a_page_that_does_not_answer_is_asked_a_few_times_and_again_when_the_member_saves(
    world: World, ana: ActorRow, failure: FetchTimeoutError
) -> None:
    world.web.fail(SITE, failure)
    _save(world, ana, ("Home", SITE))
    asked = 0
    for _ in range(8):
        asked += links.drain(world.services)
        _wait(world, days=8)
    assert asked == 4
    _page(world, _back())
    _save(world, ana, ("Home", SITE))
    assert links.drain(world.services) == 1
    assert _told(world) != [None]


def test_changing_links_to_and_fro_sends_us_to_so_many_pages_a_day(world: World, ana: ActorRow) -> None:
    for number in range(links.MOST_A_DAY + 6):
        _save(world, ana, ("Home", f"https://victim.example/?{number}"))
        links.drain(world.services)
    assert len(world.web.asked) == links.MOST_A_DAY
    _wait(world, days=1, hours=1)
    links.drain(world.services)
    assert len(world.web.asked) == links.MOST_A_DAY + 1


def test_a_suspended_server_is_not_asked(world: World, ana: ActorRow) -> None:
    _page(world, _back())
    with world.services.db.write() as session:
        editing.set_rule(session, "ana.example", Severity.SUSPEND, by="ada", now=world.services.clock.now())
    _save(world, ana, ("Home", SITE))
    links.drain(world.services)
    assert (world.web.asked, _told(world)) == ([], [None])


def test_who_is_suspended_or_gone_makes_us_ask_nobody_and_leaves_nothing(world: World, ana: ActorRow) -> None:
    _save(world, ana, ("Home", SITE))
    with world.services.db.write() as session:
        session.get_one(ActorRow, ana.id).suspended_at = world.services.clock.now()
    links.drain(world.services)
    assert world.web.asked == []
    assert [row.next_at for row in _rows(world).values()] == [None]
    ties.cut(world.services, ana.id)
    assert _rows(world) == {}
