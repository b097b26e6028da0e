"""An open decision line is whole on a small screen: rule, text, notes, button; and no key alone suspends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.accounts.tables import Role
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from tests.browser.conftest import LiveHouse, before_a_screen

SMALL = {"width": 1280, "height": 720}
LINES = {
    "r": ("#rule_remove", "#reason_remove", "#panel-remove button", "#note", "#answer"),
    "l": ("#rule_limit", "#reason_limit", "#panel-limit button", "#note", "#answer"),
    "s": ("#term", "#rule_account", "#reason_account", "#panel-account button", "#note", "#answer"),
}


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_an_open_line_is_seen_whole_without_scrolling(chromium: Browser, live: LiveHouse, locale: str) -> None:
    author, reporter = live.member(f"lined_{locale}"), live.member(f"liner_{locale}")
    live.member(f"decider_{locale}", Role.ADMIN, locale)
    post = live.writes(author, f"soup of the {locale} kind, and I mean it")
    file.file(live.services, reporter.actor, FileReport(author.id, (post.id,), "soup!", "other"))
    with live.services.db.read() as session:
        number = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
    context, person = before_a_screen(chromium, live, viewport=SMALL, locale="fr-FR" if locale == "fr" else "en-GB")
    page = person.signs_in(f"decider_{locale}").goes(f"/review/case/{number}").page
    page.wait_for_load_state("networkidle")
    for key, pieces in LINES.items():
        page.keyboard.press(key)
        for piece in pieces:
            box = page.locator(piece).first.bounding_box()
            assert box is not None and box["y"] >= 0, (key, piece, box)
            assert box["y"] + box["height"] <= SMALL["height"], (key, piece, box)
        page.keyboard.press("Escape")
    with live.services.db.read() as session:
        assert session.get_one(CaseRow, number).state is not CaseState.DECIDED, "nothing was done by these keys alone"
    assert not person.complaints
    context.close()
