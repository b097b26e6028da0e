"""Keys of one's own and swipes, in a real browser: what is chosen works, what was given away does nothing."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page
from sqlalchemy import func, select, update

from app.accounts.tables import Role
from app.posts.tables import PostRow, PostState
from app.workforce import desk_choices
from app.workforce.desk_choices import DeskChoices
from moderation.cases.tables import CaseRow
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen

NOTES_WHAT_COMES = """() => new MutationObserver(() => {
  const next = document.querySelector(".ahead");
  const gone = getComputedStyle(document.querySelector("main.case")).display;
  if (next) sessionStorage.setItem("ahead", JSON.stringify([next.querySelector("h1").innerText, next.inert, gone]));
}).observe(document.querySelector(".desk"), { childList: true })"""
"""For a page that is being left no tool can ask anything: it writes down itself what it shows."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def case_of(live: LiveHouse, post: PostRow) -> int:
    with live.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()


def state_of(live: LiveHouse, post: PostRow) -> PostState:
    with live.services.db.read() as session:
        return session.get_one(PostRow, post.pk).state


def before_all_others(live: LiveHouse, *posts: PostRow) -> None:
    """The cases of these posts are dealt first, whatever else other tests left waiting in the house."""
    with live.services.db.write() as session:
        first = update(CaseRow).where(CaseRow.uri.in_([post.uri for post in posts]))
        session.execute(first.values(rank=select(func.max(CaseRow.rank) + 1).scalar_subquery()))


def held(live: LiveHouse, person: Somebody, words: str, name: str) -> PostRow:
    """A post that waits, and its case open before the person."""
    post = live.writes(live.member(name), f"vermin: {words}, by {name}")
    person.goes(f"/review/case/{case_of(live, post)}").page.wait_for_load_state("networkidle")
    return post


def drags(page: Page, by: int, *, up: bool = True) -> CDPSession:
    """A finger on the case's heading, moved sideways, and lifted unless it stays down."""
    box = page.locator("main.case h1").first.bounding_box()
    assert box is not None
    finger, x, y = page.context.new_cdp_session(page), box["x"] + box["width"] / 2, box["y"] + 8
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 5):
        at = [{"x": x + by * step / 4, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at})
    if up:
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    return finger


def test_a_key_that_was_chosen_decides_and_the_one_that_was_given_away_does_nothing(
    chromium: Browser, live: LiveHouse
) -> None:
    live.member("keyla", Role.MODERATOR)
    context, person = before_a_screen(chromium, live)
    page = person.signs_in("keyla").goes("/review/keys").page
    page.get_by_label("Let in, or leave it").fill("y")
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Keep").click()
    person.sees("Kept.")
    post = held(live, person, "one of mine", "keyla_author")
    page.keyboard.press("a")
    assert state_of(live, post) is PostState.HELD
    page.keyboard.press("?")
    assert page.locator("#keys[open] dt", has_text="y").count() == 1
    page.keyboard.press("Escape")
    with page.expect_navigation():
        page.keyboard.press("y")
    assert state_of(live, post) is PostState.PUBLISHED
    assert person.complaints == []
    context.close()


def test_a_finger_to_the_right_lets_in_and_one_to_the_left_asks_for_the_rule(
    chromium: Browser, live: LiveHouse
) -> None:
    moderator = live.member("swipa", Role.MODERATOR)
    with live.services.db.write() as session:
        desk_choices.put(session, moderator.id, DeskChoices(swipes=True))
    context, person = before_a_screen(chromium, live, **PHONE)
    page = person.signs_in("swipa").page
    post = held(live, person, "by a finger", "swipa_author")
    drags(page, -150)
    page.locator("#panel-remove[open]").wait_for()
    page.keyboard.press("Escape")
    page.evaluate("window.scrollTo(0, 0)")
    finger = drags(page, 150, up=False)
    assert page.locator(".swipe.far").inner_text() == "Let in →"
    finger.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    assert state_of(live, post) is PostState.HELD
    page.evaluate("window.scrollTo(0, 0)")
    with page.expect_navigation():
        drags(page, 150)
    person.sees("Done: let in")
    assert state_of(live, post) is PostState.PUBLISHED
    with page.expect_navigation():
        page.locator(".undo-line button").tap()
    person.sees("Undone.")
    assert state_of(live, post) is PostState.HELD
    assert person.complaints == []
    context.close()


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_the_next_text_is_there_while_its_page_is_on_its_way(
    chromium: Browser, live: LiveHouse, screen: dict[str, object]
) -> None:
    name = "ahead_phone" if screen else "ahead_desk"
    live.member(name, Role.MODERATOR)
    context, person = before_a_screen(chromium, live, **screen)
    page = person.signs_in(name).goes("/review/start").page
    both = [live.writes(live.member(f"{name}_{n}"), f"vermin: the {n} of {name}") for n in ("first", "second")]
    before_all_others(live, *both)
    with page.expect_response("**/review/ahead.html"), page.expect_navigation():
        page.locator("[data-next] button").first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate(NOTES_WHAT_COMES)
    with page.expect_navigation():
        page.locator("[data-key=a]").first.click()
    person.sees("Done: let in")
    title, inert, gone = page.evaluate("JSON.parse(sessionStorage.getItem('ahead'))")
    assert title == page.locator("main.case h1").inner_text(), "it was the case that came"
    assert inert and gone == "none"
    assert person.complaints == []
    context.close()
