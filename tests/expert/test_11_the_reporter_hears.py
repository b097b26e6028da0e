"""11. Whoever reports gets a number, the outcome in their language, a page of their reports, and can contest it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.enforcement import enact
from app.notifications.tables import MailRow
from app.posts.tables import PostRow
from app.reports import outcomes
from app.reviewing import decide
from moderation.cases import reversals
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.reports.tables import ReportRow
from moderation.values import Action
from tests.app.web.conftest import Town, Visitor


@pytest.fixture
def post(town: Town, ana: AccountRow) -> PostRow:
    """What is reported."""
    return town.writes(ana, "The baker is closed on Monday.")


def reported(town: Town, reporter: Visitor, post: PostRow) -> ReportRow:
    assert reporter.post(f"/report/post/{post.id}", category="other", comment="No.").status_code == 302
    with town.services.db.read() as session:
        return session.scalars(select(ReportRow).order_by(ReportRow.id.desc())).first()  # type: ignore[return-value]


def settled(town: Town, post: PostRow, action: Action) -> int:
    moderator = town.member("mo", Role.MODERATOR)
    with town.services.db.read() as session:
        case = session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri)).one()
    return decide.decide(town.services, moderator, case, DecisionRequest(action, reason="Read.")).decision.id


def mails(town: Town) -> list[str]:
    with town.services.db.read() as session:
        rows = session.scalars(select(MailRow).where(MailRow.to == "ben@mail.example")).all()
    return [f"{row.subject}\n{row.text}" for row in rows]


def test_left_as_it_is_has_its_day_and_a_way_to_contest(town: Town, ben: AccountRow, post: PostRow) -> None:
    reporter = town.at_home(ben)
    report = reported(town, reporter, post)
    assert f"Report {report.id}" in reporter.page("/reports") and "/contest" not in reporter.page("/reports")
    settled(town, post, Action.NO_ACTION)
    page = reporter.page("/reports")
    assert "looked at, and left as it is" in page and "That was on" in page
    assert f'href="/reports/{report.id}/contest"' in page
    reporter.post(f"/reports/{report.id}/contest", text="Read it again, please.")
    page = reporter.page("/reports")
    assert "Your appeal" in page and f'href="/reports/{report.id}/contest"' not in page


def test_what_was_followed_cant_be_contested_by_who_reported(town: Town, ben: AccountRow, post: PostRow) -> None:
    reporter = town.at_home(ben)
    reported(town, reporter, post)
    settled(town, post, Action.REMOVE)
    assert "followed" in reporter.page("/reports") and "/contest" not in reporter.page("/reports")


def test_who_asks_for_it_hears_by_mail_in_their_language_once_it_cant_be_undone(
    town: Town, ben: AccountRow, post: PostRow
) -> None:
    with town.services.db.write() as session:
        session.get_one(AccountRow, ben.id).locale = "fr"
    reporter = town.at_home(ben)
    report = reported(town, reporter, post)
    reporter.post("/reports/mail", on="/reports", mail="1")
    settled(town, post, Action.NO_ACTION)
    assert outcomes.drain(town.services, 10) == 0
    town.services.clock.move(reversals.UNDO_WINDOW + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert outcomes.drain(town.services, 10) == 1 and outcomes.drain(town.services, 10) == 0
    [mail] = mails(town)
    assert f"signalement {report.id}" in mail and "Bonjour ben" in mail
    assert "mo@" not in mail and "@mo" not in mail and "ana" not in mail


def test_nobody_hears_by_mail_who_didnt_ask(town: Town, ben: AccountRow, post: PostRow) -> None:
    reported(town, town.at_home(ben), post)
    settled(town, post, Action.NO_ACTION)
    town.services.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    assert outcomes.drain(town.services, 10) == 0 and mails(town) == []


def test_what_was_undone_in_time_is_never_mailed(town: Town, ben: AccountRow, post: PostRow) -> None:
    reporter = town.at_home(ben)
    reported(town, reporter, post)
    reporter.post("/reports/mail", on="/reports", mail="1")
    number = settled(town, post, Action.NO_ACTION)
    with town.services.db.write() as session:
        undone = reversals.reverse(session, number, "A slip.", "mo", town.services.clock.now())
        enact.enact(town.services, session, undone.effects)
    town.services.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    assert outcomes.drain(town.services, 10) == 0


def test_nobody_who_is_reported_learns_by_whom(town: Town, ana: AccountRow, ben: AccountRow, post: PostRow) -> None:
    reported(town, town.at_home(ben), post)
    settled(town, post, Action.REMOVE)
    told = town.at_home(ana)
    assert "ben" not in told.page("/notifications")
    with town.services.db.read() as session:
        texts = session.scalars(select(MailRow.text).where(MailRow.to == ana.email)).all()
    assert texts and all("ben" not in text for text in texts)
