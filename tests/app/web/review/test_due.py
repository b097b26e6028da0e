"""The desk says by when a case should be decided, and the start says how many are late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import FrozenClock
from app.enforcement import upkeep
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def test_a_case_says_how_long_is_left_and_then_how_late_it_is(town: Town, mo: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    assert "Due in 4" in mo.page(f"/review/case/{case.id}")
    assert "past due" not in mo.page("/review/queue.html")

    clock = town.services.clock
    assert isinstance(clock, FrozenClock)
    clock.move(timedelta(hours=7))
    upkeep.end_holds(town.services)
    assert "3 hr past due" in mo.page(f"/review/case/{case.id}")
    assert "3 hr past due" in mo.page("/review/queue.html")
    assert '<b class="num">1</b><span>past due</span>' in mo.page("/review/start")
    assert desk.case_of_id(case.id).rank > case.rank, "the upkeep lets it weigh more"
