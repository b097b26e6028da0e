"""15. Visitors give legal notices: anonymous where the law says so, with receipt and due time, no way to flood, and an
appeal where nothing was done."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.appealing import answer
from app.notices import answering, give, misuse
from app.notices.tables import LegalNoticeRow
from app.notifications.tables import MailRow
from app.posts.tables import PostRow, PostState
from app.reviewing import decide
from moderation.appeals.tables import AppealOutcome, AppealRow
from moderation.appeals.values import Answer
from moderation.cases import reversals
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import Action, CaseOrigin
from tests.app.people import again
from tests.app.web.conftest import BASE, Town, Visitor

WHY = "This insults the baker of our town by name, section 185."
AGAIN = "The court of our town has said so, file 12 of this year."


@pytest.fixture
def post(town: Town, ana: AccountRow) -> PostRow:
    """What is told of."""
    return town.writes(ana, "The baker poisons people.")


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """Who decides first."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def cleo(town: Town) -> AccountRow:
    """Who looks again."""
    return town.member("cleo", Role.MODERATOR)


def mailed(town: Town, to: str = "vera@mail.example") -> str:
    """The newest mail to somebody."""
    with town.services.db.read() as session:
        return session.scalars(select(MailRow.text).where(MailRow.to == to).order_by(MailRow.id.desc())).first() or ""


def link(town: Town, what: str) -> str:
    """The path in the newest mail."""
    return re.search(re.escape(BASE) + what, mailed(town))[1]  # type: ignore[index]


def gives(visitor: Visitor, post: PostRow, **other: str) -> Visitor:
    fields = {"kind": "other", "urls": post.uri, "explanation": WHY, "name": "Vera", "email": "vera@mail.example"}
    answer = visitor.post("/legal", **fields | other, bona_fide="1")
    assert answer.status_code in (200, 302), answer.text
    return visitor


def confirmed(town: Town, post: PostRow, language: str = "en") -> tuple[Visitor, str]:
    """A visitor with a confirmed notice, and its page."""
    visitor = gives(town.visitor(language), post)
    return visitor, visitor.post(link(town, r"(/legal/confirm/\S+)")).headers["Location"]


def decided(town: Town, by: AccountRow, action: Action) -> None:
    """What a moderator decides about the newest notice, after the time in which a key takes it back."""
    with town.services.db.read() as session:
        case = session.scalars(select(ReportRow.case_id).order_by(ReportRow.id.desc())).first() or 0
    decide.decide(town.services, by, case, DecisionRequest(action, reason="Read."))
    town.services.clock.move(reversals.UNDO_WINDOW + timedelta(seconds=1))  # type: ignore[attr-defined]
    answering.drain(town.services, 10)


def appeal_case(town: Town) -> int:
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.origin == CaseOrigin.APPEAL)).one()


def test_a_visitor_gets_a_receipt_with_a_day_and_the_case_is_due_by_then(town: Town, post: PostRow) -> None:
    visitor, page = confirmed(town, post)
    assert "We mean to decide by" in visitor.page(page)
    assert link(town, r"(/legal/\S+)") == page
    with town.services.db.read() as session:
        row, case = session.scalars(select(LegalNoticeRow)).one(), session.scalars(select(CaseRow)).one()
    assert row.due_at == row.filed_at + give.DUE  # type: ignore[operator]
    assert case.due_at is not None and case.due_at <= row.due_at


def test_abuse_of_children_is_told_without_a_name_and_its_answer_contested_by_the_page_alone(
    town: Town, post: PostRow, mo: AccountRow
) -> None:
    visitor = town.visitor()
    answer = visitor.post("/legal", kind="children", urls=post.uri, explanation=WHY, bona_fide="1")
    page = answer.headers["Location"]
    decided(town, mo, Action.NO_ACTION)
    assert mailed(town) == "" and "left it as it is" in visitor.page(page)
    assert visitor.post(f"{page}/contest", text=AGAIN).status_code == 302
    assert AGAIN in visitor.page(f"{page}/contest") and "waiting for an answer" in visitor.page(page)


def test_what_was_left_is_contested_without_an_account_and_somebody_else_looks(
    town: Town, post: PostRow, mo: AccountRow, cleo: AccountRow
) -> None:
    visitor, page = confirmed(town, post)
    decided(town, mo, Action.NO_ACTION)
    there = link(town, r"(/legal/\S+/contest)")
    assert f'href="{page}/contest"' in visitor.page(page)
    assert "Somebody else than who decided will look at it" in visitor.page(there)
    assert visitor.post(there, text=" ").status_code == 422
    assert visitor.post(there, text=AGAIN).status_code == 302
    case, desk = appeal_case(town), town.at_home(cleo)
    shown = desk.page(f"/review/case/{case}")
    assert AGAIN in shown and "Vera" not in shown and "vera@" not in shown
    assert town.at_home(mo).get(f"/review/case/{case}").status_code == 403
    desk.post(f"/review/case/{case}/message", on=f"/review/case/{case}", message="Which court?")
    assert "The moderators wrote to you" in mailed(town) and "Which court?" in visitor.page(there)
    visitor.post(there, text="The one by the river.")
    assert "The one by the river." in desk.page(f"/review/case/{case}")
    given = Answer(AppealOutcome.OVERTURN, "It is defamation.", DecisionRequest(Action.REMOVE, reason="Defamation."))
    answer.answer(town.services, cleo, case, given)
    assert again(town.services, post).state is PostState.WITHDRAWN
    assert "It is defamation." in visitor.page(there) and "overturned" in visitor.page(page)
    assert "It is defamation." in mailed(town) and "cleo" not in mailed(town)
    with town.services.db.read() as session:
        report = session.scalars(select(ReportRow)).one()
        record = misuse.record(session, "vera@mail.example", town.services.clock.now())
    assert report.outcome is ReportOutcome.UPHELD and (record.upheld, record.declined) == (1, 0)


def test_it_is_contested_once_for_six_months_from_the_answer_and_never_what_was_followed(
    town: Town, post: PostRow, mo: AccountRow
) -> None:
    visitor, page = confirmed(town, post)
    assert visitor.get(f"{page}/contest").status_code == 404
    decided(town, mo, Action.NO_ACTION)
    town.services.clock.move(timedelta(days=182))  # type: ignore[attr-defined]
    assert 'name="text"' in visitor.page(f"{page}/contest")
    town.services.clock.move(timedelta(days=2))  # type: ignore[attr-defined]
    assert "this one is older" in visitor.page(f"{page}/contest") and "/contest" not in visitor.page(page)
    with town.services.db.read() as session:
        assert session.scalars(select(AppealRow)).all() == []


def test_what_was_followed_has_nothing_to_contest(town: Town, post: PostRow, mo: AccountRow) -> None:
    visitor, page = confirmed(town, post)
    decided(town, mo, Action.REMOVE)
    assert "/contest" not in visitor.page(page) and visitor.get(f"{page}/contest").status_code == 404
    assert "/contest" not in mailed(town)


def test_a_moderator_who_gave_it_doesnt_judge_their_own_contest(
    town: Town, post: PostRow, mo: AccountRow, cleo: AccountRow
) -> None:
    visitor = gives(town.visitor(), post, email=cleo.email)
    text = mailed(town, cleo.email)
    page = visitor.post(re.search(r"(/legal/confirm/\S+)", text)[1]).headers["Location"]  # type: ignore[index]
    decided(town, mo, Action.NO_ACTION)
    visitor.post(f"{page}/contest", text=AGAIN)
    assert town.at_home(cleo).get(f"/review/case/{appeal_case(town)}").status_code == 403


def test_a_link_that_we_didnt_write_contests_nothing(town: Town) -> None:
    assert town.visitor().get("/legal/abc/contest").status_code == 422
    assert town.visitor().post("/legal/abc/contest", on="/legal", text=AGAIN).status_code == 422


def test_the_mail_speaks_the_language_of_the_form(town: Town, post: PostRow, mo: AccountRow) -> None:
    visitor, page = confirmed(town, post, "fr")
    decided(town, mo, Action.NO_ACTION)
    assert "sans compte" in mailed(town)
    assert "Contester" in visitor.page(page)


def test_who_floods_is_warned_with_the_answer_and_then_not_heard_with_reasons(
    town: Town, ana: AccountRow, mo: AccountRow
) -> None:
    for number in range(misuse.SUSPEND):
        town.services.clock.move(timedelta(days=1))  # type: ignore[attr-defined]
        confirmed(town, town.writes(ana, f"The baker is closed on day {number} of {number * 7 + 3}."))
        decided(town, mo, Action.NO_ACTION)
        assert ("without ground" in mailed(town)) is (number + 1 >= misuse.WARN)
    refused = town.visitor().post(
        "/legal", kind="other", urls=town.writes(ana, "Open again.").uri, explanation=WHY, name="Vera",
        email="Vera@mail.example", bona_fide="1",
    )  # fmt: skip
    assert refused.status_code == 403 and "nearly all of the latest without ground" in refused.text
