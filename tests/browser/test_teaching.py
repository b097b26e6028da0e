"""Teaching the text model by key: one post at a time, taken back by key, and reported by one more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.learning import lessons
from app.posts.tables import PostRow, PostState
from moderation.learning.tables import LessonRow
from moderation.learning.values import Taught
from moderation.reports.tables import ReportRow
from tests.browser.conftest import LiveHouse, Somebody, before_a_screen, open_house

PAGE = "/review/model/teach"
APPLES = "The baker gave away the last of the apples."
FERRY = "The ferry is late again, and nobody at the harbour knows why."


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveHouse]:
    """A house of its own, with a line near which the tests' model's word on harmless posts lies."""
    monkeypatch.setattr(lessons, "lines", lambda *_args: {"spam": 0.02})
    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def rita(chromium: Browser, quiet: LiveHouse) -> Iterator[Somebody]:
    """A reviewer at a desk, with posts of two members there to be asked about."""
    quiet.member("rita", Role.REVIEWER)
    for name, text in (("ana", APPLES), ("ben", FERRY)):
        quiet.writes(quiet.member(name), text)
    context, person = before_a_screen(chromium, quiet)
    yield person.signs_in("rita")
    context.close()


def begins(rita: Somebody) -> None:
    """Says how many posts an hour, and the worker comes by."""
    rita.goes(PAGE)
    rita.page.get_by_label("Posts an hour, at most").select_option("5")
    rita.page.get_by_role("button", name="Begin").click()
    rita.sees("There is nothing to ask at the moment.")
    lessons.work(rita.live.services)
    rita.goes(PAGE)
    rita.sees("What is it?")


def presses(rita: Somebody, key: str) -> None:
    """A key, and the page that comes of it."""
    with rita.page.expect_navigation():
        rita.page.keyboard.press(key)
    rita.page.wait_for_load_state()


def asked(rita: Somebody) -> str:
    return rita.page.locator("[data-subject] .said").inner_text()


def answers(house: LiveHouse) -> list[Taught | None]:
    with house.services.db.read() as session:
        return list(session.scalars(select(LessonRow.answer).order_by(LessonRow.id)))


def test_a_key_answers_another_takes_it_back_and_nobody_is_named(rita: Somebody) -> None:
    begins(rita)
    first = asked(rita)
    assert first in (APPLES, FERRY)
    subject = rita.page.locator("main").inner_text()
    assert "@ana" not in subject and "@ben" not in subject
    presses(rita, "a")
    rita.sees("You said:")
    assert Taught.NONE in answers(rita.live)
    presses(rita, "u")
    assert asked(rita) == first
    assert set(answers(rita.live)) == {None}
    assert rita.complaints == []


def test_what_was_called_harmful_stays_until_one_more_key_reports_it(rita: Somebody) -> None:
    begins(rita)
    spam = rita.page.locator('button[value="spam"]')
    presses(rita, spam.get_attribute("data-digit") or "")
    assert Taught.SPAM in answers(rita.live)
    with rita.live.services.db.read() as session:
        assert set(session.scalars(select(PostRow.state))) == {PostState.PUBLISHED}
        assert session.scalars(select(ReportRow)).all() == []
    presses(rita, "r")
    with rita.live.services.db.read() as session:
        assert len(session.scalars(select(ReportRow)).all()) == 1
    assert rita.complaints == []
