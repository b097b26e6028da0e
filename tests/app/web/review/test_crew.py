"""The crew's pages, and cases that find their way past whom they concern."""

from __future__ import annotations

import pytest

from app.accounts.tables import Role
from app.lifecycle import leaving
from app.relationships import follow
from moderation.workforce import records
from moderation.workforce.records import Record
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database


def given(visitor: Visitor) -> str:
    """Where "Begin" leads."""
    return visitor.post("/review/next", on="/review/start").headers["Location"]


def test_a_moderator_says_what_they_read(town: Town, mo: Visitor) -> None:
    form = {"languages": "FR, en", "skip": ["sexual"], "conflicts": "far.example", "heavy_a_day": "3"}
    assert mo.post("/review/my-work", **form).status_code == 302
    page = mo.page("/review/my-work")
    assert 'value="en, fr"' in page and "far.example" in page
    with town.services.db.read() as session:
        record = records.of(session, "mo")
    expected = Record("mo", ("en", "fr"), (), ("sexual",), ("far.example",), {}, 3)
    assert record == expected


@pytest.mark.parametrize("wrong", [{"languages": "french"}, {"heavy_a_day": "²"}, {"conflicts": "@nobody@far.example"}])
def test_what_does_not_fit_is_said_and_kept_as_typed(mo: Visitor, wrong: dict[str, str]) -> None:
    answer = mo.post("/review/my-work", **wrong)
    assert answer.status_code == 422
    assert next(iter(wrong.values())) in answer.text


def test_a_lead_sees_the_crew_and_what_is_for_nobody(town: Town, desk: Desk, mo: Visitor, lea: Visitor) -> None:
    case = desk.case_of(desk.held())
    assert "Every case that waits is for somebody" in lea.page("/review/crew")
    for name in ("mo", "lea"):
        assert lea.post(f"/review/crew/{name}", skip="hate").status_code == 302
    page = lea.page("/review/crew")
    assert "1 case would be dealt to nobody" in page
    assert f'href="/review/case/{case.id}"' in page
    assert "0 cases are for you" in mo.page("/review/start")
    assert given(mo) == "/review/start"


def test_who_deletes_their_account_leaves_no_record(town: Town) -> None:
    mo = town.member("mo", Role.MODERATOR)
    town.at_home(mo).post("/review/my-work", languages="fr")
    leaving.remove(town.services, mo.id)
    with town.services.db.read() as session:
        assert records.every(session) == {}


def test_who_is_not_of_the_crew_has_no_page(town: Town, lea: Visitor) -> None:
    town.member("ana")
    assert lea.get("/review/crew/ana").status_code == 404
    assert lea.post("/review/crew/ana", on="/review/my-work").status_code == 404


def test_a_case_about_whom_one_follows_goes_to_somebody_else(town: Town, desk: Desk) -> None:
    mo, mallory = town.member("mo", Role.MODERATOR), town.member("mallory")
    follow.follow(town.services, mo.id, mallory.id)
    case = desk.case_of(desk.held(by=mallory))
    rita = town.at_home(town.member("rita", Role.REVIEWER))
    assert given(town.at_home(mo)) == "/review/start"
    assert given(rita) == f"/review/case/{case.id}"


def test_who_works_alone_is_given_what_nobody_else_could_read(town: Town, desk: Desk) -> None:
    mo, mallory = town.member("mo", Role.MODERATOR), town.member("mallory")
    follow.follow(town.services, mo.id, mallory.id)
    case = desk.case_of(desk.held(by=mallory))
    assert given(town.at_home(mo)) == f"/review/case/{case.id}"


def test_what_one_reported_goes_to_somebody_else(town: Town, desk: Desk) -> None:
    mo, rita = town.member("mo", Role.MODERATOR), town.member("rita", Role.REVIEWER)
    case = desk.reported(mo, town.writes(town.member("ana"), "a harmless line"))
    assert given(town.at_home(mo)) == "/review/start"
    assert given(town.at_home(rita)) == f"/review/case/{case.id}"
