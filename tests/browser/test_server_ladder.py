"""A case leads to its author's server, to a rung of the ladder, and back, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.posts import admission
from moderation.cases.tables import CaseRow
from moderation.domains.rules import rule_at
from moderation.values import Severity
from tests.app.people import draft, remote
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

FAR = "ladder.example"


@pytest.fixture
def leading(request: pytest.FixtureRequest, chromium: Browser, live: LiveHouse) -> Iterator[tuple[Somebody, int]]:
    """A lead before a case about somebody of FAR."""
    name = "lea_who_asks" if "asked" in request.node.name else "lea_who_climbs"
    live.member(name, Role.LEAD)
    sender = remote(live.services, f"neighbour_of_{name}", FAR)
    one = draft(live.services, sender, f"vermin, says {name}")
    admission.admit(live.services, [one])
    with live.services.db.read() as session:
        number = session.scalars(select(CaseRow.id).where(CaseRow.uri == one.uri)).one()
    context, person = before_a_screen(chromium, live, viewport={"width": 1280, "height": 720})
    person.signs_in(name).goes(f"/review/case/{number}").page.wait_for_load_state("networkidle")
    yield person, number
    context.close()


def test_a_rung_is_taken_and_undone_by_keys_alone_and_the_case_is_there_again(leading: tuple[Somebody, int]) -> None:
    (lea, number), page = leading, leading[0].page

    def rule() -> Severity | None:
        with lea.live.services.db.read() as session:
            found = rule_at(session, FAR)
        return None if found is None else found.severity

    page.keyboard.press("d")
    page.locator("#peek[open] [data-rung='2']").wait_for()
    page.keyboard.press("2")
    page.wait_for_url("**/review/domains/steps/hold**")
    assert Axe().run(page).violations_count == 0
    assert rule() is None
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/review/domains/{FAR}?case={number}")
    page.locator("form[data-undo]").wait_for()
    page.wait_for_load_state("networkidle")
    assert rule() is Severity.HOLD
    page.set_viewport_size({"width": 390, "height": 844})
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("u")
    page.get_by_text("Undone.").wait_for()
    page.wait_for_load_state("networkidle")
    assert rule() is None
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/review/case/{number}")
    assert lea.complaints == []


def test_their_moderators_are_asked_and_a_suspension_is_announced_by_keys(leading: tuple[Somebody, int]) -> None:
    lea, page = leading[0], leading[0].page
    lea.goes(f"/review/domains/{FAR}")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("1")
    page.wait_for_url("**/review/domains/ask**")
    assert Axe().run(page).violations_count == 0
    page.keyboard.type("Would you have a look?")
    page.locator("input[name=post]").first.check()
    page.get_by_role("button", name="Ask them").press("Enter")
    page.get_by_text("Would you have a look?").wait_for()
    page.wait_for_load_state("networkidle")
    page.keyboard.press("4")
    page.wait_for_url("**/review/domains/steps/notice**")
    page.set_viewport_size({"width": 390, "height": 844})
    assert Axe().run(page).violations_count == 0
    page.keyboard.type("Nobody there answers.")
    page.get_by_role("button", name="Announce it").press("Enter")
    page.get_by_text("Will be suspended").wait_for()
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("u")
    page.get_by_text("Undone.").wait_for()
    assert lea.complaints == []
