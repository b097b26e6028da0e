"""Takes the pictures of README.md and of the guides: `make pictures`, or `docs/pictures/take.py --only macro`.

It starts a demonstration of its own in a folder that goes away again, and does by the pages what its people would do:
an admin makes the first account and invites a freelancer, who signs and joins; cases are read and decided. Nothing is
drawn or pasted in: what a picture shows is what the page shows. Pictures land beside this file.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from app.accounts.factors import codes  # noqa: E402 - the checkout is on the path only now

OSTIARY = ROOT / ".venv/bin/ostiary"
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--hide-scrollbars"]
PASSWORD = "a good long password"
PATIENCE_SECONDS = 180
PHONE = (390, 844)
DESK = (1280, 800)


@dataclass
class House:
    """A running demonstration, and who is signed in where. `people` holds what a browser keeps of each."""

    address: str
    folder: str
    welcome: str
    people: dict[str, dict[str, object]] = field(default_factory=dict)
    joining: str = ""
    """The way that the freelancer's invitation leads."""


@dataclass(frozen=True)
class Picture:
    """One page on one screen. `before` does what there is to do on the page before it is photographed."""

    name: str
    path: str
    who: str = "ada"
    """Whose page it is; empty for a visitor."""
    screen: tuple[int, int] = DESK
    case: str = ""
    """Words of the case that is opened from the queue, instead of `path`."""
    before: Callable[[Page], None] = lambda page: None
    joining: bool = False
    """It is there only until she joins, so it is taken while everybody settles."""


def _press(*keys: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        page.wait_for_load_state("networkidle")
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")

    return press


def _taken(*keys: str) -> Callable[[Page], None]:
    """Take the case first, unless it is one's own already."""

    def take(page: Page) -> None:
        page.wait_for_load_state("networkidle")
        if page.locator("[data-claim]").count():
            with page.expect_navigation():
                page.keyboard.press("g")
        _press(*keys)(page)

    return take


def _macro(page: Page) -> None:
    _taken("m")(page)
    with page.expect_navigation():
        page.keyboard.press("1")


def _pictures(page: Page) -> None:
    _taken()(page)
    for step in ("", "blur", "thumb"):
        page.keyboard.press("v")
        page.locator(f'[data-veil="{step}"][open]').wait_for()
    page.wait_for_load_state("networkidle")


def _find(words: str) -> Callable[[Page], None]:
    def find(page: Page) -> None:
        page.wait_for_load_state("networkidle")
        page.keyboard.press("Control+k")
        page.keyboard.type(words)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    return find


def _on_call(page: Page) -> None:
    nadia = page.locator("#who option", has_text="nadia").first.get_attribute("value")
    for day in ("0", "2", "4"):
        page.select_option("#who", nadia)
        page.select_option("#weekday", day)
        press(page, "Add")


def _queues(page: Page) -> None:
    house = page.url.removesuffix("/review/queues")
    for name, box, value in (
        ("Urgent", "category", "violence"),
        ("French", "languages", "fr"),
        ("Spam", "category", "spam"),
    ):
        page.goto(house + "/review/queues/new")
        page.locator("#name").fill(name)
        if box == "languages":
            page.locator("#languages").fill(value)
        else:
            page.locator(f"input[name={box}][value={value}]").check()
        press(page, "Save")


def _setup_crew(page: Page) -> None:
    page.locator("#people").fill("2")
    press(page, "Reckon")


def _setup_blocklist(page: Page) -> None:
    rows = [f"hate{number}.example,suspend,Hate speech" for number in range(40)]
    rows += [f"spam{number}.example,suspend,Spam" for number in range(24)]
    rows += [f"loud{number}.example,silence,Unmoderated" for number in range(9)]
    page.locator("#excludes").fill("friends.example")
    page.locator("#list").fill("\n".join(["#domain,#severity,#public_comment", *rows]))
    press(page, "Read it")
    page.locator("input[name=group]").first.check()


def _domain_preview(page: Page) -> None:
    page.locator("#domain").fill("pain.example")
    page.select_option("main select[name=severity]", "suspend")
    press(page, "Show what it would do")


def _list_undo(page: Page) -> None:
    """A list is taken, somebody has another word on one of its servers, and it is looked at again."""
    house = page.url.removesuffix("/review/domains")
    rows = ["pain.example,suspend,Spam", *(f"hate{number}.example,suspend,Hate speech" for number in range(40))]
    text = "\n".join(["#domain,#severity,#public_comment", *rows])
    page.get_by_text("Take a list from a file").click()
    page.locator("#file").set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()})
    with page.expect_navigation():
        page.locator("form[action='/review/domains/import'] button").click()
    press(page, "Set these")
    page.goto(house + "/review/domains/hate7.example")
    page.select_option("main select[name=severity]", "silence")
    press(page, "Show what it would do")
    press(page, "Set it now")
    page.goto(house + "/review/domains/imports")
    with page.expect_navigation():
        page.get_by_role("link", name="#1", exact=True).click()


def _instance_rule(page: Page) -> None:
    page.locator("#name").fill("Airdrops")
    page.locator("#expression").fill('author.age_days < 30 && post.text.contains("airdrop")')
    press(page, "Make a draft of it")
    press(page, "Try it")
    page.locator("article", has_text="it would have").wait_for()


def _closed(page: Page) -> None:
    """As whoever would like to join sees it."""
    house = page.url.removesuffix("/review/closed")
    page.locator("#words-en").fill("We are five people, and take in as many as we can look after.")
    for box in ("waiting_list", "organisations", "others"):
        page.locator(f"input[name={box}]").check()
    press(page, "Save")
    for name, address in (("The Harbour", "harbour.example"), ("Library", "library.example")):
        page.locator("#name-new").fill(name)
        page.locator("#address-new").fill(address)
        press(page, "Put it on the list")
    page.goto(house + "/review/setup/house")
    page.locator("input[name=registration][value=closed]").check()
    press(page, "Save, and go on")
    page.context.clear_cookies()
    page.goto(house + "/sign-up")


PICTURES = (
    # README.md
    Picture("queue", "", case="airdrop"),
    Picture("queue-phone", "", case="airdrop", screen=PHONE),
    Picture("everywhere", "/public"),
    # docs/moderation.md
    Picture("start", "/review/start"),
    Picture("reject", "", case="half price this week", before=_taken("r")),
    Picture("macro", "", case="airdrop", before=_macro),
    Picture("veiled", "", case="copper kettle", before=_pictures),
    Picture("keys", "/review", before=_press("?")),
    Picture("several", "/review/batch", before=_press("j", "x", "j", "x")),
    Picture("find", "/review", before=_find("ravi@velo.example")),
    Picture("teach", "/review/model/teach", who="nadia"),
    # docs/freelancers.md
    Picture("joining-phone", "{joining}", who="nadia", screen=PHONE, joining=True),
    Picture("training", "/review/training", who="nadia"),
    Picture("my-time", "/review/my-time", who="nadia"),
    # docs/leads.md
    Picture("invitation", "/review/invitations"),
    Picture("roles", "/review/roles"),
    Picture("on-call", "/review/on-call", before=_on_call),
    Picture("queues", "/review/queues", before=_queues),
    Picture("crew", "/review/crew"),
    Picture("shifts", "/review/shifts"),
    Picture("quality", "/review/quality"),
    # docs/admins.md
    Picture("setup-crew", "/review/setup/crew", before=_setup_crew),
    Picture("setup-blocklist", "/review/setup/blocklist", before=_setup_blocklist),
    Picture("domain", "/review/domains/fjord.example"),
    Picture("domain-preview", "/review/domains", before=_domain_preview),
    Picture("list-undo", "/review/domains", before=_list_undo),
    Picture("instance-rule", "/review/instance-rules/new", before=_instance_rule),
    Picture("closed", "/review/closed", before=_closed),
)


def main() -> None:
    """Take all of them, or those that are named."""
    parser = argparse.ArgumentParser(description="Takes the pictures of README.md and of the guides.")
    parser.add_argument("--only", nargs="*", choices=[picture.name for picture in PICTURES], default=[])
    parser.add_argument("--into", type=Path, default=HERE, help="the folder that they land in")
    parser.add_argument("--chromium", default=CHROMIUM)
    given = parser.parse_args()
    wanted = [picture for picture in PICTURES if not given.only or picture.name in given.only]
    with running() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
        settle(browser, house, [picture for picture in wanted if picture.joining], given.into)
        for picture in wanted:
            if not picture.joining:
                take(browser, house, picture, given.into)
        browser.close()


@contextlib.contextmanager
def running() -> Iterator[House]:
    """A demonstration on a free port; it is stopped, and its folder deleted, at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [OSTIARY, "run", "--demo", "--port", str(port), "--data", f"{folder}/data"]
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield House(f"http://localhost:{port}", f"{folder}/data", _welcome(log, process))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def _welcome(log: Path, process: subprocess.Popen[bytes]) -> str:
    """The way of the admin's link, once everything runs."""
    for _ in range(PATIENCE_SECONDS * 5):
        said = log.read_text(errors="replace")
        link = re.search(r"https?://\S+?(/welcome/\S+)", said)
        if link and "Ostiary runs at" in said:
            return link[1]
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(f"The demonstration didn't start:\n{log.read_text(errors='replace')}")


def settle(browser: Browser, house: House, joining: list[Picture], folder: Path) -> None:
    """The admin's account, the freelancer's invitation, and what she makes of it."""
    with screen(browser, house) as (context, page):
        open_page(page, house, house.welcome)
        sign_up(page, "ada")
        second_factor(page, house)
        open_page(page, house, "/review/invitations")
        page.locator("#called").fill("Nadia, of the agency")
        page.locator("#languages").fill("en, fr")
        page.locator("#hours_a_week").fill("10")
        page.locator("#per_hour").fill("24.50")
        press(page, "Make the link")
        house.joining = page.locator("#made").input_value().removeprefix(house.address)
        house.people["ada"] = dict(context.storage_state())
    account = ["account", "create", "nadia", "--email", "nadia@demo.example", "--password", PASSWORD]
    subprocess.run([OSTIARY, *account, "--data", house.folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with screen(browser, house) as (context, page):
        open_page(page, house, "/sign-in")
        page.locator("#name").fill("nadia")
        page.locator("#password").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main button.in").click()
        house.people["nadia"] = dict(context.storage_state())
    for picture in joining:
        take(browser, house, picture, folder)
    with screen(browser, house, "nadia") as (context, page):
        open_page(page, house, house.joining)
        page.locator("input[name=read]").check()
        page.locator("input[name=signed_as]").fill("Nadia Roy")
        press(page, "Sign and join")
        second_factor(page, house)
        house.people["nadia"] = dict(context.storage_state())


@contextlib.contextmanager
def screen(
    browser: Browser, house: House, who: str = "", size: tuple[int, int] = DESK
) -> Iterator[tuple[BrowserContext, Page]]:
    """Somebody before a screen, signed in as they were."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="en-GB",
        device_scale_factor=2 if size == PHONE else 1,
        storage_state=house.people.get(who),  # type: ignore[arg-type]
    )
    yield context, context.new_page()
    context.close()


def open_page(page: Page, house: House, path: str) -> None:
    """Open it, or say that it isn't there."""
    answer = page.goto(house.address + path)
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} isn't there: {answer.status if answer else 'no answer'}")


def press(page: Page, words: str) -> None:
    """Press a button that leads somewhere."""
    with page.expect_navigation():
        page.get_by_role("button", name=words).click()


def sign_up(page: Page, name: str) -> None:
    """By the form that is open."""
    for what, value in (("username", name), ("email", f"{name}@demo.example"), ("password", PASSWORD)):
        page.locator(f"main input[name={what}]").fill(value)
    press(page, "Make the account")


def second_factor(page: Page, house: House) -> None:
    """As everybody who moderates needs one: the key is read, and the code made from it, as a phone would."""
    open_page(page, house, "/settings/second-factor")
    press(page, "Set it up")
    key = "".join(page.locator("code.key").inner_text().split())
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    page.locator("input[name=code]").fill(codes.code_of(secret, int(time.time()) // codes.STEP_SECONDS))
    press(page, "Turn it on")


def take(browser: Browser, house: House, picture: Picture, folder: Path) -> None:
    """Open, prepare, photograph."""
    with screen(browser, house, picture.who, picture.screen) as (_context, page):
        if picture.case:
            open_page(page, house, "/review")
            open_page(page, house, _case(page, picture.case))
        else:
            open_page(page, house, picture.path.format(joining=house.joining))
        picture.before(page)
        drawn = Image.open(io.BytesIO(page.screenshot()))
    # a page has few colours: a palette of them is a quarter of the file, and looks the same
    drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(folder / f"{picture.name}.png", optimize=True)
    print(picture.name)


def _case(page: Page, words: str) -> str:
    """The way to the case of these words, in the queue that is open."""
    for item in page.locator("a.item").all():
        if words in item.inner_text():
            return item.get_attribute("href") or ""
    raise SystemExit(f"No case says {words!r}: {page.locator('.queue').inner_text()}")


if __name__ == "__main__":
    main()
