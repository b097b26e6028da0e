"""A passkey in a real browser, with a device that Chromium plays: made, used at sign-in on a phone's screen, removed."""

from __future__ import annotations

from playwright.sync_api import Browser

from tests.browser.conftest import PASSWORD, LiveHouse, Somebody, before_a_screen

PAGE = "/settings/second-factor"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def gives_name_and_password(person: Somebody, name: str) -> None:
    """The first half of signing in."""
    page = person.goes("/sign-in").page
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button.in").click()
    page.wait_for_url("**/sign-in/code")


def test_a_member_adds_a_passkey_signs_in_with_it_and_removes_it(chromium: Browser, live: LiveHouse) -> None:
    live.member("paloma")
    context, paloma = before_a_screen(chromium, live, viewport={"width": 390, "height": 844})
    page = paloma.signs_in("paloma").page
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    paloma.goes(PAGE)
    page.locator("#passkey-name").fill("My phone")
    page.locator("#passkey-password").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.bring_to_front()  # no authenticator answers a page that nobody looks at
    page.get_by_role("button", name="Make the passkey").click()
    paloma.sees("The passkey is set up.")
    codes = page.locator("main li code").all_inner_texts()
    assert len(codes) == 10

    context.clear_cookies()
    gives_name_and_password(paloma, "paloma")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/home")

    paloma.goes(PAGE).sees("Signing in takes your password and a passkey.")
    page.get_by_text("Remove My phone").click()
    page.locator("main details[open] input[type=password]").fill(PASSWORD)
    page.locator("main details[open] input[name=code]").fill(codes[0])
    page.get_by_role("button", name="Remove the passkey").click()
    paloma.sees("The passkey is removed.")
    assert paloma.complaints == []
    context.close()


def test_a_device_that_has_no_passkey_says_so_and_a_code_still_works(chromium: Browser, live: LiveHouse) -> None:
    live.member("pedro")
    context, pedro = before_a_screen(chromium, live)
    page = pedro.signs_in("pedro").page
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    pedro.goes(PAGE)
    page.locator("#passkey-password").fill(PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.bring_to_front()  # no authenticator answers a page that nobody looks at
    page.get_by_role("button", name="Make the passkey").click()
    code = page.locator("main li code").first.inner_text()
    device.send("WebAuthn.clearCredentials", {"authenticatorId": made["authenticatorId"]})
    context.clear_cookies()
    gives_name_and_password(pedro, "pedro")
    page.get_by_role("button", name="Sign in with a passkey").click()
    pedro.sees("The browser gave no passkey.")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Sign in with a code").click()
    page.wait_for_url("**/home")
    context.close()
