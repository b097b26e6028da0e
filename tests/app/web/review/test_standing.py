"""An author's page says what counts against them, what it weighs, until when, and where one more would lead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from moderation.authors import ladder
from moderation.policy import store
from tests.app.people import remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk
from tests.app.web.review.test_deciding import decide
from tests.support.services import draw_all

pytestmark = pytest.mark.one_database


def page_of(visitor: Visitor, author: AccountRow) -> str:
    return visitor.page(f"/review/history?uri={author.actor.uri}")


def struck(mo: Visitor, desk: Desk, author: AccountRow, text: str = HATEFUL) -> None:
    post = desk.held(text, by=author)
    decide(mo, desk.case_of(post).id, post.uri, "remove", reason_remove="Not here.")


def test_points_terms_and_the_next_step_with_its_reason(
    mo: Visitor, desk: Desk, ana: AccountRow, clock: FrozenClock
) -> None:
    assert "Nothing counts against them." in page_of(mo, ana)
    struck(mo, desk, ana)
    page = page_of(mo, ana)
    assert "2 points count now." in page and "until " in page and ">removed</a>" in page
    assert (
        "From severity 6 on, one more weighs 2 and makes 4 points: frozen until it is mended (from 3 points on)" in page
    )
    clock.move(timedelta(days=91))
    page = page_of(mo.sign_in("mo"), ana)
    assert "counts no more" in page and "Nothing counts against them." in page


def test_what_was_taken_back_weighs_nothing(mo: Visitor, desk: Desk, ana: AccountRow) -> None:
    struck(mo, desk, ana)
    mo.post("/review/undo", on="/review")
    page = page_of(mo, ana)
    assert "taken back" in page and "Nothing counts against them." in page


def test_authors_elsewhere_have_no_strikes_here(town: Town, mo: Visitor, desk: Desk) -> None:
    sender = remote(town.services, "far", "far.example")
    assert "What the ladder would recommend" not in mo.page(f"/review/history?uri={sender.uri}")


def test_who_reads_a_decision_again_blind_is_told_neither_of_it_nor_in_a_sum(
    town: Town, mo: Visitor, desk: Desk, ana: AccountRow
) -> None:
    draw_all(town.services)
    other = town.at_home(town.member("max", Role.MODERATOR))
    struck(mo, desk, ana)
    other.post("/review/next", on="/review/start")
    assert "Nothing counts against them." in page_of(other, ana)
    assert "2 points count now." in page_of(mo, ana)


def test_the_outlook_names_the_highest_step_that_is_reached(town: Town) -> None:
    with town.services.db.read() as session:
        policy = store.current(session)
    found = {each.more: each.rung.action for each in ladder.outlook(policy, 3) if each.rung is not None}
    assert found == {1: "freeze", 2: "silence", 3: "silence"}
