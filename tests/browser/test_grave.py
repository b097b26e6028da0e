"""Grave cases in a real browser: two keys seal or call for help, and what follows can be used by everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

SCREENS = {
    "en": {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 720}},
    "fr": {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


@pytest.fixture(scope="module")
def crew(live: LiveHouse) -> LiveHouse:
    """Leads and the child-safety role, in two languages."""
    for locale in SCREENS:
        live.member(f"lead_{locale}", Role.LEAD, locale)
        live.member(f"kit_{locale}", Role.CHILD_SAFETY, locale)
    return live


@pytest.fixture(params=list(SCREENS))
def screen(request: pytest.FixtureRequest, chromium: Browser, crew: LiveHouse) -> Iterator[tuple[str, Somebody]]:
    """Somebody before each of the screens, not signed in yet."""
    context, person = before_a_screen(chromium, crew, **SCREENS[request.param])
    yield request.param, person
    context.close()


def reported(live: LiveHouse, locale: str, what: str) -> tuple[PostRow, CaseRow]:
    """A post that somebody reported."""
    author = live.member(f"{what}_{locale}")
    reporter = live.member(f"by_{what}_{locale}")
    post = live.writes(author, f"meet me by the old mill at eight, {what} {locale}", language="en")
    file.file(live.services, reporter.actor, FileReport(author.id, (post.id,), "look", "other"))
    return post, case_of(live, post)


def case_of(live: LiveHouse, post: PostRow) -> CaseRow:
    """Its case, as it is now."""
    with live.services.db.read() as session:
        return session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()


def is_for_everybody(person: Somebody, name: str) -> None:
    """Nothing is wider than the screen, and axe finds nothing."""
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    assert person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name


def test_two_keys_seal_a_case_and_offer_a_break(screen: tuple[str, Somebody], crew: LiveHouse) -> None:
    locale, person = screen
    post, case = reported(crew, locale, "sealed")
    page = person.signs_in(f"lead_{locale}").goes(f"/review/case/{case.id}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    page.locator("[data-chord=c]").wait_for(state="visible")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert page.url.endswith("/review/sealed")
    is_for_everybody(person, "sealed")
    assert case_of(crew, post).state is CaseState.SEALED
    page.context.clear_cookies()
    person.signs_in(f"kit_{locale}")
    for place in ("/review/child-safety", f"/review/child-safety/{case.id}", f"/review/child-safety/{case.id}/report"):
        person.goes(place)
        is_for_everybody(person, place)
    assert person.complaints == []


def test_two_keys_tell_the_leads_that_a_life_is_in_danger(screen: tuple[str, Somebody], crew: LiveHouse) -> None:
    locale, person = screen
    _post, case = reported(crew, locale, "threat")
    page = person.signs_in(f"lead_{locale}").goes(f"/review/case/{case.id}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    page.locator("[data-chord=t]").wait_for(state="visible")
    with page.expect_navigation():
        page.keyboard.press("t")
    for place in ("/review/threats", f"/review/threats/{case.id}"):
        person.goes(place)
        is_for_everybody(person, place)
    assert person.complaints == []
