"""What is said along with a decision: to who reported, to who was late; and reports that are ignored from now on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.posts import edit
from app.posts.edit import EditRequest
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from moderation.reports.tables import ReportRow
from moderation.values import CaseState
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.app.web.review.test_deciding import decide

pytestmark = pytest.mark.one_database


@pytest.fixture
def post(town: Town, ana: AccountRow) -> PostRow:
    """What is reported here."""
    return town.writes(ana, "soup with tomatoes, and I mean it")


def ignored(mo: Visitor, desk: Desk, ben: AccountRow, post: PostRow) -> CaseRow:
    """Ben's report is declined, and so will be others'."""
    case = desk.reported(ben, post)
    assert "no more reports until it changes" in mo.page(f"/review/case/{case.id}")
    assert decide(mo, case.id, post.uri, "ignore", keep="no_action", version=case.version).status_code == 302
    return case


def outcomes(town: Town) -> list[str]:
    with town.services.db.read() as session:
        return [str(one) for one in session.scalars(select(ReportRow.outcome).order_by(ReportRow.id))]


def test_ignored_reports_are_answered_however_late_until_the_post_changes(
    town: Town, mo: Visitor, desk: Desk, ben: AccountRow, post: PostRow, clock: FrozenClock
) -> None:
    case = ignored(mo, desk, ben, post)
    clock.move(timedelta(days=200))
    desk.reported(town.member("carl"), post)
    assert outcomes(town) == ["declined", "already_reviewed"]
    assert desk.case_of_id(case.id).state is CaseState.DECIDED
    edit.edit(town.services, post.actor_id, post.id, EditRequest("soup with people in it"))
    again = desk.reported(town.member("dora"), post)
    assert again.id != case.id and again.state is CaseState.OPEN


def test_what_is_graver_isnt_hidden_by_reports_that_are_ignored(
    town: Town, mo: Visitor, desk: Desk, ben: AccountRow, post: PostRow
) -> None:

    ignored(mo, desk, ben, post)
    carl = town.member("carl")
    file.file(town.services, carl.actor, FileReport(post.actor_id, (post.id,), "the law!", "legal"))
    assert outcomes(town) == ["declined", "waiting"]


def test_an_undo_ends_the_ignoring(town: Town, mo: Visitor, desk: Desk, ben: AccountRow, post: PostRow) -> None:
    ignored(mo, desk, ben, post)
    mo.post("/review/undo", on="/review")
    desk.reported(town.member("carl"), post)
    assert outcomes(town) == ["waiting", "waiting"]


def test_who_reported_reads_what_was_written_to_them(
    town: Town, mo: Visitor, desk: Desk, ben: AccountRow, post: PostRow
) -> None:
    case = desk.reported(ben, post)
    decide(mo, case.id, post.uri, "no_action", answer="It is a recipe.", version=case.version)
    visitor = town.at_home(ben)
    assert "It is a recipe." in visitor.page("/reports")
    assert "It is a recipe." in visitor.page("/notifications")


def test_who_is_late_reads_who_what_and_why_in_three_lines(town: Town, mo: Visitor, rita: Visitor, desk: Desk) -> None:
    post = desk.held()
    case = desk.case_of(post)
    decide(mo, case.id, post.uri, "remove", reason_remove="Nobody is vermin.", version=case.version)
    late = decide(rita, case.id, post.uri, "approve", note="reads reclaimed to me", version=case.version)
    assert late.status_code == 409
    alert = late.text[late.text.index('class="conflict"') :].partition("</div>")[0]
    assert "@mo decided this case" in alert
    assert "Removed." in alert and "Nobody is vermin." in alert
    assert "reads reclaimed to me" in late.text


def test_who_read_another_text_reads_what_changed(town: Town, mo: Visitor, desk: Desk, ana: AccountRow) -> None:
    post = town.writes(ana, "they are vermin, all of them")
    case = desk.case_of(post)
    edit.edit(town.services, ana.id, post.id, EditRequest("they are vermin, some of them"))
    late = decide(mo, case.id, post.uri, "approve", version=case.version)
    assert late.status_code == 409
    alert = late.text[late.text.index('class="conflict"') :].partition("</div>")[0]
    assert "<del>" in alert and "<ins>" in alert
