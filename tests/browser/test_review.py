"""The review in a real browser: by keyboard alone, on a phone, in French, and looked at by axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from sqlalchemy import select, update

from app.accounts.tables import AccountRow, Role
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.values import CaseState, Severity
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

SCREENS = {
    "desk, English, light": {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "phone, French, dark": {"locale": "fr-FR", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}
PLACES = (
    "/review", "/review/case/{case}", "/review/start", "/review/decided", "/review/history?uri={uri}",
    "/review/find?q=vermin", "/review/domains", "/review/domains/bad.example", "/review/policy", "/review/signups",
    "/review/training", "/review/training/hate-quoted", "/review/quality", "/review/golden", "/review/purges",
    "/review/preservation",
)  # fmt: skip


@dataclass
class Shift:
    """The team, and somebody who posts what must wait."""

    live: LiveHouse
    vera: AccountRow
    number: int = 0

    def held(self) -> PostRow:
        """Another post that waits; each says something else, or they'd be a wave."""
        self.number += 1
        words = ("rain", "trams", "bridges", "soup", "owls", "ferries", "bakers", "kettles")
        return self.live.writes(
            self.vera, f"vermin, I say, {words[self.number % 8]} number {self.number} notwithstanding"
        )

    def case_of(self, post: PostRow) -> CaseRow:
        """Its case, as it is now."""
        with self.live.services.db.read() as session:
            return session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()

    def puts_the_waiting_last(self) -> None:
        """What other tests left waiting stands below what comes: the list shows the first only."""
        with self.live.services.db.write() as session:
            session.execute(update(CaseRow).values(rank=CaseRow.rank - 1_000))

    def state_of(self, post: PostRow) -> PostState:
        """The post's state, as it is now."""
        with self.live.services.db.read() as session:
            return session.get_one(PostRow, post.pk).state


@pytest.fixture(scope="session")
def shift(live: LiveHouse) -> Shift:
    """A moderation team of two languages, a report, a rule."""
    vera = live.member("vera")
    for name, role, locale in (("moira", Role.ADMIN, "en"), ("marcel", Role.ADMIN, "fr")):
        live.member(name, role, locale)
    pavel = live.member("pavel")
    post = live.writes(pavel, "soup with tomatoes, and I mean it", language="en")
    file.file(live.services, vera.actor, FileReport(pavel.id, (post.id,), "tomatoes!", "other"))
    with live.services.db.write() as session:
        editing.set_rule(session, "bad.example", Severity.SILENCE, "moira", live.services.clock.now())
    return Shift(live, vera)


@pytest.fixture(params=list(SCREENS))
def reviewer(request: pytest.FixtureRequest, chromium: Browser, live: LiveHouse, shift: Shift) -> Iterator[Somebody]:
    """Somebody of the team, before each of the screens."""
    context, person = before_a_screen(chromium, live, **SCREENS[request.param])
    person.signs_in("marcel" if "French" in request.param else "moira")
    yield person
    context.close()


@pytest.mark.parametrize("place", PLACES)
def test_every_page_of_the_review_can_be_used_by_everybody(reviewer: Somebody, shift: Shift, place: str) -> None:
    post = shift.held()
    reviewer.goes(place.format(case=shift.case_of(post).id, uri=post.uri))
    found = Axe().run(reviewer.page)
    assert found.violations_count == 0, found.generate_report()
    width = reviewer.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0, place
    assert reviewer.complaints == []


@pytest.fixture
def moira(chromium: Browser, live: LiveHouse, shift: Shift) -> Iterator[Somebody]:
    """A moderator at a desk."""
    context, person = before_a_screen(chromium, live)
    yield person.signs_in("moira")
    context.close()


def test_a_case_is_claimed_let_in_and_undone_by_keyboard_alone(moira: Somebody, shift: Shift) -> None:
    post = shift.held()
    number = shift.case_of(post).id
    page = moira.goes(f"/review/case/{number}").page
    moira.sees("Nobody has it.")
    page.keyboard.press("g")
    moira.sees("Nobody but you has it")
    assert shift.case_of(post).claimed_by == "moira"
    with page.expect_navigation():
        page.keyboard.press("a")
    moira.sees("Done: let in. Undo for ten minutes")
    assert shift.state_of(post) is PostState.PUBLISHED
    with page.expect_navigation():
        page.keyboard.press("u")
    moira.sees("Undone. The case is open again.")
    assert page.url.endswith(f"/review/case/{number}")
    assert shift.state_of(post) is not PostState.PUBLISHED
    assert shift.case_of(post).state is CaseState.OPEN


def test_rejecting_opens_rule_and_reason_and_enter_confirms(moira: Somebody, shift: Shift) -> None:
    post = shift.held()
    page = moira.goes(f"/review/case/{shift.case_of(post).id}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("r")
    page.locator("#rule_remove").wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "rule_remove"
    assert "rule 2" in page.locator("#reason_remove").input_value()
    page.locator("#rule_remove").fill("1.")
    page.keyboard.press("Enter")
    assert "rule 1" in page.locator("#reason_remove").input_value()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    moira.sees("Done: removed.")
    assert shift.state_of(post) is PostState.REJECTED


def test_suspending_never_takes_one_key(moira: Somebody, shift: Shift) -> None:
    post = shift.held()
    page = moira.goes(f"/review/case/{shift.case_of(post).id}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("s")
    page.locator("#panel-account[open]").wait_for()
    assert shift.case_of(post).state is CaseState.OPEN
    page.keyboard.press("Escape")
    page.locator("#panel-account:not([open])").wait_for(state="attached")


def test_keys_are_off_while_somebody_types(moira: Somebody, shift: Shift) -> None:
    post = shift.held()
    page = moira.goes(f"/review/case/{shift.case_of(post).id}").page
    page.wait_for_load_state("networkidle")
    page.keyboard.press("n")
    page.keyboard.type("a grey case, really")
    assert page.locator("#note").input_value() == "a grey case, really"
    assert shift.case_of(post).state is CaseState.OPEN
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("a")
    assert shift.case_of(post).state is CaseState.OPEN


def test_enter_in_a_field_decides_nothing(moira: Somebody, shift: Shift) -> None:
    post = shift.held()
    page = moira.goes(f"/review/case/{shift.case_of(post).id}").page
    page.wait_for_load_state("networkidle")
    box = page.locator('input[name="suspend_too"], input[name="measure"]').first
    page.keyboard.press("s")
    box.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 422  # the panel's own button was pressed, and nothing was chosen in it
    assert shift.case_of(post).state is CaseState.OPEN


def test_the_queue_and_its_count_follow_what_happens(moira: Somebody, shift: Shift) -> None:
    shift.puts_the_waiting_last()
    first = shift.held()
    page = moira.goes(f"/review/case/{shift.case_of(first).id}").page
    with page.expect_response("**/review/counts.json*"):
        pass  # the script has counted once, and knows what changed from then on
    number = shift.case_of(shift.held()).id
    page.locator(f'[data-item][href="/review/case/{number}"]').wait_for()


def test_without_scripts_a_case_is_decided_all_the_same(chromium: Browser, live: LiveHouse, shift: Shift) -> None:
    post = shift.held()
    context, person = before_a_screen(chromium, live, java_script_enabled=False)
    page = person.signs_in("moira").goes(f"/review/case/{shift.case_of(post).id}").page
    page.locator("#panel-limit > summary").click()
    page.locator('#panel-limit button[value="limit"]').click()
    page.get_by_text("Done: taken off the public timelines.").wait_for()
    context.close()
    assert shift.state_of(post) is PostState.PUBLISHED


def test_on_a_phone_the_first_thing_is_the_case_and_the_thumb_finds_the_rest(
    chromium: Browser, live: LiveHouse, shift: Shift
) -> None:
    post = shift.held()
    context, person = before_a_screen(chromium, live, viewport={"width": 390, "height": 844}, has_touch=True)
    page = person.signs_in("moira").goes(f"/review/case/{shift.case_of(post).id}").page
    tops = {name: page.locator(name).bounding_box()["y"] for name in (".case", ".decide", ".queue")}  # type: ignore[index]
    assert tops[".case"] < tops[".decide"] < tops[".queue"]
    bar = page.locator(".bar")
    assert bar.locator("button, a.btn").count() == 4
    bar.locator('[data-opens="remove"]').tap()
    page.locator("#panel-remove[open]").wait_for()
    page.locator('#panel-remove button[value="remove"]').tap()
    person.sees("Done: removed.")
    context.close()
    assert shift.state_of(post) is PostState.REJECTED
