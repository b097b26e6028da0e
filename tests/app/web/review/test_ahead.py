"""The next case's text before it is anybody's: nothing claimed or counted, nothing to press; and who else is at work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.posts import admission
from app.posts.drafts import DraftAttachment
from app.posts.tables import PostRow
from app.stores import lookers
from moderation.cases.tables import CaseEventRow
from moderation.values import CaseState
from moderation.workforce import names, records
from moderation.workforce.names import Names
from moderation.workforce.records import Record
from tests.app.people import draft, remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk
from tests.app.web.review.test_opinions import asks

pytestmark = pytest.mark.one_database
AHEAD = "/review/ahead.html"


@pytest.fixture
def working(town: Town, mo: Visitor, desk: Desk, ana: AccountRow) -> PostRow:
    """A case that mo has."""
    post = desk.held("vermin: the first", by=ana)
    mo.post("/review/next", on="/review/start")
    return post


def claims_made(town: Town) -> int:
    with town.services.db.read() as session:
        return session.scalar(select(func.count(CaseEventRow.id)).where(CaseEventRow.what == "claimed")) or 0


def test_the_next_ones_text_is_there_and_nothing_else_happens(
    town: Town, mo: Visitor, desk: Desk, ben: AccountRow, working: PostRow
) -> None:
    case = desk.case_of(desk.held("vermin: the second", by=ben))
    before = claims_made(town)
    answer = mo.get(AHEAD)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "the second" in answer.text and "the first" not in answer.text
    assert "<button" not in answer.text and "<form" not in answer.text
    assert claims_made(town) == before and desk.case_of_id(case.id).state is CaseState.OPEN
    assert mo.post("/review/next", on="/review", leave=desk.case_of(working).id).location.endswith(f"/{case.id}")


def test_pictures_are_counted_and_never_fetched_ahead(town: Town, mo: Visitor, desk: Desk, working: PostRow) -> None:
    sender = remote(town.services, "painter", "far.example")
    picture = (DraftAttachment("https://far.example/a.png", "image/png", "A red door"),)
    admission.admit(town.services, [draft(town.services, sender, "vermin on a door", attachments=picture)])
    page = mo.page(AHEAD)
    assert "1 picture or other medium" in page and "<img" not in page and "a.png" not in page


def test_there_is_nothing_ahead_where_nothing_waits_or_the_work_is_over(
    town: Town, mo: Visitor, desk: Desk, ben: AccountRow, working: PostRow
) -> None:
    assert mo.get(AHEAD).status_code == 204
    desk.held(by=ben)
    assert mo.get(AHEAD).status_code == 200
    with town.services.db.write() as session:
        records.put(session, Record("mo", heavy_a_day=5), "mo", town.services.clock.now())
    assert mo.get(AHEAD).status_code == 204  # grave, and counted for them: first it is theirs


def test_who_reads_no_cases_reads_none_ahead(tia: Visitor, desk: Desk) -> None:
    desk.held()
    assert tia.get(AHEAD).status_code == 403


def test_a_colleague_at_the_same_authors_other_case_is_named_while_they_have_it(
    town: Town, mo: Visitor, rita: Visitor, desk: Desk, ana: AccountRow
) -> None:
    first, second = (desk.case_of(desk.held(f"{HATEFUL} {which}", by=ana)) for which in ("once", "twice"))
    rita.post(f"/review/case/{second.id}/claim", on=f"/review/case/{second.id}")
    said = f"@rita works on case {second.id} of the same author now."
    assert said in mo.page(f"/review/case/{first.id}")
    assert said in mo.get(f"/review/counts.json?case={first.id}").json["presence"]
    rita.post(f"/review/case/{second.id}/release", on=f"/review/case/{second.id}")
    assert mo.get(f"/review/counts.json?case={first.id}").json["presence"] == ""


def test_colleagues_at_work_go_by_the_names_that_they_chose(town: Town, mo: Visitor, rita: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    with town.services.db.write() as session:
        names.put(session, Names("rita", desk="Falcon"), "rita", town.services.clock.now())
    rita.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
    assert mo.get(f"/review/counts.json?case={case.id}").json["presence"] == "Falcon works on this case now."
    page = mo.page(f"/review/case/{case.id}")
    assert 'data-told="Falcon"' in page and "rita" not in page


def test_who_takes_the_case_that_one_reads_is_named_once(mo: Visitor, rita: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    rita.post(f"/review/case/{case.id}/claim", on=f"/review/case/{case.id}")
    counts = f"/review/counts.json?case={case.id}"
    assert mo.get(counts).json["presence"] == "@rita works on this case now."
    assert mo.get(f"{counts}&told=@rita").json["presence"] == ""
    assert "works on this case now" not in mo.page(f"/review/case/{case.id}")


def test_who_has_the_same_case_open_is_named_until_their_page_is_silent(
    mo: Visitor, rita: Visitor, desk: Desk, clock: FrozenClock
) -> None:
    counts = f"/review/counts.json?case={desk.case_of(desk.held()).id}"
    assert mo.get(counts).json["presence"] == ""
    assert rita.get(counts).json["presence"] == "@mo looks at it, too."
    assert mo.get(f"{counts}&told=@rita").json["presence"] == ""  # the page says it already
    clock.move(timedelta(seconds=lookers.GONE_AFTER_SECONDS + 1))
    assert mo.get(counts).json["presence"] == ""


def test_who_reads_blind_is_neither_told_of_others_nor_named(
    mo: Visitor, rita: Visitor, lea: Visitor, desk: Desk
) -> None:
    case = desk.case_of(desk.held())
    counts = f"/review/counts.json?case={case.id}"
    asks(rita, case.id)
    assert [each.get(counts).json["presence"] for each in (rita, lea, mo)] == ["", "", ""]


@pytest.mark.parametrize("number", ["", "x", "0", "99999999999999999999"])
def test_presence_at_no_case_is_nobody(mo: Visitor, number: str) -> None:
    assert mo.get(f"/review/counts.json?case={number}").json["presence"] == ""
