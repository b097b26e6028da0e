"""Joining the crew, by the keyboard alone: from a lead's form to the training queue."""

from __future__ import annotations

from playwright.sync_api import Browser

from app.accounts.tables import Role
from tests.browser.conftest import LiveHouse, before_a_screen


def test_an_invitation_is_made_signed_and_taken_by_keyboard(chromium: Browser, live: LiveHouse) -> None:
    live.member("lieke", Role.LEAD)
    live.member("nadia")
    context, lead = before_a_screen(chromium, live, viewport={"width": 1280, "height": 720})
    page = lead.signs_in("lieke").goes("/review/invitations").page
    page.locator("#called").focus()
    page.keyboard.type("Nadia")
    page.locator("#per_hour").focus()
    page.keyboard.type("24.50")
    page.keyboard.press("Enter")
    lead.sees("It is shown this once.")
    link = page.locator("#made").input_value()
    context.close()
    context, nadia = before_a_screen(chromium, live, viewport={"width": 390, "height": 844})
    page = nadia.signs_in("nadia").goes(link.removeprefix(live.address)).page
    nadia.sees("€24.50 an hour")
    page.locator("input[name=read]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Nadia Roy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/training")
    nadia.sees("Welcome to the crew")
    assert nadia.complaints == []
    page.goto(live.address + "/review/my-time")
    nadia.sees("not on shift")
    context.close()
