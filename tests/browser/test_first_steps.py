"""The admin's first steps, walked through with a pointer and looked at by axe-core, on a desk and on a phone in French."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.accounts.tables import Role
from app.setup.steps import Step
from tests.browser.conftest import Somebody, before_a_screen, open_house

SCREENS = {
    "desk, English, light": {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 720}},
    "phone, French, dark": {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}
HOME = "/review/setup"
LIST = "#domain,#severity,#public_comment\nhate.example,suspend,Hate\nspam.example,silence,Spam\nloud.example,silence,Loud\n"
LIST += "".join(f"quite-a-long-name-{at}.example,suspend,Reason {at % 30} that somebody wrote\n" for at in range(60))


@pytest.fixture(scope="module", params=SCREENS)
def admin(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, chromium: Browser
) -> Iterator[Somebody]:
    """Who just made a house."""
    french = "French" in request.param
    with open_house(tmp_path_factory.mktemp("steps"), "approval") as house:
        house.member("ada", Role.ADMIN, locale="fr" if french else "en")
        context, person = before_a_screen(chromium, house, **SCREENS[request.param])
        yield person.signs_in("ada")
        context.close()


def look(person: Somebody) -> None:
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    assert person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert not person.complaints


def press(person: Somebody, what: str) -> None:
    person.page.locator(f"button[name=do][value={what}]").click()
    person.page.wait_for_load_state()


def test_an_admin_goes_through_all_seven(admin: Somebody) -> None:
    page = admin.page
    admin.goes(HOME)
    press(admin, "look")
    look(admin)
    assert page.locator("text=/browser|navigateur/").count() and not page.locator("text=/compared|comparée/").count()
    press(admin, "on")
    page.fill("#title", "The Lantern")
    look(admin)
    page.locator("form button.in").first.click()
    page.wait_for_url("**/crew")
    page.fill("#people", "2")
    press(admin, "reckon")
    look(admin)
    press(admin, "settle")
    page.fill("#list", LIST)
    press(admin, "read")
    look(admin)
    for box in page.locator("input[name=all]").all():
        box.check()
    for names in page.locator("details").all():
        names.locator("summary").click()
    look(admin)
    press(admin, "take")
    page.wait_for_url("**/invite")
    page.fill("#called", "Bea")
    press(admin, "invite")
    assert "/join/" in page.input_value("#made")
    look(admin)
    press(admin, "on")
    press(admin, "plant")
    look(admin)
    press(admin, "clear")
    press(admin, "on")
    look(admin)
    press(admin, "on")
    assert page.url.endswith(HOME)
    look(admin)
    for step in Step:
        assert page.locator(f".setup-steps .done a[href='{HOME}/{step}']").count() == 1
