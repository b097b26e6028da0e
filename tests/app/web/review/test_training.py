"""The training queue and care on the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.posts.tables import PostState
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.quality import exercises
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def test_a_trainee_goes_through_and_nothing_real_is_touched(town: Town, tia: Visitor) -> None:
    page = tia.page("/review/training")
    assert "Begin" in page
    for each in exercises.exercises():
        where = f"/review/training/{each.key}"
        assert each.why.en not in tia.page(where)
        given = sorted(each.accepted)[0]
        assert tia.post(where, answer=given).headers["Location"] == where
        assert each.why.en in tia.page(where)
    assert f"{len(exercises.exercises())} as we would answer" in tia.page("/review/training")
    with town.services.db.read() as session:
        assert session.scalar(select(CaseRow.id)) is None
        assert session.scalar(select(DecisionRow.id)) is None


def test_another_answer_is_explained_and_not_graded(tia: Visitor) -> None:
    where = "/review/training/hate-quoted"
    tia.post(where, answer="remove")
    page = tia.page(where)
    assert "we would do something else" in page
    assert "leave it" in page
    assert tia.post(where, answer="nonsense").status_code == 422
    tia.post("/review/training")
    assert "as we would answer" not in tia.page("/review/training")


def test_an_exercise_that_there_isnt_is_not_found(tia: Visitor) -> None:
    assert tia.get("/review/training/never").status_code == 404


def test_care_is_sent_from_the_case_and_read_by_its_author(town: Town, desk: Desk, rita: Visitor) -> None:
    noor = town.member("noor")
    row = desk.held("nobody would notice if these vermin were gone", by=noor)
    with town.services.db.write() as session:
        case = session.scalars(select(CaseRow).where(CaseRow.uri == row.uri)).one()
        case.label = "self_harm"
    where = f"/review/case/{case.id}"
    page = rita.page(where)
    assert "Send care" in page
    assert "Samaritans" not in page
    answer = rita.post(f"{where}/care", on=where, country="GB")
    assert answer.status_code == 302, answer.text
    home = town.at_home(noor)
    assert "The house wrote to you." in home.page("/notifications")
    letter = home.page("/letters/1")
    assert "116 123" in letter
    assert "@rita" not in letter
    assert "The house wrote to you." not in home.page("/notifications")
    assert town.at_home(town.member("ben")).get("/letters/1").status_code == 404
    assert desk.now(row).state is PostState.PUBLISHED
