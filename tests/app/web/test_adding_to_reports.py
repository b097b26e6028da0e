"""What a reporter adds to a report that waits reaches its case, in bounds, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.reviewing import decide
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import StaleError
from moderation.evidence import snapshots
from moderation.reports import adding
from moderation.reports.tables import ReportRow
from moderation.values import Action, Visibility
from tests.app import people
from tests.app.people import again
from tests.app.web.conftest import Town, Visitor

pytestmark = pytest.mark.one_database


@pytest.fixture
def mallory(town: Town) -> ActorRow:
    """Who is reported."""
    return people.remote(town.services, "mallory")


@pytest.fixture
def reporter(town: Town, ben: AccountRow) -> Visitor:
    """Who reported, signed in."""
    return town.at_home(ben)


@pytest.fixture
def report(town: Town, mallory: ActorRow, reporter: Visitor) -> ReportRow:
    """Their report, which waits."""
    post = people.post(town.services, mallory, "You again.")
    reporter.post(f"/report/post/{post.id}", category="other", comment="He follows me.")
    with town.services.db.read() as session:
        return session.scalars(select(ReportRow)).one()


def test_words_and_posts_reach_the_case_with_their_evidence(
    town: Town, mallory: ActorRow, reporter: Visitor, report: ReportRow
) -> None:
    more = people.post(town.services, mallory, "And here you are.")
    before = again_case(town, report)
    assert "And here you are." in reporter.page(f"/reports/{report.id}/add")
    assert reporter.post(f"/reports/{report.id}/add", comment="He came back.", also=str(more.id)).status_code == 302
    now, case = again(town.services, report), again_case(town, report)
    assert now.comment == "He follows me.\nHe came back." and now.subject_uris[-1] == more.uri
    assert (case.members, case.reports, case.version) == (2, 1, before.version + 1)
    with town.services.db.read() as session:
        assert "And here you are." in snapshots.of(session, more.uri)[-1].text
    assert "And here you are." not in reporter.page(f"/reports/{report.id}/add"), "it is in it already"
    assert "He came back." in reporter.page("/reports")


def test_who_is_deciding_reads_it_first(town: Town, reporter: Visitor, report: ReportRow) -> None:
    mo, seen = town.member("mo", Role.MODERATOR), again_case(town, report).version
    reporter.post(f"/reports/{report.id}/add", comment="He came back.")
    with pytest.raises(StaleError) as stale:
        decide.decide(town.services, mo, report.case_id, DecisionRequest(Action.NO_ACTION, version=seen))
    assert stale.value.what == "report_added" and stale.value.by is None
    case = town.at_home(mo).page(f"/review/case/{report.case_id}")
    assert "He came back." in case


def test_nobody_adds_to_what_is_not_theirs_or_was_answered(
    town: Town, ana: AccountRow, reporter: Visitor, report: ReportRow
) -> None:
    other = town.at_home(ana)
    assert other.get(f"/reports/{report.id}/add").status_code == 404
    assert other.post(f"/reports/{report.id}/add", on="/reports", comment="Mine.").status_code == 404
    assert reporter.get(f"/reports/{2**70}/add").status_code == 404
    mo = town.member("mo", Role.MODERATOR)
    decide.decide(town.services, mo, report.case_id, DecisionRequest(Action.NO_ACTION))
    assert "Add something" not in reporter.page("/reports")
    assert reporter.post(f"/reports/{report.id}/add", on="/reports", comment="Late.").status_code == 302
    assert "Late." not in again(town.services, report).comment


def test_others_posts_and_unseen_ones_stay_out(
    town: Town, ana: AccountRow, mallory: ActorRow, reporter: Visitor, report: ReportRow
) -> None:
    theirs = people.post(town.services, ana.actor, "Mine.")
    private = people.post(town.services, mallory, "For few.", visibility=Visibility.DIRECT)
    here = f"/reports/{report.id}/add"
    assert reporter.post(here, also=str(theirs.id)).status_code == 422
    assert reporter.post(here, also=str(private.id)).status_code == 404
    assert again(town.services, report).subject_uris == report.subject_uris


def test_a_report_holds_so_much_and_no_more(town: Town, reporter: Visitor, report: ReportRow) -> None:
    here = f"/reports/{report.id}/add"
    assert reporter.post(here, comment=" ").status_code == 422
    too_long = reporter.post(here, comment="x" * 1001)
    assert too_long.status_code == 422 and "x" * 1001 in too_long.text, "what was typed is kept"
    for _ in range(adding.LONGEST // 1000):
        last = reporter.post(here, comment="x" * 1000)
    assert last.status_code == 422 and "this one is full" in last.text
    assert len(again(town.services, report).comment) <= adding.LONGEST


def again_case(town: Town, report: ReportRow) -> CaseRow:
    with town.services.db.read() as session:
        return session.get_one(CaseRow, report.case_id)
