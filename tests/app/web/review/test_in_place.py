"""What a decision put in place stands on its page with its end, is lifted there, and put in force again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.posts import admission
from moderation.cases.tables import DecisionRow
from moderation.log.tables import LogRow
from tests.app.people import draft, remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import SPAM, Desk

pytestmark = pytest.mark.one_database


def cleared(town: Town, mo: Visitor, desk: Desk) -> str:
    """A wave, refused by the macro; the page of that decision."""
    case = desk.wave()
    where = f"/review/case/{case.id}/macro/1"
    mo.post(f"{where}/do", on=where, version=case.version)
    with town.services.db.read() as session:
        number = session.scalars(select(DecisionRow.id).where(DecisionRow.part_of_id.is_(None))).one()
    return f"/review/decisions/{number}"


def one_more(town: Town, desk: Desk, name: str) -> set[str]:
    """What becomes of one more that says the same."""
    post = draft(town.services, remote(town.services, name, "late.example"), SPAM.format(77))
    admission.admit(town.services, [post])
    return desk.states([post.uri])


def verbs(town: Town) -> list[str]:
    with town.services.db.read() as session:
        return [verb for verb in session.scalars(select(LogRow.verb).order_by(LogRow.seq)) if verb.startswith("watch")]


def test_a_cleared_waves_decision_lists_what_still_holds_and_lifts_it(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk
) -> None:
    place = cleared(town, mo, desk)
    page = mo.page(place)
    assert "What it put in place" in page
    assert "What comes later and is alike is refused" in page
    assert "account suspended" in page
    assert one_more(town, desk, "first") == {"rejected"}
    assert rita.post(f"{place}/watch", on=place, what="lift").status_code == 403
    assert mo.post(f"{place}/watch", on=place, what="lift").status_code == 302
    page = mo.page(place)
    assert "Lifted early by @mo." in page and "Put it in force again" in page
    assert "rejected" not in one_more(town, desk, "second")
    assert mo.post(f"{place}/watch", on=place, what="lift").status_code == 422
    assert mo.post(f"{place}/watch", on=place, what="restore").status_code == 302
    assert one_more(town, desk, "third") == {"rejected"}
    assert verbs(town) == ["watch_lifted", "watch_restored"]


def test_a_decision_that_was_taken_back_has_nothing_in_place(town: Town, mo: Visitor, desk: Desk) -> None:
    place = cleared(town, mo, desk)
    mo.post(f"{place}/watch", on=place, what="lift")
    mo.post("/review/undo", on="/review")
    assert "What it put in place" not in mo.page(place)
    assert mo.post(f"{place}/watch", on=place, what="restore").status_code == 404
    assert one_more(town, desk, "again") == {"held"}, "the wave is held again, for as long as it was to last"
