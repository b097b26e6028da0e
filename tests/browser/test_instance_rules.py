"""A rule for the door is written with completion, is told what is wrong while one types, and a trial is followed."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from app.accounts.tables import Role
from app.reviewing import instance_rules
from tests.browser.conftest import LiveHouse, before_a_screen

NEW = "/review/instance-rules/new"


def test_names_are_completed_and_what_is_wrong_is_said_with_its_place(chromium: Browser, live: LiveHouse) -> None:
    live.member("writer_of_rules", Role.ADMIN)
    context, person = before_a_screen(chromium, live, viewport={"width": 1280, "height": 720})
    page = person.signs_in("writer_of_rules").goes(NEW).page
    page.wait_for_load_state("networkidle")
    page.get_by_label("Name of the rule").fill("Young soup")
    field = page.locator("#expression")
    field.focus()
    page.keyboard.type("author.age")
    option = page.get_by_role("option", name="author.age_days")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    assert field.input_value() == "author.age_days"
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.type(" < 'a'")
    expect(page.locator("#expression-wrong")).to_contain_text("Line 1, column 17")
    for _ in range(3):
        page.keyboard.press("Backspace")
    page.keyboard.type("40000 && post.text.contains('soup')")
    page.keyboard.press("Escape")
    expect(page.locator("#expression-wrong")).to_have_text("")
    page.get_by_role("button", name="Make a draft of it").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("posts looked at")).to_be_visible()
    for _ in range(50):
        if not instance_rules.work(live.services):
            break
    expect(page.get_by_text("it would have matched")).to_be_visible(timeout=10_000)
    context.close()
