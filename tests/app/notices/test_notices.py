"""Legal notices (DSA, article 16): what must be in them, that they become cases, and what their giver hears."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, InvalidError, RateLimitedError
from app.notices import answering, give, misuse
from app.notices.give import Notice
from app.notices.tables import LegalNoticeRow, NoticeState
from app.notifications.tables import MailRow
from app.posts.tables import PostRow
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.values import CaseOrigin, Visibility
from tests.app import people

WHY = "This insults the baker of our town by name, section 185."


@pytest.fixture
def mallory(services: Services) -> ActorRow:
    """Whose posts are told of."""
    return people.remote(services, "mallory")


@pytest.fixture
def post(services: Services, mallory: ActorRow) -> PostRow:
    """What is told of."""
    return people.post(services, mallory, "The baker poisons people.")


def notice(post: PostRow, **other: object) -> Notice:
    """One with all that the law asks for."""
    full = Notice(post.uri, WHY, name="Vera Visitor", email="vera@mail.example", bona_fide=True)
    return replace(full, **other)  # type: ignore[arg-type]


def given(services: Services, what: Notice, address: str = "192.0.2.1") -> LegalNoticeRow:
    return give.give(services, what, address=address, locale="en")


def mails(services: Services) -> list[MailRow]:
    with services.db.read() as session:
        return list(session.scalars(select(MailRow).order_by(MailRow.id)))


def confirmed(services: Services, what: Notice, address: str = "192.0.2.1") -> LegalNoticeRow:
    given(services, what, address)
    link = re.search(r"/legal/confirm/(\S+)", mails(services)[-1].text)
    assert link is not None
    return give.confirm(services, link[1])


def settle(services: Services, row: LegalNoticeRow, outcome: ReportOutcome) -> None:
    with services.db.write() as session:
        report = session.get_one(ReportRow, row.report_id)
        report.outcome, report.settled_at = outcome, services.clock.now() - timedelta(hours=1)


@pytest.mark.parametrize(
    ("lacks", "code"),
    [
        ({"explanation": "bad"}, "explanation"),
        ({"urls": ""}, "url_missing"),
        ({"urls": "https://elsewhere.example/1"}, "url_unknown"),
        ({"name": ""}, "name"),
        ({"email": ""}, "email_invalid"),
        ({"bona_fide": False}, "bona_fide"),
    ],
)
def test_a_notice_that_lacks_something_is_refused_with_what(
    services: Services, post: PostRow, lacks: dict[str, object], code: str
) -> None:
    with pytest.raises(InvalidError) as raised:
        given(services, notice(post, **lacks))
    assert raised.value.code == code and mails(services) == []


def test_nobody_looks_at_a_notice_before_its_mail_is_answered(services: Services, post: PostRow) -> None:
    row = given(services, notice(post))
    with services.db.read() as session:
        assert session.scalars(select(CaseRow)).all() == []
    assert row.state is NoticeState.UNCONFIRMED and [mail.to for mail in mails(services)] == ["vera@mail.example"]


def test_a_confirmed_notice_is_a_case_with_a_due_time_and_doesnt_name_its_giver(
    services: Services, post: PostRow, mallory: ActorRow
) -> None:
    row = confirmed(services, notice(post))
    with services.db.read() as session:
        report = session.get_one(ReportRow, row.report_id)
        case = session.get_one(CaseRow, report.case_id)
    assert (case.uri, case.origin) == (post.uri, CaseOrigin.REPORT)
    assert (report.origin, report.category, report.reporter_uri) == (ReportOrigin.VISITOR, "legal", None)
    assert row.due_at == services.clock.now() + give.DUE and "Vera" not in report.comment
    assert f"the number {row.id}" in mails(services)[-1].text


def test_confirming_twice_files_it_once(services: Services, post: PostRow) -> None:
    confirmed(services, notice(post))
    token = re.search(r"/legal/confirm/(\S+)", mails(services)[0].text)
    assert token is not None
    give.confirm(services, token[1])
    with services.db.read() as session:
        assert len(session.scalars(select(ReportRow)).all()) == 1


def test_sexual_abuse_of_children_is_told_without_a_name_and_filed_at_once(services: Services, post: PostRow) -> None:
    row = given(services, notice(post, children=True, name="Vera Visitor", email=""))
    assert row.report_id is not None and row.due_at == services.clock.now() + give.DUE_CHILDREN
    assert (row.name, row.email) == ("", "") and mails(services) == []


def test_a_page_of_this_server_and_a_profile_can_be_told_of(
    services: Services, post: PostRow, mallory: ActorRow
) -> None:
    page = f"https://ostiary.example/@mallory@far.example/{post.id}"
    row = given(services, notice(post, urls=page, children=True, email=""))
    profile = given(
        services, notice(post, urls="https://ostiary.example/@mallory@far.example", children=True, email="")
    )
    with services.db.read() as session:
        assert session.get_one(ReportRow, row.report_id).subject_uris == [post.uri]
        assert session.get_one(ReportRow, profile.report_id).subject_uris == [mallory.uri]


def test_what_not_everybody_can_see_is_as_if_it_were_not_there(services: Services, mallory: ActorRow) -> None:
    hidden = people.post(services, mallory, "For you alone.", visibility=Visibility.DIRECT)
    with pytest.raises(InvalidError) as raised:
        given(services, notice(hidden))
    assert raised.value.code == "url_unknown"


def test_one_notice_is_about_one_person(services: Services, post: PostRow) -> None:
    other = people.post(services, people.remote(services, "other"))
    with pytest.raises(InvalidError) as raised:
        given(services, notice(post, urls=f"{post.uri}\n{other.uri}"))
    assert raised.value.code == "many_people"


def test_nobody_floods_the_queue(services: Services, post: PostRow) -> None:
    with pytest.raises(RateLimitedError):
        for _ in range(give.BY_ADDRESS.count + 1):
            given(services, notice(post, children=True, email=""))
    with pytest.raises(RateLimitedError):
        for number in range(give.BY_MAIL.count + 1):
            given(services, notice(post), f"192.0.2.{number + 10}")


def test_the_answer_comes_by_mail_once_it_cant_be_undone_by_a_key(services: Services, post: PostRow) -> None:
    row = confirmed(services, notice(post))
    assert answering.drain(services, 10) == 0
    settle(services, row, ReportOutcome.UPHELD)
    assert answering.drain(services, 10) == 1 and answering.drain(services, 10) == 0
    assert "restricted it" in mails(services)[-1].text and "out-of-court" in mails(services)[-1].text


def test_who_often_gives_notices_without_ground_is_warned_and_then_not_heard(
    services: Services, mallory: ActorRow
) -> None:
    for number in range(misuse.SUSPEND):
        post = people.post(services, mallory, f"Number {number}.")
        row = given(services, notice(post, children=True, email=""), f"192.0.2.{number}")
        settle(services, row, ReportOutcome.DECLINED)
        with services.db.write() as session:
            session.get_one(LegalNoticeRow, row.id).email_lower = "vera@mail.example"
    with services.db.read() as session:
        record = misuse.record(session, "Vera@mail.example", services.clock.now())
    assert record.warned and record.suspended
    with pytest.raises(ForbiddenError):
        given(services, notice(people.post(services, mallory)))


def test_what_was_never_confirmed_is_forgotten(services: Services, post: PostRow) -> None:
    row = given(services, notice(post))
    with services.db.write() as session:
        session.get_one(LegalNoticeRow, row.id).given_at -= give.CONFIRM + timedelta(hours=1)
    answering.drain(services, 10)
    with services.db.read() as session:
        assert session.scalars(select(LegalNoticeRow)).all() == []
