"""A second opinion by keyboard alone: asked with 2, given blind by somebody else, and done where both agree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import CaseRow
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen


@pytest.fixture
def pair(chromium: Browser, live: LiveHouse) -> Iterator[tuple[Somebody, Somebody]]:
    """Two reviewers, each before a screen."""
    found = []
    for name in ("orla", "otto"):
        live.member(name, Role.REVIEWER)
        found.append((name, *before_a_screen(chromium, live)))
    first, second = (person.signs_in(name) for name, _context, person in found)
    yield first, second
    for _name, context, _person in found:
        context.close()


def test_two_agree_by_keyboard_and_neither_knew_of_the_other(live: LiveHouse, pair: tuple[Somebody, Somebody]) -> None:
    orla, otto = pair
    post = live.writes(live.member("ferdinand"), "vermin, I say, and nothing but, at the ferry")
    with live.services.db.read() as session:
        number = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
    page = orla.goes(f"/review/case/{number}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("2")
    page.locator("#proposed").wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "proposed"
    page.locator("#proposed").select_option("remove")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    orla.sees("Somebody else reads it now")
    page = otto.goes(f"/review/case/{number}").page
    otto.sees("Read this one afresh")
    assert page.get_by_text("Very likely").count() == 0
    assert Axe().run(page).violations_count == 0
    page.wait_for_load_state("networkidle")
    page.keyboard.press("r")
    page.locator("#rule_remove").fill("2.")
    page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    otto.sees("Both of you would do the same")
    with live.services.db.read() as session:
        assert session.get_one(PostRow, post.pk).state is PostState.REJECTED
    assert orla.complaints == otto.complaints == []
