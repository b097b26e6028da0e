"""A real Chromium before a real server: one house for all of these tests, in which each makes its own members."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from sqlalchemy import select
from werkzeug.serving import make_server

from app.accounts import signup
from app.accounts.tables import AccountRow, Role
from app.clock import SystemClock
from app.enforcement import enact
from app.factory import create_app
from app.instance import house as instance_house
from app.instance import rules
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.posts.tables import PostRow
from app.reviewing import macros
from app.services import Services
from moderation.cases import decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.policy import store
from moderation.policy.document import DEFAULT
from moderation.values import Action
from tests.support.databases import SqliteDatabase
from tests.support.services import make_services, make_settings
from tests.support.stores import TestValkey

PASSWORD = "a good long password"
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--no-first-run", "--disable-sync", "--disable-default-apps",
)  # fmt: skip
PATIENCE_MILLISECONDS = 15_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)
# Werkzeug's development server, which these tests alone use, doesn't close a file that a browser stopped asking for.
LEFT_OPEN = "ignore:.*FileIO name='[^']*/app/web/static/:pytest.PytestUnraisableExceptionWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in here drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.filterwarnings(LEFT_OPEN))


@dataclass
class LiveHouse:
    """A server that answers on `address`, and what stands behind it."""

    address: str
    services: Services

    def member(self, name: str, role: Role = Role.MEMBER, locale: str = "en") -> AccountRow:
        """Somebody with an account."""
        return signup.create_account(self.services, name, f"{name}@mail.example", PASSWORD, role, locale=locale)

    def writes(self, account: AccountRow, text: str, **more: object) -> PostRow:
        """A post; one with the word of a label waits."""
        return compose.compose(self.services, account.id, ComposeRequest(text, **more))  # type: ignore[arg-type]

    def decide(self, post: PostRow, action: Action) -> None:
        """A moderator decides the case of a post."""
        with self.services.db.write() as session:
            now = self.services.clock.now()
            case = session.scalars(select(CaseRow).where(CaseRow.uri == post.uri)).one()
            decided = decisions.decide(session, case.id, DecisionRequest(action, reason="read"), "ada", now)
            enact.enact(self.services, session, decided.effects)


def _let_machines_make_cases(services: Services) -> None:
    """As many as all of these tests need in one day: beyond the budget what is hateful is let in behind a warning."""
    with services.db.write() as session:
        document = {**DEFAULT, "budget": {"cases_per_moderator": 500}}
        store.publish(session, document, "the tests", services.clock.now())


@contextmanager
def open_house(folder: Path, registration: str = "open") -> Iterator[LiveHouse]:
    """A house on a free port, with what it keeps in a folder."""
    with TestValkey() as valkey, socket.create_server(("127.0.0.1", 0)) as listening:
        domain = f"localhost:{listening.getsockname()[1]}"
        db = SqliteDatabase(folder).fresh()
        settings = make_settings(folder, db, domain=domain, scheme="http", registration=registration, rate_limits="off")
        services = make_services(folder, db=db, redis=valkey.client(), clock=SystemClock(), settings=settings)
        rules.ensure_defaults(services)
        macros.ensure_defaults(services)
        _let_machines_make_cases(services)
        instance_house.change(services, title="Le perron", description="A small house by the river.")
        server = make_server("127.0.0.1", 0, create_app(services), threaded=True, fd=listening.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield LiveHouse(f"http://{domain}", services)
        server.shutdown()
        thread.join()
        db.dispose()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHouse]:
    """The house."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Somebody:
    """A person before a screen. `complaints` are what the browser put on its console."""

    page: Page
    live: LiveHouse
    complaints: list[str]

    def goes(self, path: str) -> Somebody:
        """Open a page."""
        answer = self.page.goto(self.live.address + path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self

    def signs_in(self, name: str) -> Somebody:
        """By the form."""
        self.goes("/sign-in")
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.locator("main button.in").click()
        self.page.wait_for_url("**/home")
        return self

    def sees(self, words: str) -> None:
        """The words are there to see, sooner or later."""
        self.page.get_by_text(words).first.wait_for(state="visible")
        self.page.wait_for_load_state()  # by then the page's modules have run


def before_a_screen(browser: Browser, live: LiveHouse, **screen: object) -> tuple[BrowserContext, Somebody]:
    """Somebody with a screen of their own; the context is to be closed."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **screen})  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _leave_before_closing(context)
    return context, Somebody(page, live, complaints)


def _leave_before_closing(context: BrowserContext) -> None:
    """Pages are left as people leave them: what one still sends then (words that somebody typed) has somewhere to be
    sent from, and closing doesn't wait for it for ever.
    """
    close = context.close

    def leave_and_close(**options: Any) -> None:
        for page in context.pages:
            with suppress(Error):  # it is on its way to somewhere else already
                page.goto("about:blank")
        close(**options)

    context.close = leave_and_close  # type: ignore[method-assign]


@pytest.fixture
def somebody(chromium: Browser, live: LiveHouse) -> Iterator[Somebody]:
    """Somebody at a desk, in English."""
    context, person = before_a_screen(chromium, live)
    yield person
    context.close()
