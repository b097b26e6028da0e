"""Lines that go up by themselves, on the pages: asked for by a lead, seen by everybody who works here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.enforcement import upkeep
from moderation.policy import store
from moderation.policy.document import DEFAULT
from moderation.workforce import shifts
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def overloaded(town: Town, desk: Desk) -> None:
    """Somebody should be there, nobody is, and six wait."""
    now = town.services.clock.now()
    with town.services.db.write() as session:
        store.publish(session, {**DEFAULT, "adapt": {**DEFAULT["adapt"], "on": True}}, "lea", now)
        shifts.plan(session, "mo", now, now + timedelta(hours=8), "lea", now)
    for number in range(6):
        desk.held(f"number {number} vermin", town.member(f"author{number}"))
    upkeep.end_holds(town.services)


def test_a_lead_says_whether_lines_may_move_and_how_far(town: Town, lea: Visitor) -> None:
    typed = {"version": 1, "adapt_on": "yes", "adapt_logits": "0,5"}
    with town.services.db.read() as session:
        policy = store.current(session)
    for label, each in policy.labels.items():
        for field in ("hold", "limit", "label"):
            line = getattr(each, field)
            typed[f"{field}_{label}"] = "" if line is None else line  # type: ignore[assignment]
    looked = lea.post("/review/policy/preview", on="/review/policy", **typed).text
    assert "lines go up by themselves: yes" in looked
    assert 'name="adapt_on" value="yes"' in looked
    assert lea.post("/review/policy", on="/review/policy", **typed).status_code == 302
    with town.services.db.read() as session:
        adapt = store.current(session).adapt
    assert (adapt.on, adapt.logits, adapt.hours) == (True, 0.5, 4)
    refused = {**typed, "version": 2, "adapt_logits": "3"}
    assert lea.post("/review/policy", on="/review/policy", **refused).status_code == 422


def test_everybody_who_works_here_reads_that_lines_have_moved(
    town: Town, desk: Desk, mo: Visitor, tia: Visitor
) -> None:
    assert "lines for holding have gone up" not in mo.page("/review/start")
    overloaded(town, desk)
    for visitor in (mo, tia):
        assert "lines for holding have gone up" in visitor.page("/review/start")
    assert "Lines for holding have gone up, for another" in mo.page("/review/policy")


def test_it_stands_in_the_log_and_on_the_public_page(town: Town, desk: Desk, lea: Visitor) -> None:
    overloaded(town, desk)
    assert "Lines for holding went up by themselves for a while" in lea.page("/review/log")
    assert "less is held for a while" in town.visitor().page("/about/model")
