"""Announcements and recommendations: an admin writes, a member reads; on a desk and on a phone, for everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.accounts.tables import Role
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen
from tests.browser.test_everyone_can_use_it import SCREENS


def look(person: Somebody, path: str) -> None:
    """Open it; axe finds nothing, and nothing sticks out."""
    person.goes(path)
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    assert person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


@pytest.mark.parametrize("screen", SCREENS)
def test_an_admin_announces_and_a_member_reads(live: LiveHouse, chromium: Browser, screen: str) -> None:
    locale = "fr" if "French" in screen else "en"
    admin, reader = f"aurelie_{locale}", f"rene_{locale}"
    live.member(admin, Role.ADMIN, locale)
    live.member(reader, locale=locale)
    context, person = before_a_screen(chromium, live, **SCREENS[screen])
    person.signs_in(admin).goes("/review/announcements")
    person.page.locator("#text").fill(f"We move tonight, @{reader}. See https://x.example")
    person.page.locator("main form[action='/review/announcements'] button").click()
    look(person, "/review/announcements")
    look(person, "/review/recommended")
    context.close()
    context, person = before_a_screen(chromium, live, **SCREENS[screen])
    person.signs_in(reader)
    look(person, "/home")
    announced = person.page.locator("article", has_text=f"We move tonight, @{reader}")
    announced.get_by_role("button").click()
    person.page.wait_for_url("**/home")
    assert announced.count() == 0
    context.close()
