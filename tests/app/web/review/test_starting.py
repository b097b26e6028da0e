"""The start of a shift and its end: what waits for me, how long it takes, what was overturned, and a line for who comes next."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.web import filters
from app.workforce import crew, starting
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.values import Action
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.app.web.review.test_deciding import decide
from tests.app.web.test_transparency import read_again

pytestmark = pytest.mark.one_database
WORDS = ("ferries", "kettles", "bakers", "herons", "trams", "owls", "soups", "lamps")
START, TIME = "/review/start", "/review/my-time"


@pytest.fixture
def cleo(town: Town) -> Visitor:
    """A colleague."""
    town.member("cleo", Role.MODERATOR)
    return town.visitor().sign_in("cleo")


def waits(town: Town, desk: Desk, count: int) -> list[CaseRow]:
    posts = [desk.held(f"vermin, these {word}, I say it again", town.member(f"fan_{word}")) for word in WORDS[:count]]
    return [desk.case_of(post) for post in posts]


def works(mo: Visitor, desk: Desk, cases: list[CaseRow], clock: FrozenClock, seconds: int = 20) -> None:
    """Each is claimed, read for so long, and let in."""
    for case in cases:
        mo.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
        clock.move(timedelta(seconds=seconds))
        decide(mo, case.id, case.uri, "approve", stay="1")


def test_it_says_how_many_wait_for_me_how_many_are_late_and_nobodys_words(
    town: Town, mo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    waits(town, desk, 2)
    page = mo.page(START)
    assert "2 cases are for you." in page
    assert "past due" not in page.split("For you")[1].split("</section>")[0]
    assert "vermin" not in page
    clock.move(timedelta(hours=5))
    assert "2 are past due." in mo.page(START)


def test_of_very_many_only_that_there_are_more_is_said(
    town: Town, mo: Visitor, desk: Desk, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (crew, starting, filters):
        monkeypatch.setattr(module, "COUNTED", 1)
    works(mo, desk, waits(town, desk, 5), clock, seconds=60)
    for word in WORDS[5:8]:
        desk.held(f"vermin, these {word}, I say it again", town.member(f"fan_{word}"))
    page = mo.page(START)
    assert "1+ cases are for you." in page
    assert "More than 2 min, at your usual pace." in page


def test_how_long_it_takes_is_said_once_enough_was_measured(
    town: Town, mo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    cases = waits(town, desk, 7)
    works(mo, desk, cases[:4], clock)
    assert "at your usual pace" not in mo.page(START)
    works(mo, desk, cases[4:5], clock, seconds=60)
    page = mo.page(START)
    assert "2 cases are for you." in page
    assert "About under a minute, at your usual pace." in page or "at your usual pace" in page


def test_what_a_colleague_took_back_is_there_to_learn_from_and_for_nobody_else(
    town: Town, mo: Visitor, cleo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    [case] = waits(town, desk, 1)
    works(mo, desk, [case], clock)
    mo.post(TIME + "/leave", on=TIME)
    clock.move(timedelta(hours=2))
    cleo.post("/review/decisions/1/reverse", on="/review/decided", reason="The irony was missed.")
    page = mo.page(START)
    assert "1 decision of yours was taken back since you left" in page
    assert "The irony was missed." in page
    assert "The irony was missed." not in cleo.page(START)


def test_what_i_undid_myself_isnt_overturned(town: Town, mo: Visitor, desk: Desk, clock: FrozenClock) -> None:
    works(mo, desk, waits(town, desk, 1), clock)
    mo.post("/review/undo", on="/review")
    assert "taken back since you left" not in mo.page(START)


def test_the_end_of_a_shift_shows_its_figures_and_takes_a_line_for_who_comes_next(
    town: Town, mo: Visitor, cleo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    works(mo, desk, waits(town, desk, 3), clock)
    answer = mo.post(TIME + "/leave", on=TIME)
    assert answer.headers["Location"] == TIME + "/over"
    page = mo.page(TIME + "/over")
    assert 'class="num">3</b><span>cases decided' in page
    assert re.search(r"<option value=\"\d+\">@cleo</option>", page)
    mo.post(
        TIME + "/hand-over", on=TIME + "/over", text="The ferry strike brings many reports: rule 1 covers it.", to=""
    )
    assert "The ferry strike" in cleo.page(START)
    assert "The ferry strike" not in mo.page(START)
    number = cleo.page(START).split("/review/start/hand-over/")[1].split("/")[0]
    cleo.post(f"{START}/hand-over/{number}/read", on=START)
    assert "The ferry strike" not in cleo.page(START)


def test_a_line_for_one_is_read_by_nobody_else_and_ends_after_a_week(
    town: Town, mo: Visitor, cleo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    town.member("rita", Role.REVIEWER)
    rita = town.visitor().sign_in("rita")
    works(mo, desk, waits(town, desk, 1), clock)
    mo.post(TIME + "/leave", on=TIME)
    mo.post(TIME + "/hand-over", on=TIME + "/over", text="Call me about the van.", to="cleo")
    assert "Call me about the van." in cleo.page(START)
    assert "Call me about the van." not in rita.page(START)
    assert rita.post(f"{START}/hand-over/1/read", on=START).status_code == 404
    clock.move(timedelta(days=8))
    assert "Call me about the van." not in cleo.page(START)


@pytest.mark.parametrize(("text", "to", "status"), [("", "", 302), ("hello", "nobody", 404)])
def test_an_empty_line_or_one_for_nobody_is_left_to_nobody(
    town: Town, mo: Visitor, cleo: Visitor, desk: Desk, clock: FrozenClock, text: str, to: str, status: int
) -> None:
    works(mo, desk, waits(town, desk, 1), clock)
    mo.post(TIME + "/leave", on=TIME)
    assert mo.post(TIME + "/hand-over", on=TIME + "/over", text=text, to=to).status_code == status
    assert "Left for you" not in cleo.page(START)


def test_what_is_left_to_others_today_comes_to_them_and_to_me_again_tomorrow(
    town: Town, mo: Visitor, cleo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    waits(town, desk, 1)
    mo.post(START + "/skip-today", on=START, skip="hate")
    page = mo.page(START)
    assert "0 cases are for you." in page
    assert "Left to others today:" in page
    assert "1 case is for you." in cleo.page(START)
    clock.move(timedelta(days=1))
    assert "1 case is for you." in mo.page(START)


def test_no_label_at_all_ends_it_and_what_is_none_is_refused(town: Town, mo: Visitor, desk: Desk) -> None:
    waits(town, desk, 1)
    mo.post(START + "/skip-today", on=START, skip="hate")
    assert mo.post(START + "/skip-today", on=START, skip="weather").status_code == 422
    mo.post(START + "/skip-today", on=START)
    assert "1 case is for you." in mo.page(START)


def test_the_next_in_the_plan_is_named(town: Town, mo: Visitor, cleo: Visitor, clock: FrozenClock) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    cleo.post("/review/shifts", on="/review/shifts", name="cleo", day=tomorrow, begins="09:00", ends="12:00")
    assert "Next in the plan: @cleo, in" in mo.page(START)


def test_who_never_worked_has_no_end_to_look_at(mo: Visitor, ana: AccountRow) -> None:
    assert mo.get(TIME + "/over").headers["Location"] == TIME


def test_the_end_of_a_shift_says_how_many_second_readers_would_have_it_alike(
    town: Town, mo: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    works(mo, desk, waits(town, desk, 3), clock)
    mo.post(TIME + "/leave", on=TIME)
    assert "no second reader in 30 days" in mo.page(TIME + "/over")
    with town.services.db.write() as session:
        for made, action in zip(session.scalars(select(DecisionRow)), (Action.APPROVE, Action.REMOVE), strict=False):
            session.add(read_again(made, action, clock.now() - timedelta(minutes=1)))
    assert 'class="num">1 of 2</b><span>as second readers would have it, in 30 days' in mo.page(TIME + "/over")
