"""A client that people open in their browser, from another origin, over nothing but the public API: it signs in by
OAuth with a proof key, reads page by page, posts a picture, and hears what others do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.clock import SystemClock
from app.database.engine import Database
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships import follow
from app.timelines import fanout
from tests.app import people
from tests.browser.conftest import PATIENCE_MILLISECONDS
from tests.support.running import RunningServer, running_server
from tests.support.services import make_services, make_settings
from tests.support.stores import TestValkey

CLIENT = Path(__file__).parent / "web_client"
SPAM = "You have won a free casino bonus of $5000. Click here now to claim your prize."


class Quietly(SimpleHTTPRequestHandler):
    """Serves the client's two files."""

    def log_message(self, format: str, *args: object) -> None:
        """Not into the tests' output."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another origin, where the client is kept."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quietly, directory=CLIENT)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/index.html"
        server.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Everything that runs: web, worker, streams."""
    folder = tmp_path_factory.mktemp("server")
    with running_server(folder, {"OSTIARY_RATE_LIMITS": "off"}) as running:
        _people(running, folder)
        yield running


def _people(running: RunningServer, folder: Path) -> None:
    """ana and ben, who follow each other; ben has said much."""
    db = Database(f"sqlite:///{running.data / 'ostiary.sqlite3'}")
    with TestValkey() as valkey:
        settings = make_settings(folder, db, domain=f"localhost:{running.port}", scheme="http")
        services = make_services(folder, db=db, redis=valkey.client(), clock=SystemClock(), settings=settings)
        ana, ben = (people.member(services, name) for name in ("ana", "ben"))
        for follower, followed in ((ana, ben), (ben, ana)):
            follow.follow(services, follower.id, followed.id)
        for number in range(25):
            compose.compose(services, ben.id, ComposeRequest(f"The river stood at {number} centimetres this morning."))
        fanout.sweep(services)  # or the server, which has another Redis, would tell its streams of them once more
    db.dispose()


def _signed_in(browser: Browser, elsewhere: str, server: RunningServer, name: str) -> tuple[BrowserContext, Page]:
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.goto(elsewhere)
    page.get_by_label("Server").fill(server.base_url)
    page.get_by_role("button", name="Sign in").click()
    page.locator("#name").fill(name)
    page.locator("#password").fill(people.PASSWORD)
    page.locator("main button.in").click()
    page.locator('button[value="allow"]').click()
    expect(page.locator("#me")).to_have_text(name, timeout=PATIENCE_MILLISECONDS)
    expect(page.locator("#stream")).to_have_text("streaming", timeout=PATIENCE_MILLISECONDS)
    return context, page


def _picture() -> bytes:
    held = BytesIO()
    Image.new("RGB", (64, 48), "slategrey").save(held, "PNG")
    return held.getvalue()


def test_two_people_live_in_a_client_from_another_origin(
    chromium: Browser, elsewhere: str, server: RunningServer
) -> None:
    at_anas, ana = _signed_in(chromium, elsewhere, server, "ana")
    at_bens, ben = _signed_in(chromium, elsewhere, server, "ben")
    home = ana.locator("#home li")
    expect(home).to_have_count(20)
    ana.locator("#older").click()
    expect(home).to_have_count(25)

    ben.get_by_label("Text").fill("A picture from the bridge")
    ben.get_by_label("Picture").set_input_files({"name": "dot.png", "mimeType": "image/png", "buffer": _picture()})
    ben.get_by_label("Description").fill("the bridge in fog")
    ben.get_by_role("button", name="Post").click()
    expect(ben.locator("#said")).to_have_text("Posted.", timeout=PATIENCE_MILLISECONDS)
    expect(home.first).to_contain_text("A picture from the bridge", timeout=PATIENCE_MILLISECONDS)
    picture = home.first.get_by_alt_text("the bridge in fog")
    picture.wait_for()
    ana.wait_for_function("() => document.querySelector('#home li img').naturalWidth > 0")

    home.first.get_by_role("button", name="favourite").click()
    expect(home.first.get_by_role("button", name="favourite")).to_have_attribute("aria-pressed", "true")
    expect(ben.locator("#told")).to_have_text("1", timeout=PATIENCE_MILLISECONDS)

    ana.get_by_label("Text").fill(SPAM)
    ana.get_by_role("button", name="Post").click()
    expect(ana.locator("#home")).to_contain_text("free casino bonus")
    ana.get_by_label("Text").fill("Fog again, and no ferry")
    ana.get_by_role("button", name="Post").click()
    expect(ben.locator("#home")).to_contain_text("Fog again, and no ferry", timeout=PATIENCE_MILLISECONDS)
    expect(ben.locator("#home")).not_to_contain_text("free casino bonus")

    ana.get_by_role("button", name="Sign out").click()
    ana.get_by_label("Server").wait_for()
    for context in (at_anas, at_bens):
        context.close()
