"""Takes the README's pictures from a running demonstration: `make run DEMO=1`, then, in another terminal,

.venv/bin/python docs/pictures/take.py http://localhost:8000 --name ada --password '…'

The pages are photographed as they are; nothing is staged. Pictures land beside this file.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--hide-scrollbars"]


@dataclass(frozen=True)
class Picture:
    """One page on one screen."""

    name: str
    path: str
    width: int = 1280
    height: int = 800
    dark: bool = False
    signed_in: bool = True
    follow: str = ""
    """The words of a link on that page to follow first."""


PICTURES = (
    Picture("queue", "/review", follow="airdrop"),
    Picture("queue-phone", "/review", width=390, height=844, follow="airdrop"),
    Picture("everywhere", "/public"),
)


def main() -> None:
    """Take all of them, or those that are named."""
    given = _arguments()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
        for picture in PICTURES:
            if not given.only or picture.name in given.only:
                _take(browser, picture, given)
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Takes the README's pictures from a running demonstration.")
    parser.add_argument("address", help="where it runs, such as http://localhost:8000")
    parser.add_argument("--name", required=True, help="a member of the moderation team")
    parser.add_argument("--password", required=True)
    parser.add_argument("--only", nargs="*", choices=[picture.name for picture in PICTURES])
    parser.add_argument("--language", default="en")
    parser.add_argument("--chromium", default=CHROMIUM)
    return parser.parse_args()


def _take(browser: Browser, picture: Picture, given: argparse.Namespace) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.dark else "light",
        locale=given.language,
        device_scale_factor=2 if picture.width < 800 else 1,
    )
    page = context.new_page()
    if picture.signed_in:
        _sign_in(page, given)
    answer = page.goto(given.address + picture.path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{picture.path} isn't there: {answer.status if answer else 'no answer'}")
    if picture.follow:
        page.goto(given.address + (page.locator("a.item", has_text=picture.follow).first.get_attribute("href") or ""))
    page.screenshot(path=HERE / f"{picture.name}.png")
    context.close()


def _sign_in(page: Page, given: argparse.Namespace) -> None:
    page.goto(given.address + "/sign-in")
    page.locator("#name").fill(given.name)
    page.locator("#password").fill(given.password)
    page.locator("main button.in").click()
    page.wait_for_url("**/home")


if __name__ == "__main__":
    main()
