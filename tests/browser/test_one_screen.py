"""Everything that a moderator decides with is on one small screen, without scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from moderation.cases.tables import CaseRow
from tests.browser.conftest import LiveHouse, before_a_screen

SMALL = {"width": 1280, "height": 720}
PIECES = ("[data-key=a]", "#panel-label", "#panel-limit", "#panel-remove", "#panel-escalate", "#panel-account", "#note")


@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_all_decisions_the_note_and_undo_are_there_without_scrolling(
    chromium: Browser, live: LiveHouse, locale: str
) -> None:
    name = f"small_{locale[:2]}"
    live.member(name, Role.MODERATOR, locale[:2])
    post = live.writes(live.member(f"writer_{locale[:2]}"), f"vermin, says the {locale} almanac of small screens")
    with live.services.db.read() as session:
        number = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
    context, person = before_a_screen(chromium, live, viewport=SMALL, locale=locale)
    page = person.signs_in(name).goes(f"/review/case/{number}").page
    for piece in (*PIECES, "aside [data-undo]", "aside [data-next]"):
        box = page.locator(piece).first.bounding_box()
        assert box is not None, piece
        assert box["y"] + box["height"] <= SMALL["height"], (piece, box)
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "find-what"
    page.keyboard.type(str(number))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/review/case/{number}")
    assert not person.complaints
    context.close()
