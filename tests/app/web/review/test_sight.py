"""Whose history reviewers and trainees read: that of a case's posts, and of its author while the case is theirs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.reviewing import claiming, decide, sight
from moderation.cases.values import DecisionRequest
from moderation.values import Action
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.security.conftest import Caller

pytestmark = pytest.mark.one_database


def history(uri: str) -> str:
    return "/review/history?uri=" + quote(uri, safe="")


@pytest.fixture
def rob(town: Town) -> AccountRow:
    """A reviewer."""
    return town.member("rob", Role.REVIEWER)


def test_a_reviewer_reads_of_an_author_while_the_case_is_theirs(
    town: Town, desk: Desk, rob: AccountRow, clock: FrozenClock
) -> None:
    mallory = town.member("mallory")
    post = desk.held(by=mallory)
    case, about = desk.case_of(post), mallory.actor.uri

    def may() -> bool:
        with town.services.db.read() as session:
            return sight.reads_history(session, "rob", Role.REVIEWER, about, town.services.clock.now())

    assert not may()
    claiming.take(town.services, rob, case.id)
    assert may()
    claiming.release(town.services, rob, case.id)
    assert not may()
    decide.decide(town.services, rob, case.id, DecisionRequest(Action.APPROVE, reason="A quotation."))
    assert may()
    clock.move(sight.JUST + timedelta(seconds=1))
    assert not may()


def test_others_are_refused_on_the_page_and_in_the_api(town: Town, desk: Desk, rob: AccountRow, tia: Visitor) -> None:
    ana, mallory = town.member("ana"), town.member("mallory")
    post, reviewer, program = desk.held(by=mallory), town.at_home(rob), Caller(town, rob)
    for uri in (ana.actor.uri, mallory.actor.uri):
        assert tia.get(history(uri)).status_code == 403 and reviewer.get(history(uri)).status_code == 403
        assert program.send("GET", f"/api/ostiary/v1/subjects/history?uri={quote(uri)}")[0] == 403
    assert tia.get(history(post.uri)).status_code == 200, "what they read on the page of the case"
    claiming.take(town.services, rob, desk.case_of(post).id)
    assert reviewer.get(history(mallory.actor.uri)).status_code == 200
    assert program.send("GET", f"/api/ostiary/v1/subjects/history?uri={quote(mallory.actor.uri)}")[0] == 200


def test_what_is_typed_leads_only_to_what_they_may_read(town: Town, desk: Desk, rob: AccountRow, mo: Visitor) -> None:
    mallory = town.member("mallory")
    case, reviewer = desk.case_of(desk.held(by=mallory)), town.at_home(rob)
    for asked in ("@mallory", mallory.actor.uri, "https://ostiary.example/@mallory"):
        where = "/review/find?q=" + quote(asked, safe="")
        assert reviewer.get(where).status_code == 200 and mo.get(where).status_code == 302
    assert "/review/history" not in reviewer.page("/review/find?q=mallo")
    assert "/review/history" in mo.page("/review/find?q=mallo")
    claiming.take(town.services, rob, case.id)
    assert reviewer.get("/review/find?q=@mallory").headers["Location"] == history(mallory.actor.uri)


def test_a_case_shows_the_way_to_its_author_to_who_may_go_there(town: Town, desk: Desk, rob: AccountRow) -> None:
    mallory = town.member("mallory")
    case, reviewer = desk.case_of(desk.held(by=mallory)), town.at_home(rob)
    assert 'data-peek="p"' not in reviewer.page(f"/review/case/{case.id}")
    claiming.take(town.services, rob, case.id)
    assert 'data-peek="p"' in reviewer.page(f"/review/case/{case.id}")


def test_the_policy_says_for_how_long_and_a_lead_changes_it(town: Town, lea: Visitor) -> None:
    page = lea.page("/review/policy")
    assert 'name="access_reviewer_days"' in page and 'name="keeping_purge_reports_days"' in page
    version = {"version": "1"}
    wanted = {"access_reviewer_days": "90", "keeping_purge_reports_days": "365", **version}
    seen = lea.post("/review/policy/preview", on="/review/policy", **wanted)
    assert "Days after which a reviewer’s access ends: 180 → 90" in seen.text
    assert lea.post("/review/policy", on="/review/policy", **wanted).status_code == 302
    page = lea.page("/review/policy")
    assert 'value="90"' in page and 'value="365"' in page
    too_long = {"access_reviewer_days": "9999", "version": "2"}
    assert lea.post("/review/policy/preview", on="/review/policy", **too_long).status_code == 422
