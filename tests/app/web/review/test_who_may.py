"""The review is for the moderation team, and each role reaches as far as it should."""

from __future__ import annotations

from html import unescape

import pytest

from app.accounts.tables import AccountRow
from moderation.cases import exclusions
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
PLACES = (
    "/review", "/review/start", "/review/reports", "/review/decided", "/review/history", "/review/domains",
    "/review/policy", "/review/counts.json", "/review/queue.html", "/review/domains/far.example",
    "/review/domains/export/mastodon", "/review/find?q=vermin",
)  # fmt: skip


def test_a_member_sees_none_of_it(town: Town, ana: AccountRow, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    visitor = town.at_home(ana)
    for place in (*PLACES, "/review/signups", f"/review/case/{case.id}"):
        answer = visitor.get(place)
        assert answer.status_code == 403, place
        assert "vermin" not in answer.text


def test_a_stranger_is_asked_to_sign_in(town: Town) -> None:
    for place in (*PLACES, "/review/signups", "/review/case/1"):
        answer = town.visitor().get(place)
        assert answer.status_code == 302, place
        assert answer.headers["Location"].startswith("/sign-in")


def test_no_copy_of_any_page_is_kept(mo: Visitor, desk: Desk) -> None:
    case = desk.case_of(desk.held())
    for place in (*PLACES, "/review/signups", f"/review/case/{case.id}"):
        assert mo.get(place).headers["Cache-Control"] == "no-store", place


def test_no_page_has_a_style_or_a_script_of_its_own(mo: Visitor, desk: Desk) -> None:
    desk.wave()
    for place in ("/review", "/review/start", "/review/domains/promo1.example", "/review/policy"):
        page = mo.page(place)
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick" not in page


def test_a_trainee_looks_and_changes_nothing(tia: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    page = tia.page(f"/review/case/{case.id}")
    assert "You may look" in page
    assert 'name="action"' not in page
    for act in ("claim", "decide", "escalate", "release", "assign"):
        refused = tia.post(f"/review/case/{case.id}/{act}", on="/settings", action="approve")
        assert refused.status_code == 403, act
    assert desk.case_of(post).state is CaseState.OPEN


def test_a_reviewer_decides_posts_and_not_people(rita: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    assert "About the account" not in rita.page(f"/review/case/{case.id}")
    form = {"action": "account", "measure": "suspend", "subject": post.uri}
    assert rita.post(f"/review/case/{case.id}/decide", on=f"/review/case/{case.id}", **form).status_code == 403
    assert desk.case_of(post).state is CaseState.OPEN


def test_rules_and_lines_take_a_lead(mo: Visitor, desk: Desk) -> None:
    for place in ("/review/domains/preview", "/review/domains/set", "/review/domains/import", "/review/policy"):
        assert mo.post(place, on="/settings", domain="far.example", severity="suspend").status_code == 403, place
    assert "Another rule" not in mo.page("/review/domains")


def test_a_form_without_its_token_does_nothing(mo: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    answer = mo.client.post(
        f"/review/case/{case.id}/decide",
        base_url="https://ostiary.example",
        headers=mo.headers,
        data={"action": "approve"},
    )
    assert answer.status_code == 400
    assert desk.case_of(post).state is CaseState.OPEN


def test_a_case_that_never_was_is_a_page_that_says_so(mo: Visitor) -> None:
    assert mo.get("/review/case/4711").status_code == 404
    assert mo.get(f"/review/case/{10**15}").status_code == 404


def test_who_is_kept_out_of_a_case_finds_it_nowhere(desk: Desk, mo: Visitor, rita: Visitor) -> None:
    case = desk.case_of(desk.held())
    with desk.town.services.db.write() as session:
        exclusions.exclude(session, case.id, "mo", "decided_first")
    refused = mo.get(f"/review/case/{case.id}")
    assert refused.status_code == 403 and "a colleague will look at it" in unescape(refused.text)
    assert f"/review/case/{case.id}" not in mo.page("/review")
    assert f"/review/case/{case.id}" in rita.page("/review")
