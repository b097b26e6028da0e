"""Second opinions, proposals, samples and golden cases on the pages, without scripts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.oauth import tokens
from app.posts.tables import PostState
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.support.services import draw_all

pytestmark = pytest.mark.one_database


def asks(visitor: Visitor, number: int, proposed: str = "remove", **fields: object) -> None:
    """Press 2, and say what one would do."""
    where = f"/review/case/{number}"
    answer = visitor.post(f"{where}/second-opinion", on=where, proposed=proposed, rule_second="2", **fields)
    assert answer.status_code == 302, answer.text


def answers(visitor: Visitor, number: int, action: str, **fields: object) -> str:
    """Press a button of the case's form; where it leads."""
    where = f"/review/case/{number}"
    answer = visitor.post(f"{where}/decide", on=where, action=action, **fields)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_two_readers_who_agree_decide_and_neither_knew_of_the_other(desk: Desk, rita: Visitor, mo: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    assert "Very likely hatred." in rita.page(f"/review/case/{case.id}")
    asks(rita, case.id, note_second="plain hatred")
    page = mo.page(f"/review/case/{case.id}")
    assert "Read this one afresh" in page
    for hint in (
        "Very likely",
        "perhaps hatred",
        "plain hatred",
        "@rita",
        "<mark>",
        "Suggested",
        ">hatred<",
        "history?uri",
    ):
        assert hint not in page.replace('value="hate"', ""), hint
    assert "read this one afresh" in mo.page(f"/review/history?uri={post.uri}")
    answers(mo, case.id, "remove", rule_remove="2", reason_remove="Not here.", version=case.version)
    assert desk.now(post).state is PostState.REJECTED
    after = mo.page(f"/review/case/{case.id}")
    assert "two agreed, neither knowing of the other" in after
    assert "@rita" in after


def test_two_who_differ_leave_it_to_a_lead_who_sees_both(desk: Desk, rita: Visitor, mo: Visitor, lea: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    asks(rita, case.id, note_second="plain hatred")
    answers(mo, case.id, "approve", note="he quotes it")
    assert desk.case_of(post).state is CaseState.ESCALATED
    where = f"/review/case/{case.id}"
    assert mo.post(f"{where}/decide", on=where, action="approve").status_code == 403
    page = lea.page(where)
    assert "two differ: a lead decides" in page
    assert "plain hatred" in page
    answers(lea, case.id, "approve")
    assert desk.now(post).state is PostState.PUBLISHED
    assert "decided since" in lea.page(f"/review/case/{case.id}")


def test_who_asked_is_not_asked_again_and_the_api_hides_as_much(desk: Desk, rita: Visitor, mo: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    asks(rita, case.id)
    assert rita.post("/review/next", on="/review/start").headers["Location"] == "/review/start"
    refused = rita.post(f"/review/case/{case.id}/claim", on="/review/start")
    assert refused.status_code == 422
    assert mo.post("/review/next", on="/review/start").headers["Location"] == f"/review/case/{case.id}"


def test_who_is_alone_is_told_so_before_and_after(town: Town, desk: Desk) -> None:
    solo = town.at_home(town.member("solo", Role.ADMIN))
    case = desk.case_of(desk.held())
    assert "You are the only one here who reads cases." in solo.page(f"/review/case/{case.id}")
    asks(solo, case.id)
    page = solo.page(f"/review/case/{case.id}")
    assert "you can read it afresh, without your first reasons, in 12 hr" in page


def test_a_trainee_proposes_and_a_reviewer_decides_so(desk: Desk, tia: Visitor, rita: Visitor, mo: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    where = f"/review/case/{case.id}"
    answer = tia.post(f"{where}/propose", on=where, proposed="remove", rule_second="2", reason_second="No.")
    assert answer.status_code == 302
    assert desk.now(post).state is PostState.HELD
    mo.post("/review/proposals/1/thumb", on=where, thumb="up", words="yes, plainly")
    page = rita.page(where)
    assert "proposed by somebody who is learning" in page
    assert "yes, plainly" in page
    rita.post("/review/proposals/1/accept", on=where)
    assert desk.now(post).state is PostState.REJECTED
    assert "accepted" in tia.page(where)


def test_a_drawn_decision_is_read_again_and_a_lead_takes_the_second_answer(
    town: Town, desk: Desk, rita: Visitor, mo: Visitor, lea: Visitor
) -> None:
    post = desk.held()
    draw_all(town.services)
    answers(mo, desk.case_of(post).id, "remove", rule_remove="2")
    location = rita.post("/review/next", on="/review/start").headers["Location"]
    number = int(location.rsplit("/", 1)[1])
    page = rita.page(location)
    assert "Read this one afresh" in page
    assert "It may stand" in page
    assert "urn:uuid" not in page
    answers(rita, number, "approve", note="a quotation")
    assert desk.now(post).state is PostState.REJECTED
    quality = lea.page("/review/quality")
    assert "the second answer is milder" in quality
    assert "a quotation" in quality
    lea.post("/review/quality/reviews/1/change", on="/review/quality")
    assert desk.now(post).state is PostState.PUBLISHED
    assert "the second answer is milder" not in lea.page("/review/quality")


def test_a_golden_case_is_made_by_two_on_the_pages(desk: Desk, mo: Visitor, lea: Visitor) -> None:
    post = desk.held()
    case = desk.case_of(post)
    answers(mo, case.id, "approve")
    where = f"/review/case/{case.id}"
    assert mo.post(f"{where}/golden", on=where, rationale="It quotes.").status_code == 422
    made = mo.post(f"{where}/golden", on=where, accepted="keep", rationale="It quotes.", rule_golden="2")
    assert made.status_code == 302
    assert "waits for a second person" in mo.page("/review/golden")
    assert not re.search(r"/review/golden/1/confirm", mo.page("/review/golden"))
    lea.post("/review/golden/1/confirm", on="/review/golden")
    assert "in use" in lea.page("/review/golden")


def test_the_quality_page_says_when_nothing_can_be_said(town: Town) -> None:
    solo = town.at_home(town.member("solo", Role.ADMIN))
    page = solo.page("/review/quality")
    assert "You are the only one here who reads cases" in page
    assert "No rule was named yet" in page


def test_who_reads_something_again_finds_no_other_case_about_it_until_they_have_answered(
    desk: Desk, rita: Visitor, mo: Visitor, lea: Visitor
) -> None:
    post = desk.held("vermin, says the baker of Lyon")
    draw_all(desk.town.services)
    real = desk.case_of(post).id
    answers(mo, real, "remove", rule_remove="2")
    number = int(rita.post("/review/next", on="/review/start").headers["Location"].rsplit("/", 1)[1])
    api = "/api/ostiary/v1/cases"
    with desk.town.services.db.read() as session:
        account = session.scalars(select(AccountRow).where(AccountRow.role == Role.REVIEWER)).one()
    token = tokens.make(desk.town.services, account.id, "read admin:read")
    headers = {"Authorization": f"Bearer {token}"}
    assert f"/review/case/{real}" not in rita.page("/review/find?q=baker+Lyon")
    assert rita.get(f"/review/find?q={real}").headers.get("Location") is None
    assert rita.get(f"/review/case/{real}").status_code == 403
    assert rita.client.get(f"{api}/{real}", headers=headers).status_code == 403
    assert rita.client.get(f"{api}?state=decided", headers=headers).json == []
    assert f"/review/case/{real}" in lea.page("/review/find?q=baker+Lyon")
    answers(rita, number, "approve", note="a quotation")
    assert rita.get(f"/review/case/{real}").status_code == 200
    assert [each["id"] for each in rita.client.get(f"{api}?state=decided", headers=headers).json] != []


def test_an_authors_history_by_the_api_has_nothing_of_what_is_to_be_read_again(
    desk: Desk, mo: Visitor, lea: Visitor
) -> None:
    post = desk.held()
    case = desk.case_of(post)
    draw_all(desk.town.services)
    answers(mo, case.id, "remove", rule_remove="2", reason_remove="a reason of mo")
    with desk.town.services.db.read() as session:
        account = session.scalars(select(AccountRow).where(AccountRow.role == Role.LEAD)).one()
    token = tokens.make(desk.town.services, account.id, "read admin:read")
    where = f"/api/ostiary/v1/subjects/history?uri={case.author_uri}"

    def told() -> str:
        answer = lea.client.get(where, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "a reason of mo" in told()
    number = int(lea.post("/review/next", on="/review/start").headers["Location"].rsplit("/", 1)[1])
    assert "a reason of mo" not in told()
    answers(lea, number, "approve")
    assert "a reason of mo" in told()
