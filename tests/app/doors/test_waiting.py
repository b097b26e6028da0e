"""The waiting list: who gets onto it, how they are invited, and how they are forgotten."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import invitations, signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, Role
from app.barring.tables import BarredMailDomainRow
from app.clock import FrozenClock
from app.doors import choices, forgetting, glass, hand, waiting
from app.doors.choices import Choices
from app.doors.tables import WaitingRow, WaitingState
from app.doors.waiting import Ask
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RateLimitedError
from app.services import Services
from app.settings import Registration
from moderation.log.tables import LogRow
from tests.app import people
from tests.app.doors.conftest import ADA, Mails, invited_by, link

ANA = "ana@mail.example"
CONFIRM, LEAVE = "waiting-list/confirm", "waiting-list/leave"


def asks(services: Services, email: str, why: str = "", network: str = "198.51.100.1") -> None:
    waiting.ask(services, Ask(email, why), network)


def waits(services: Services, mails: Mails, email: str, why: str = "", network: str = "198.51.100.1") -> None:
    """Asks and confirms."""
    asks(services, email, why, network)
    waiting.confirm(services, link(mails(email)[-1], CONFIRM))


def entry(services: Services, email: str) -> WaitingRow | None:
    with services.db.read() as session:
        return session.scalar(select(WaitingRow).where(WaitingRow.email_lower == email.lower()))


def test_nobody_is_on_the_list_before_they_confirm(helpful: Services, mails: Mails) -> None:
    asks(helpful, ANA, "  I live\nnearby ")
    with helpful.db.read() as session:
        assert waiting.counts(session, helpful.clock.now()).waiting == 0
        assert list(waiting.listed(session, 10)) == []
    token = link(mails(ANA)[0], CONFIRM)
    assert waiting.unconfirmed(helpful, token).why == "I live nearby"
    waiting.confirm(helpful, token)
    waiting.confirm(helpful, token)
    with helpful.db.read() as session:
        counted = waiting.counts(session, helpful.clock.now())
    assert (counted.waiting, counted.oldest_at) == (1, helpful.clock.now())
    assert len(mails(ANA)) == 2, "confirming twice is once"


def test_a_house_that_did_not_switch_it_on_has_no_list(services: Services, boss: AccountRow) -> None:
    with pytest.raises(NotFoundError):
        asks(services, ANA)


@pytest.mark.parametrize("mode", [Registration.OPEN, Registration.APPROVAL])
def test_where_anybody_can_sign_up_there_is_no_list(helpful: Services) -> None:
    with pytest.raises(NotFoundError):
        asks(helpful, ANA)


def test_only_the_mailbox_learns_what_is_known_of_it(helpful: Services, mails: Mails) -> None:
    people.member(helpful, "ben")
    waits(helpful, mails, ANA, "because")
    for email in (ANA, "ben@mail.example", "new@mail.example"):
        asks(helpful, email, "another line")
    assert "on it already" in mails(ANA)[-1].text
    assert "There is an account with this address" in mails("ben@mail.example")[0].text
    assert entry(helpful, "ben@mail.example") is None
    found = entry(helpful, ANA)
    assert found is not None and found.why == "because", "words that were confirmed stay as they were"


def test_a_mailbox_is_not_filled_and_the_asker_is_told_nothing_of_it(helpful: Services, mails: Mails) -> None:
    for number in range(9):
        asks(helpful, ANA, network=f"198.51.{number}.1")
    assert len(mails(ANA)) == 3


def test_a_network_that_asks_too_often_is_told_so(helpful: Services) -> None:
    for number in range(10):
        asks(helpful, f"n{number}@mail.example")
    with pytest.raises(RateLimitedError):
        asks(helpful, "more@mail.example")


def test_whose_mail_provider_is_barred_cannot_wait_either(helpful: Services) -> None:
    with helpful.db.write() as session:
        session.add(BarredMailDomainRow(domain="burner.example", barred_by="ada", barred_at=helpful.clock.now()))
    with pytest.raises(InvalidError):
        asks(helpful, "x@burner.example")


def test_the_next_ones_are_invited_oldest_first_and_come_in_by_their_letter(
    helpful: Services, boss: AccountRow, mails: Mails, clock: FrozenClock
) -> None:
    for name in ("first", "second", "third"):
        waits(helpful, mails, f"{name}@mail.example")
        clock.move(timedelta(minutes=1))
    assert waiting.invite_next(helpful, hand.of(boss), 2) == 2
    states = [entry(helpful, f"{name}@mail.example").state for name in ("first", "second", "third")]  # type: ignore[union-attr]
    assert states == [WaitingState.INVITED, WaitingState.INVITED, WaitingState.WAITING]
    token = invited_by(mails("first@mail.example")[-1])
    form = SignUp("first", "first@mail.example", "correct horse battery", agreement=True, invitation_token=token)
    assert signup.sign_up(helpful, form).approved_at is not None
    assert entry(helpful, "first@mail.example") is None, "the entry goes with the account"
    with pytest.raises(NotFoundError):
        signup.sign_up(helpful, SignUp("more", "m@mail.example", "correct horse battery", "", "en", True, token))
    with helpful.db.read() as session:
        said = session.scalars(select(LogRow).where(LogRow.verb == "waiting_invited")).one()
    assert said.actor == "boss" and "mail.example" not in (said.payload or "")


def test_an_invitation_ends_after_fourteen_days_and_can_be_sent_once_more(
    helpful: Services, mails: Mails, clock: FrozenClock
) -> None:
    waits(helpful, mails, ANA)
    waiting.invite_next(helpful, ADA, 1)
    first = invited_by(mails(ANA)[-1])
    clock.move(timedelta(days=14))
    with helpful.db.read() as session:
        with pytest.raises(NotFoundError):
            invitations.find(session, helpful, first)
        assert waiting.counts(session, clock.now()).lapsed == 1
    found = entry(helpful, ANA)
    assert found is not None
    waiting.invite_again(helpful, ADA, found.id)
    with helpful.db.read() as session:
        assert invitations.find(session, helpful, invited_by(mails(ANA)[-1])).role is Role.MEMBER


def test_whose_invitation_ran_out_can_wait_again_by_a_press(
    helpful: Services, mails: Mails, clock: FrozenClock
) -> None:
    waits(helpful, mails, ANA)
    waiting.invite_next(helpful, ADA, 1)
    asks(helpful, ANA)
    assert "You have an invitation already" in mails(ANA)[-1].text
    clock.move(timedelta(days=14))
    asks(helpful, ANA)
    assert entry(helpful, ANA).state is WaitingState.INVITED, "asking alone is nobody's word"  # type: ignore[union-attr]
    waiting.confirm(helpful, link(mails(ANA)[-1], CONFIRM))
    found = entry(helpful, ANA)
    assert found is not None and (found.state, found.confirmed_at) == (WaitingState.WAITING, clock.now())


def test_every_letter_to_who_waits_has_a_link_that_leaves_the_list(helpful: Services, mails: Mails) -> None:
    waits(helpful, mails, ANA)
    asks(helpful, ANA)
    waiting.invite_next(helpful, ADA, 1)
    letters = mails(ANA)
    assert len(letters) == 4
    tokens = [link(mail, LEAVE) for mail in letters]
    invitation = invited_by(letters[-1])
    waiting.leave(helpful, tokens[0])
    assert entry(helpful, ANA) is None and list(mails(ANA)) == [], "what wasn't sent yet isn't sent any more"
    with helpful.db.read() as session, pytest.raises(NotFoundError):
        invitations.find(session, helpful, invitation)
    for token in tokens:
        waiting.leave(helpful, token)
    with pytest.raises(InvalidError):
        waiting.leave(helpful, "forged")


def test_a_link_of_somebody_gone_does_nothing_to_who_comes_after_them(helpful: Services, mails: Mails) -> None:
    waits(helpful, mails, ANA)
    token = link(mails(ANA)[0], LEAVE)
    waiting.leave(helpful, token)
    waits(helpful, mails, "ben@mail.example")
    waiting.leave(helpful, token)
    assert entry(helpful, "ben@mail.example") is not None


def test_what_nobody_confirmed_goes_after_days_and_the_rest_after_a_year(
    helpful: Services, mails: Mails, clock: FrozenClock
) -> None:
    asks(helpful, "never@mail.example")
    waits(helpful, mails, ANA)
    clock.move(timedelta(days=3, seconds=1))
    with helpful.db.write() as session:
        assert forgetting.unconfirmed(session, clock.now()) == {"waiting_list": 1, "organisation_requests": 0}
        assert forgetting.entries(session, clock.now()) == 0
    clock.move(timedelta(days=362))
    with helpful.db.write() as session:
        assert forgetting.entries(session, clock.now()) == 1
    assert entry(helpful, ANA) is None


def test_the_addresses_are_saved_only_while_the_glass_is_broken(
    helpful: Services, mails: Mails, clock: FrozenClock
) -> None:
    lea, mo = people.member(helpful, "lea", Role.LEAD), people.member(helpful, "mo", Role.MODERATOR)
    waits(helpful, mails, ANA, "=cmd()")
    with pytest.raises(ForbiddenError):
        glass.break_glass(helpful, mo, "a good long reason")
    with pytest.raises(ConflictError):
        glass.export(helpful, lea)
    with pytest.raises(InvalidError):
        glass.break_glass(helpful, lea, "short")
    glass.break_glass(helpful, lea, "we write to them from elsewhere")
    sheet = glass.export(helpful, lea)
    assert ANA in sheet and "'=cmd()" in sheet
    clock.move(timedelta(minutes=15))
    with pytest.raises(ConflictError):
        glass.export(helpful, lea)
    with helpful.db.read() as session:
        assert [look.by for look in glass.lately(session, clock.now())] == ["lea"]


def test_one_is_taken_off_by_number_or_by_address(helpful: Services, mails: Mails) -> None:
    waits(helpful, mails, ANA)
    waits(helpful, mails, "ben@mail.example")
    found = entry(helpful, ANA)
    assert found is not None
    waiting.remove(helpful, ADA, found.id)
    waiting.remove_address(helpful, ADA, "Ben@mail.example")
    with helpful.db.read() as session:
        assert list(waiting.listed(session, 10)) == []
    with pytest.raises(NotFoundError):
        waiting.remove_address(helpful, ADA, ANA)


def test_what_is_said_of_privacy_says_it_while_the_list_is_on(helpful: Services) -> None:
    from app.terms import versions
    from app.terms.tables import Document

    def text() -> str:
        with helpful.db.read() as session:
            return str(versions.build(session, helpful, Document.PRIVACY)["en"])

    assert "Your entry on the waiting list" in text() and "The waiting list: the mail address" in text()
    choices.choose(helpful, ADA, Choices())
    assert "waiting list" not in text()


def test_who_confirms_twice_in_one_moment_is_written_to_once(helpful: Services, mails: Mails) -> None:
    asks(helpful, ANA)
    token = link(mails(ANA)[0], CONFIRM)
    second = threading.Thread(target=waiting.confirm, args=(helpful, token))
    with helpful.db.write() as session:
        row = session.scalars(select(WaitingRow).with_for_update()).one()
        second.start()
        second.join(0.3)  # it waits for this write
        row.state, row.confirmed_at = WaitingState.WAITING, helpful.clock.now()
    second.join()
    assert len(mails(ANA)) == 1, "the first press told the rest"


def test_who_leaves_while_they_are_invited_leaves_no_invitation_behind(
    helpful: Services, mails: Mails, boss: AccountRow
) -> None:
    waits(helpful, mails, ANA)
    token = link(mails(ANA)[-1], LEAVE)
    leaving = threading.Thread(target=waiting.leave, args=(helpful, token))
    with helpful.db.write() as session:
        row = session.scalars(select(WaitingRow).with_for_update()).one()
        leaving.start()
        leaving.join(0.3)
        invitation = invitations.issue(session, boss.id, helpful.clock.now())
        row.state, row.invitation_hash = WaitingState.INVITED, invitations.hashed(invitation)
    leaving.join()
    with helpful.db.read() as session, pytest.raises(NotFoundError):
        invitations.find(session, helpful, invitation)
