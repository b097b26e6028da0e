"""The planner on a phone: what is suggested stands on the screen, beside what is in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from app.accounts.tables import Role
from tests.browser.conftest import LiveHouse, before_a_screen

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.mark.parametrize(("locale", "name"), [("en-GB", "planner_en"), ("fr-FR", "planner_fr")])
@pytest.mark.parametrize("given", ["house=large&harmful=10", "house=club"])
def test_every_choice_of_lines_is_on_the_screen(
    chromium: Browser, live: LiveHouse, locale: str, name: str, given: str
) -> None:
    who = f"{name}_{given[6]}"
    live.member(who, Role.ADMIN, locale=locale[:2])
    context, person = before_a_screen(chromium, live, locale=locale, **PHONE)
    page = person.signs_in(who).goes(f"/review/planner?{given}").page
    page.wait_for_load_state("networkidle")
    cells = page.locator("table.choices td")
    boxes = [box for box in (cells.nth(number).bounding_box() for number in range(cells.count())) if box is not None]
    assert len(boxes) == cells.count() > 20
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    inside = page.locator(".scroll:has(table.choices)")
    assert inside.evaluate("box => box.scrollWidth <= box.clientWidth")
    heads = page.get_by_role("table").first.get_by_role("columnheader")
    assert heads.count() == (4 if "large" in given else 3), "who hears it hears which choice a figure is of"
    assert not person.complaints
    context.close()
