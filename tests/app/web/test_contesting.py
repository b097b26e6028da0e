"""Contesting on pages: the form, the talk, the answer; also for those who can't sign in any more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.accounts import tokens
from app.accounts.tables import AccountRow, Role
from app.appealing import outside
from app.enforcement import upkeep
from app.notifications.tables import MailRow
from app.posts.tables import PostRow, PostState
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import decide
from moderation.appeals.tables import AppealRow
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.policy import store
from moderation.statements.tables import StatementRow
from moderation.values import Action, CaseOrigin, Outcome, Scope
from tests.app.people import again
from tests.app.web.conftest import BASE, Town

WORDS = "It was a quotation, as the quotation marks say."


def case_about(town: Town, post: PostRow) -> int:
    """The case about a post."""
    with town.services.db.read() as session:
        return (
            session.scalars(select(CaseRow.id).where(CaseRow.uri == post.uri).order_by(CaseRow.id.desc())).first() or 0
        )


def decided(town: Town, by: AccountRow, post: PostRow, action: Action, scope: Scope = Scope.SUBJECT) -> int:
    """The decision of a moderator on a post that waits or is reported."""
    request = DecisionRequest(action, scope, reason="It breaks rule 2.")
    return decide.decide(town.services, by, case_about(town, post), request).decision.id


def appeal_case(town: Town) -> int:
    """The case of the one appeal."""
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.origin == CaseOrigin.APPEAL)).one()


def mails(town: Town, to: AccountRow) -> list[str]:
    """What waits to be mailed to somebody."""
    with town.services.db.read() as session:
        return list(session.scalars(select(MailRow.text).where(MailRow.to == to.email).order_by(MailRow.id)))


@pytest.fixture
def mo(town: Town) -> AccountRow:
    """Who decides first."""
    return town.member("mo", Role.MODERATOR)


@pytest.fixture
def cleo(town: Town) -> AccountRow:
    """Who looks again."""
    return town.member("cleo", Role.MODERATOR)


def test_from_the_notice_over_the_form_to_the_answer(
    town: Town, ana: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = town.writes(ana, "they are vermin, said the minister")
    number = decided(town, mo, post, Action.REMOVE)
    author = town.at_home(ana)
    assert f'href="/decisions/{number}"' in author.page("/notifications")
    assert f'href="/decisions/{number}/contest"' in author.page(f"/decisions/{number}")
    form = author.page(f"/decisions/{number}/contest")
    assert "Somebody else than who decided will look at it" in form and "It breaks rule 2." in form
    filed = author.post(f"/decisions/{number}/contest", text=WORDS)
    assert filed.status_code == 302
    page = author.page(filed.headers["Location"])
    assert WORDS in page and "waiting for an answer" in page

    desk, case = town.at_home(cleo), appeal_case(town)
    shown = desk.page(f"/review/case/{case}")
    assert WORDS in shown and "said the minister" in shown and "It breaks rule 2." in shown
    assert town.at_home(mo).get(f"/review/case/{case}").status_code == 403
    sent = desk.post(f"/review/case/{case}/message", on=f"/review/case/{case}", message="Which minister?")
    assert sent.status_code == 302
    page = author.page(filed.headers["Location"])
    assert "Which minister?" in page and "the moderators" in page and "cleo" not in page
    author.post(filed.headers["Location"], text="The one of health.")
    assert "The one of health." in desk.page(f"/review/case/{case}")
    answered = desk.post(
        f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="A quotation."
    )
    assert answered.status_code == 302, answered.text

    assert again(town.services, post).state is PostState.PUBLISHED
    page = author.page(filed.headers["Location"])
    assert "agree with you" in page and "A quotation." in page
    notices = author.page("/notifications")
    assert "agree with you" in notices and "cleo" not in notices
    assert not [text for text in mails(town, ana) if "cleo" in text or "@mo" in text]


def test_nobody_else_sees_the_form_or_the_appeal(town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow) -> None:
    number = decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    town.at_home(ana).post(f"/decisions/{number}/contest", text=WORDS)
    with town.services.db.read() as session:
        appeal = session.scalars(select(AppealRow.id)).one()
    other = town.at_home(ben)
    for path in (f"/decisions/{number}", f"/decisions/{number}/contest", f"/appeals/{appeal}"):
        assert other.get(path).status_code == 404, path
        assert town.visitor().get(path).status_code == 302, path
    posted = other.client.post(
        f"/appeals/{appeal}",
        base_url=BASE,
        headers=other.headers,
        data={"csrf_token": other.token("/settings"), "text": "x"},
    )
    assert posted.status_code == 404


def test_who_is_suspended_contests_by_the_link_in_the_mail(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = town.writes(ana, "Hello.")
    file.file(town.services, ben.actor, FileReport(ana.id, (post.id,), "look", "other"))
    decided(town, mo, post, Action.SUSPEND, Scope.ACCOUNT)
    path = re.search(re.escape(BASE) + r"(/contest/\S+)", mails(town, ana)[-1])[1]  # type: ignore[index]
    locked_out = town.visitor()
    assert "Your account was suspended" in locked_out.page(path)
    assert locked_out.post(path, text=WORDS).status_code == 302
    assert "waiting for an answer" in locked_out.page(path)
    case = appeal_case(town)
    desk = town.at_home(cleo)
    desk.post(f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="Too hard.")
    assert "Too hard." in locked_out.page(path)
    assert again(town.services, ana).actor.suspended_at is None
    assert locked_out.get(path[:-3] + "xyz").status_code == 422
    town.services.clock.move(timedelta(days=400))  # type: ignore[attr-defined]
    assert locked_out.get(path).status_code == 422


def test_a_reporter_contests_that_nothing_was_done(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    post = town.writes(ana, "Hello.")
    report = file.file(town.services, ben.actor, FileReport(ana.id, (post.id,), "look", "other"))
    assert town.at_home(ben).get(f"/reports/{report.id}/contest").status_code == 404
    decided(town, mo, post, Action.NO_ACTION)
    reporter = town.at_home(ben)
    assert reporter.post(f"/reports/{report.id}/contest", text="Read the third line.").status_code == 302
    assert town.at_home(ana).get(f"/reports/{report.id}/contest").status_code == 404
    case, desk = appeal_case(town), town.at_home(cleo)
    assert "by who reported it" in desk.page(f"/review/case/{case}")
    bare = desk.post(f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="Indeed.")
    assert bare.status_code == 422 and "Indeed." in unescape(bare.text)
    done = desk.post(
        f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="Indeed.", instead="remove",
        reason_instead="It breaks rule 1.",
    )  # fmt: skip
    assert done.status_code == 302, done.text
    assert again(town.services, post).state is PostState.WITHDRAWN
    there = reporter.get(f"/reports/{report.id}/contest").headers["Location"]
    assert "Indeed." in reporter.page(there) and "Indeed." in reporter.page("/notifications")


def test_in_a_house_with_one_moderator_the_form_says_so_and_they_see_it_a_day_later(
    town: Town, ana: AccountRow, admin: AccountRow
) -> None:
    number = decided(town, admin, town.writes(ana, "they are vermin"), Action.REMOVE)
    author = town.at_home(ana)
    assert "This server has one moderator" in author.page(f"/decisions/{number}/contest")
    author.post(f"/decisions/{number}/contest", text=WORDS)
    case = appeal_case(town)
    desk = town.at_home(admin)
    assert desk.get(f"/review/case/{case}").status_code == 403


def test_bad_words_are_refused_with_a_reason_and_kept(town: Town, ana: AccountRow, mo: AccountRow) -> None:
    number = decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    author = town.at_home(ana)
    empty = author.post(f"/decisions/{number}/contest", text="   ")
    assert empty.status_code == 422 and "Say what you think is wrong" in empty.text
    assert author.post(f"/decisions/{number}/contest", text="x" * 9000).status_code == 422


def test_the_answer_reaches_a_french_reader_in_french(
    town: Town, ana: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    with town.services.db.write() as session:
        session.get_one(AccountRow, ana.id).locale = "fr"
    number = decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    town.at_home(ana).post(f"/decisions/{number}/contest", text=WORDS)
    case, desk = appeal_case(town), town.at_home(cleo)
    desk.post(f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="uphold", reply="Elle reste.")
    assert "La décision est maintenue" in mails(town, ana)[-1]


def test_the_page_of_a_decision_says_what_article_17_asks_for(town: Town, ana: AccountRow, mo: AccountRow) -> None:
    number = decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    page = town.at_home(ana).page(f"/decisions/{number}")
    for said in (
        "took it for hatred",
        "we looked of our own accord",
        "A machine pointed it out; a person decided.",
        "It breaks rule 2.",
        "until it is taken back, everywhere that this server is read",
        "to a court",
    ):
        assert said in page, said


def test_a_long_holds_reasons_are_a_page_for_its_author_alone(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    town.writes(ana, "they are vermin")
    town.services.clock.move(timedelta(hours=1))  # type: ignore[attr-defined]
    upkeep.end_holds(town.services)
    with town.services.db.read() as session:
        row = session.scalars(select(StatementRow)).one()
    author = town.at_home(ana)
    assert f'href="/statements/{row.id}"' in author.page("/notifications")
    page = author.page(f"/statements/{row.id}")
    assert "Nobody has decided yet" in page and "/edit" in page
    assert town.at_home(ben).get(f"/statements/{row.id}").status_code == 404


def link_outside(town: Town) -> str:
    """The path in the mail to the reader outside."""
    with town.services.db.read() as session:
        text = session.scalars(select(MailRow.text).where(MailRow.to == "rae@mail.example")).one()
    return re.search(re.escape(BASE) + r"(/outside/\S+)", text)[1]  # type: ignore[index]


def test_where_nobody_else_may_decide_it_goes_to_the_reader_outside(
    town: Town, ana: AccountRow, admin: AccountRow
) -> None:
    house = town.at_home(admin)
    assert house.post("/review/outside", name="Rae", email="rae@mail.example", language="en").status_code == 302
    assert "rae@mail.example" in house.page("/review/outside")
    post = town.writes(ana, "they are vermin, said the minister")
    number = decided(town, admin, post, Action.REMOVE)
    author = town.at_home(ana)
    assert "a reader outside" in author.page(f"/decisions/{number}/contest")
    filed = author.post(f"/decisions/{number}/contest", text=WORDS).headers["Location"]
    assert house.get(f"/review/case/{appeal_case(town)}").status_code == 403
    rae, path = town.visitor(), link_outside(town)
    page = rae.page(path)
    assert "said the minister" in page and WORDS in page and "It breaks rule 2." in page
    assert "ada" not in page and "ana" not in page.replace("analy", "")
    assert rae.post(path, outcome="overturn", reply=" ").status_code == 422
    assert "It has been answered" in rae.post(path, outcome="overturn", reply="A quotation.").text
    assert again(town.services, post).state is PostState.PUBLISHED
    answered = author.page(filed)
    assert "A quotation." in answered and "Rae" not in answered
    assert rae.post(path, on="/sign-in", outcome="uphold", reply="No.").status_code == 409


def test_the_link_of_the_reader_outside_runs_out_and_opens_no_other_case(
    town: Town, ana: AccountRow, admin: AccountRow
) -> None:
    outside.name_reader(town.services, admin, "Rae", "rae@mail.example", "fr")
    number = decided(town, admin, town.writes(ana, "they are vermin"), Action.REMOVE)
    town.at_home(ana).post(f"/decisions/{number}/contest", text=WORDS)
    rae, path = town.visitor(), link_outside(town)
    other = tokens.sign(town.services, outside.PURPOSE, [1])
    assert rae.get(f"/outside/{other}").status_code == 404
    assert rae.get(f"/outside/{tokens.sign(town.services, 'contest', [1])}").status_code == 422
    town.services.clock.move(timedelta(days=31))  # type: ignore[attr-defined]
    assert rae.get(path).status_code == 422


def test_a_reader_outside_has_a_name_and_an_address_or_is_nobody(town: Town, admin: AccountRow) -> None:
    house = town.at_home(admin)
    assert house.post("/review/outside", name="Rae", email="").status_code == 422
    assert house.post("/review/outside", name="Rae", email="not an address").status_code == 422
    house.post("/review/outside", name="Rae", email="rae@mail.example")
    house.post("/review/outside", name="", email="")
    assert "rae@mail.example" not in house.page("/review/outside")


def test_a_member_reads_what_counts_until_when_and_nobody_elses(
    town: Town, ana: AccountRow, ben: AccountRow, mo: AccountRow, cleo: AccountRow
) -> None:
    assert "Nothing counts against you." in town.at_home(ana).page("/record")
    number = decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    author = town.at_home(ana)
    author.post(f"/decisions/{number}/contest", text=WORDS)
    page = author.page("/record")
    assert "2 points count now." in page and f"/decisions/{number}" in page and "waiting for an answer" in page
    assert "Nothing counts against you." in town.at_home(ben).page("/record")
    case, desk = appeal_case(town), town.at_home(cleo)
    desk.post(f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="Sorry.")
    page = author.page("/record")
    assert "Nothing counts against you." in page and "taken back" in page and "overturned" in page


def test_the_desk_shows_the_step_that_the_ladder_recommends(town: Town, ana: AccountRow, mo: AccountRow) -> None:
    decided(town, mo, town.writes(ana, "they are vermin"), Action.REMOVE)
    post = town.writes(ana, "they are vermin again")
    page = town.at_home(mo).page(f"/review/case/{case_about(town, post)}")
    assert "1 strike counts (2 points, one more weighs 2)" in page and "Recommended for one more:" in page
    assert "one more: frozen until it is mended" in page


def test_what_a_machine_restricts_by_itself_is_stated_at_once_and_contested_before_a_person(
    town: Town, ana: AccountRow, mo: AccountRow
) -> None:
    post = town.writes(ana, "a nude by the river")
    assert post.outcome is Outcome.LABEL
    with town.services.db.read() as session:
        row = session.scalars(select(StatementRow)).one()
    assert (row.action, row.automated_decision, row.visibility) == ("label", "FULLY", ["CONTENT_LABELLED"])
    author = town.at_home(ana)
    assert f'href="/statements/{row.id}"' in author.page("/notifications")
    assert "before anybody read it" in author.page(f"/statements/{row.id}")
    form = author.post(f"/statements/{row.id}/contest", on=f"/statements/{row.id}").headers["Location"]
    assert author.post(form, text=WORDS).status_code == 302
    desk, case = town.at_home(mo), appeal_case(town)
    shown = desk.page(f"/review/case/{case}")
    assert WORDS in shown and "@policy" in shown and post.source in shown
    desk.post(f"/review/case/{case}/answer", on=f"/review/case/{case}", outcome="overturn", reply="It is harmless.")
    now = again(town.services, post)
    assert (now.outcome, now.moderation_warning) == (Outcome.APPROVE, None)
    assert "Nothing counts against you." in author.page("/record")


def test_nobody_else_contests_what_a_machine_said_of_somebody(town: Town, ana: AccountRow, ben: AccountRow) -> None:
    town.writes(ana, "a nude by the river")
    with town.services.db.read() as session:
        row = session.scalars(select(StatementRow)).one()
    other = town.at_home(ben)
    assert other.get(f"/statements/{row.id}").status_code == 404
    assert other.post(f"/statements/{row.id}/contest", on="/settings").status_code == 404


def test_a_lead_draws_the_ladder_and_nobody_below(town: Town, admin: AccountRow, mo: AccountRow) -> None:
    lead, place = town.at_home(admin), "/review/policy/strikes"
    steps = {"points_0": "4", "action_0": "suspend", "days_0": "30", "points_1": "2", "action_1": "warn", "days_1": ""}
    assert lead.post(place, days="30", **steps).status_code == 302
    with town.services.db.read() as session:
        policy = store.current(session).strikes
    rungs = [(rung.points, rung.action, rung.days) for rung in policy.ladder]
    assert (policy.days, rungs) == (30, [(2, "warn", None), (4, "suspend", 30)])
    assert lead.post(place, days="many", **steps).status_code == 422
    assert lead.post(place, days="30", points_0="2", action_0="hang").status_code == 422
    assert 'value="30"' in lead.page(place)
    below = town.at_home(mo)
    assert "Save" not in below.page(place).partition('class="card stack"')[2]
    assert below.post(place, on=place, days="1").status_code == 403
