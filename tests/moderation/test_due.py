"""By when cases are due, and what being past due does to their place."""

from __future__ import annotations

from datetime import timedelta

from moderation.cases import due, figures, opening, queue
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery
from moderation.reports import file
from moderation.reports.file import ReportDraft
from moderation.reports.tables import ReportOrigin
from moderation.values import CaseOrigin
from tests.moderation.cast import HOME, House

HATEFUL = "they are vermin"


def reported(house: House, origin: ReportOrigin, text: str = "a post") -> CaseRow:
    """A case that a report opened."""
    post = house.post(text)
    house.admit(post)
    draft = ReportDraft(None, HOME, origin, post.author.uri, (post,))
    report = file.file(house.session, draft, house.now)
    return house.session.get_one(CaseRow, report.case_id, populate_existing=True)


def order(house: House) -> list[int]:
    """The cases that wait, by their place."""
    return [each.id for each in queue.list_cases(house.session, CaseQuery(), house.now).items]


def test_only_what_is_drawn_at_random_is_never_due() -> None:
    assert {origin for origin in CaseOrigin if origin not in due.TERMS} == {CaseOrigin.AUDIT}


def test_what_joins_a_case_never_gives_it_more_time(house: House) -> None:
    early, late = house.now, house.now + timedelta(hours=1)
    assert due.sooner(None, late) == late
    assert due.sooner(late, early) == due.sooner(early, late) == early


def test_a_legal_notice_is_due_before_a_members_report(house: House) -> None:
    assert reported(house, ReportOrigin.VISITOR).due_at == house.now + timedelta(hours=12)
    assert reported(house, ReportOrigin.MEMBER, "another post").due_at == house.now + timedelta(hours=24)


def test_a_member_who_waits_is_due_before_a_stranger(house: House) -> None:
    mine = house.session.get_one(CaseRow, house.case_of(HATEFUL, house.author("ana", HOME)))
    theirs = house.session.get_one(CaseRow, house.case_of("vermin, all of you there", house.author()))
    assert (mine.due_at, theirs.due_at) == (house.now + timedelta(hours=4), house.now + timedelta(hours=24))


def test_what_is_past_due_weighs_more_once_and_says_so(house: House) -> None:
    case = reported(house, ReportOrigin.VISITOR)
    before = case.rank
    assert due.note_overdue(house.session, house.later(hours=11, minutes=59)) == 0
    assert figures.of(house.session, house.now).past_due == 0
    assert due.note_overdue(house.session, house.later(minutes=1)) == 1
    assert due.note_overdue(house.session, house.later(days=1)) == 0, "once a case"
    assert (case.rank, case.rank_parts["overdue"]) == (before + due.OVERDUE, due.OVERDUE)
    assert figures.of(house.session, house.now).past_due == 1


def test_another_report_leaves_a_case_past_due(house: House) -> None:
    case = reported(house, ReportOrigin.VISITOR)
    post = house.post("a post", uri=case.uri)
    due.note_overdue(house.session, house.later(hours=13))
    again = ReportDraft(None, "far.example", ReportOrigin.REMOTE, post.author.uri, (post,))
    file.file(house.session, again, house.now)
    house.session.refresh(case)
    assert case.rank_parts["overdue"] == due.OVERDUE
    assert case.due_at == case.opened_at + timedelta(hours=12), "and no later"


def test_a_notice_past_due_goes_before_a_report_of_the_same_weight(house: House) -> None:
    notice, report = reported(house, ReportOrigin.VISITOR), reported(house, ReportOrigin.MEMBER, "another post")
    opening.touch(house.session, report.id, "reported", None, house.now, rank=notice.rank + 1)
    assert order(house) == [report.id, notice.id]
    due.note_overdue(house.session, house.later(hours=13))
    assert order(house) == [notice.id, report.id]
