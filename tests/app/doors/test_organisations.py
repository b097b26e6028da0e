"""Organisations ask for invitations, and an admin answers each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import invitations, signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow
from app.clock import FrozenClock
from app.doors import forgetting, hand, organisations
from app.doors.organisations import Request
from app.doors.tables import OrganisationRow, RequestState
from app.errors import ConflictError, InvalidError, NotFoundError
from app.services import Services
from moderation.log.tables import LogRow
from tests.app.doors.conftest import ADA, Mails, invited_by, link

CHOIR = Request("The Choir", "choir.example", "12", "Nadia", "nadia@choir.example", "to talk about songs")
CONFIRM, LEAVE = "organisations/confirm", "organisations/leave"


def only(services: Services) -> OrganisationRow:
    with services.db.read() as session:
        return session.scalars(select(OrganisationRow)).one()


@pytest.fixture
def asked(helpful: Services, mails: Mails) -> Services:
    """The choir asked, and confirmed it."""
    organisations.ask(helpful, CHOIR, "198.51.100.1")
    organisations.confirm(helpful, link(mails(CHOIR.email)[0], CONFIRM))
    return helpful


def test_a_request_waits_once_its_address_is_confirmed(helpful: Services, mails: Mails) -> None:
    organisations.ask(helpful, CHOIR, "198.51.100.1")
    with helpful.db.read() as session:
        assert (organisations.waiting(session), list(organisations.listed(session))) == (0, [])
    organisations.confirm(helpful, link(mails(CHOIR.email)[0], CONFIRM))
    with helpful.db.read() as session:
        assert organisations.waiting(session) == 1
    assert only(helpful).website == "https://choir.example"


def test_admins_are_told_by_mail_once_the_address_is_confirmed_and_not_what_was_written(
    helpful: Services, boss: AccountRow, mails: Mails
) -> None:
    organisations.ask(helpful, CHOIR, "198.51.100.1")
    assert len(mails(boss.email)) == 0
    for _ in range(2):
        organisations.confirm(helpful, link(mails(CHOIR.email)[0], CONFIRM))
    (mail,) = mails(boss.email)
    assert "/review/waiting-list" in mail.text and "12" in mail.text
    assert CHOIR.purpose not in mail.text and CHOIR.email not in mail.text


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"website": "javascript:alert(1)"}, {"people": "many"}, {"people": "0"}, {"contact": " "},
     {"email": "no"}, {"purpose": ""}, {"website": "not a site"}],
)  # fmt: skip
def test_what_is_missing_is_named(helpful: Services, wrong: dict[str, str]) -> None:
    from dataclasses import replace

    with pytest.raises(InvalidError):
        organisations.ask(helpful, replace(CHOIR, **wrong), "198.51.100.1")


def test_granted_they_get_one_link_for_so_many_and_it_is_in_the_log(
    asked: Services, boss: AccountRow, mails: Mails, clock: FrozenClock
) -> None:
    organisations.grant(asked, hand.of(boss), only(asked).id, 2, 30, "Welcome, all of you.")
    letter = mails(CHOIR.email)[-1]
    assert "Welcome, all of you." in letter.text
    token = invited_by(letter)
    for name in ("alto", "bass"):
        form = SignUp(name, f"{name}@choir.example", "correct horse battery", agreement=True, invitation_token=token)
        signup.sign_up(asked, form)
    with asked.db.read() as session:
        with pytest.raises(NotFoundError):
            invitations.find(session, asked, token)
        said = session.scalars(select(LogRow).where(LogRow.verb == "organisation_granted")).one()
    assert said.actor == "boss" and "choir.example" not in (said.payload or "")
    with pytest.raises(ConflictError):
        organisations.decline(asked, ADA, only(asked).id, "no room at the moment")


def test_a_link_that_got_about_is_ended_and_makes_no_more_accounts(asked: Services, mails: Mails) -> None:
    number = only(asked).id
    organisations.grant(asked, ADA, number, 5, 30)
    token = invited_by(mails(CHOIR.email)[-1])
    with asked.db.read() as session:
        assert organisations.left(session, asked.clock.now()) == {number: 5}
    organisations.end_link(asked, ADA, number)
    with asked.db.read() as session:
        assert organisations.left(session, asked.clock.now()) == {}
        with pytest.raises(NotFoundError):
            invitations.find(session, asked, token)
    with pytest.raises(NotFoundError):
        organisations.end_link(asked, ADA, number)


def test_declined_they_read_why(asked: Services, mails: Mails) -> None:
    with pytest.raises(InvalidError):
        organisations.decline(asked, ADA, only(asked).id, "no")
    organisations.decline(asked, ADA, only(asked).id, "We are five people, and full.")
    assert "We are five people, and full." in mails(CHOIR.email)[-1].text
    assert only(asked).state is RequestState.DECLINED


def test_more_than_a_link_can_hold_is_refused(asked: Services) -> None:
    for uses, days in ((0, 30), (101, 30), (5, 0), (5, 366)):
        with pytest.raises(InvalidError):
            organisations.grant(asked, ADA, only(asked).id, uses, days)
    assert only(asked).state is RequestState.OPEN


def test_they_can_have_it_deleted_and_after_a_year_it_is(asked: Services, mails: Mails, clock: FrozenClock) -> None:
    token = link(mails(CHOIR.email)[0], LEAVE)
    organisations.decline(asked, ADA, only(asked).id, "We are five people, and full.")
    clock.move(timedelta(days=364))
    with asked.db.write() as session:
        assert forgetting.requests(session, clock.now()) == 0
    organisations.leave(asked, token)
    organisations.leave(asked, token)
    with asked.db.read() as session:
        assert list(organisations.listed(session)) == []


def test_an_old_answer_is_forgotten(asked: Services, clock: FrozenClock) -> None:
    organisations.decline(asked, ADA, only(asked).id, "We are five people, and full.")
    clock.move(timedelta(days=366))
    with asked.db.write() as session:
        assert forgetting.requests(session, clock.now()) == 1


def test_who_waits_is_listed_however_many_were_answered_before(
    asked: Services, monkeypatch: pytest.MonkeyPatch, clock: FrozenClock
) -> None:
    monkeypatch.setattr(organisations, "SHOWN", 2)
    with asked.db.write() as session:
        for number in range(3):
            row = OrganisationRow(
                handle=str(number), state=RequestState.DECLINED, name=f"Club {number}", website="https://club.example",
                people=2, contact="Bo", email="bo@club.example", purpose="talk", locale="en",
                asked_at=clock.now() - timedelta(days=9), last_at=clock.now() - timedelta(days=5 - number),
            )  # fmt: skip
            session.add(row)
    with asked.db.read() as session:
        assert [row.name for row in organisations.listed(session)] == ["The Choir", "Club 2", "Club 1"]


def test_a_letter_to_an_address_that_nobody_confirmed_has_nothing_that_was_typed(
    helpful: Services, mails: Mails
) -> None:
    from dataclasses import replace

    advert = replace(
        CHOIR, name="You won, see https://evil.example now", contact="evil.example", purpose="evil.example"
    )
    organisations.ask(helpful, advert, "198.51.100.1")
    letter = mails(CHOIR.email)[0]
    assert "evil.example" not in letter.text + letter.subject
