"""The page of webhooks in a real browser: by keyboard at a desk in English, by thumb on a phone in French."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.accounts.tables import Role
from app.webhooks import sending
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen
from tests.support.posts import Elsewhere

PAGE = "/review/webhooks"
PHONE = {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}}


def look(person: Somebody) -> None:
    """Axe finds nothing, nothing sticks out, and the browser has no complaint."""
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    width = person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (width, person.complaints) == (0, [])


def test_an_admin_adds_a_webhook_by_keyboard_and_sees_what_was_sent(somebody: Somebody, live: LiveHouse) -> None:
    live.member("hedda", Role.ADMIN)
    somebody.signs_in("hedda").goes(PAGE)
    keyboard = somebody.page.keyboard
    somebody.page.locator("#url").focus()
    keyboard.type("https://bot.example/hook")
    for _ in range(7):
        keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Enter")
    somebody.sees("It is shown this once")
    assert len(somebody.page.locator("#secret").inner_text()) == 64
    look(somebody)
    live.writes(live.member("gerda"), "A word for everybody")
    elsewhere = Elsewhere(500)
    with ThreadPoolExecutor(1) as beside:  # an event loop of the browser runs in this thread already
        beside.submit(sending.drain, live.services, poster=elsewhere).result()
    assert len(elsewhere.sent) == 1
    somebody.goes(PAGE)
    somebody.page.locator("details > summary", has_text="What was sent last").click()
    somebody.sees("status.created")
    look(somebody)


def test_the_page_fits_a_phone_in_french(chromium: Browser, live: LiveHouse) -> None:
    live.member("hilda", Role.ADMIN, locale="fr")
    context, person = before_a_screen(chromium, live, **PHONE)
    person.signs_in("hilda").goes(PAGE)
    person.page.locator("#url").fill("https://un-programme-au-nom-vraiment-tres-long.example/" + "chemin/" * 12)
    person.page.get_by_label("un dossier est ouvert").check()
    person.page.get_by_role("button", name="L’ajouter et montrer son secret").click()
    person.sees("Il n’est montré que cette fois")
    look(person)
    context.close()
