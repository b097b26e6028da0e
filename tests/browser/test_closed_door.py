"""A house whose sign-ups are closed, looked at by axe-core, and joined without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.doors import choices, organisations, others, waiting
from app.doors.choices import Choices
from app.doors.hand import Hand
from app.doors.organisations import Request
from app.doors.others import Door
from app.doors.tables import WaitingRow, WaitingState
from app.doors.waiting import Ask
from app.notifications.tables import MailRow
from tests.app.doors.conftest import link
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen, open_house
from tests.browser.test_everyone_can_use_it import SCREENS

ADA = Hand("ada", None)
FOR_VISITORS = (
    "/", "/sign-up", "/waiting-list", "/organisations", "/waiting-list/confirm/{confirm}", "/waiting-list/leave/{leave}",
)  # fmt: skip
FOR_ADMINS = ("/review/closed", "/review/waiting-list", "/review/signups")


def last_mail(house: LiveHouse) -> MailRow:
    with house.services.db.read() as session:
        return session.scalars(select(MailRow).order_by(MailRow.id.desc())).first()  # type: ignore[return-value]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """It offers everything; one waits, one was invited, a choir asked."""
    with open_house(tmp_path_factory.mktemp("closed"), "closed") as made:
        services = made.services
        made.member("ada", Role.ADMIN)
        choices.choose(services, ADA, Choices(True, True, True, "We are five people.", "Nous sommes cinq."))
        others.add(services, ADA, Door("The Harbour", "harbour.example", "fr", "by the sea", "au bord de la mer"))
        others.add(services, ADA, Door("Tower", "https://a-rather-long-name-of-a-server.library.example/about"))
        for name in ("one", "two"):
            waiting.ask(services, Ask(f"{name}@mail.example", "rivers", "fr"), "198.51.100.1")
            waiting.confirm(services, link(last_mail(made), "waiting-list/confirm"))
        waiting.invite_next(services, ADA, 1)
        for asked in (
            Request("The Choir", "choir.example", "12", "Nadia", "nadia@choir.example", "songs"),
            Request("L" * 190, f"club.example/{'p' * 200}", "2", "N" * 190, "bo@club.example", "w" * 500),
        ):
            organisations.ask(services, asked, "198.51.100.1")
            organisations.confirm(services, link(last_mail(made), "organisations/confirm"))
        yield made


@pytest.fixture(scope="module", params=SCREENS)
def visitor(request: pytest.FixtureRequest, chromium: Browser, house: LiveHouse) -> Iterator[Somebody]:
    """Somebody who would like to join."""
    context, person = before_a_screen(chromium, house, **SCREENS[request.param])
    yield person
    context.close()


def look(person: Somebody, path: str) -> None:
    """Open it, let axe look at it, and see that nothing sticks out."""
    person.complaints.clear()
    person.goes(path)
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    assert person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert not person.complaints


def test_pages_before_the_door(visitor: Somebody, house: LiveHouse) -> None:
    waiting.ask(house.services, Ask("three@mail.example", "rivers"), "198.51.100.1")
    mail = last_mail(house)
    tokens = {name: link(mail, f"waiting-list/{name}") for name in ("confirm", "leave")}
    for path in FOR_VISITORS:
        look(visitor, path.format(**tokens))


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_for_who_keeps_the_door(chromium: Browser, house: LiveHouse, screen: str) -> None:
    context, person = before_a_screen(chromium, house, **SCREENS[screen])
    person.signs_in("ada")
    for path in FOR_ADMINS:
        look(person, path)
    person.goes("/review/closed")
    person.page.locator("details > summary").filter(has_text="The Harbour").click()
    found = Axe().run(person.page)
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_the_list_is_joined_on_a_phone_without_scripts(chromium: Browser, house: LiveHouse) -> None:
    phone = SCREENS["phone, French, dark"]
    context, person = before_a_screen(chromium, house, **phone, java_script_enabled=False)
    person.goes("/sign-up")
    person.page.fill("#email", "chloe@mail.example")
    person.page.fill("#why", "la mer")
    person.page.select_option("#language", "fr")
    person.page.locator("main button.in").click()
    person.page.get_by_text("chloe@mail.example").wait_for()
    person.goes("/waiting-list/confirm/" + link(last_mail(house), "waiting-list/confirm"))
    person.page.locator("main button.in").click()
    person.page.get_by_text("Vous êtes sur la liste d’attente").wait_for()
    with house.services.db.read() as session:
        row = session.scalars(select(WaitingRow).where(WaitingRow.email == "chloe@mail.example")).one()
    assert (row.state, row.why, row.language) == (WaitingState.WAITING, "la mer", "fr")
    context.close()
