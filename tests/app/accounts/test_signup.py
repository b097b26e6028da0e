"""Signing up, by every mode of the house."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import credentials, invitations, lookup, signup, tokens
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RateLimitedError
from app.mail import MailBox
from app.notifications import post_office
from app.notifications.tables import MailRow, NotificationKind
from app.relationships import follow
from app.services import Services
from app.settings import Registration
from tests.app import people

ANA = SignUp("ana", "ana@mail.example", "correct horse battery", agreement=True)


def with_mode(services: Services, mode: Registration) -> Services:
    return replace(services, settings=replace(services.settings, registration=mode))


@pytest.fixture
def house(services: Services) -> Services:
    """A house with an admin."""
    people.member(services, "boss", Role.ADMIN)
    return with_mode(services, Registration.OPEN)


def link_in_mail(services: Services) -> str:
    with services.db.read() as session:
        text = session.scalars(select(MailRow.text).order_by(MailRow.id.desc())).first()
    assert text is not None
    found = re.search(r"/sign-up/confirm/(\S+)", text)
    assert found is not None
    return found[1]


def test_nobody_signs_up_before_there_is_an_admin(services: Services) -> None:
    with pytest.raises(ForbiddenError, match="Nobody can sign up"):
        signup.sign_up(with_mode(services, Registration.OPEN), ANA)


def test_in_an_open_house_a_confirmed_address_is_enough(house: Services) -> None:
    account = signup.sign_up(house, ANA)
    with pytest.raises(ForbiddenError, match="Confirm"):
        credentials.check(house, "ana", ANA.password)
    signup.confirm(house, link_in_mail(house))
    assert credentials.check(house, "ana", ANA.password).id == account.id


def test_the_new_actor_has_keys_and_addresses_of_this_server(house: Services) -> None:
    actor = signup.sign_up(house, ANA).actor
    base = house.settings.base_url
    assert (actor.uri, actor.inbox_url) == (f"{base}/users/ana", f"{base}/users/ana/inbox")
    assert actor.public_key_pem is not None and "BEGIN PUBLIC KEY" in actor.public_key_pem
    assert actor.private_key_pem is not None and "BEGIN PRIVATE KEY" in actor.private_key_pem


def test_where_the_house_approves_a_sign_up_waits_for_it(house: Services) -> None:
    services = with_mode(house, Registration.APPROVAL)
    account = signup.sign_up(services, replace(ANA, reason="I bake."))
    signup.confirm(services, link_in_mail(services))
    with pytest.raises(ForbiddenError, match="approval"):
        credentials.check(services, "ana", ANA.password)
    with services.db.read() as session:
        assert [row.signup_reason for row in signup.waiting(session)] == ["I bake."]
    signup.approve(services, account.id, "lea")
    assert credentials.check(services, "ana", ANA.password).id == account.id


def test_who_is_turned_down_leaves_only_a_reserved_name(house: Services) -> None:
    services = with_mode(house, Registration.APPROVAL)
    signup.turn_down(services, signup.sign_up(services, ANA).id, "lea")
    with services.db.read() as session:
        assert session.scalar(select(ActorRow).where(ActorRow.username == "ana")) is None
        assert session.scalar(select(AccountRow).where(AccountRow.email == ANA.email)) is None
    with pytest.raises(ConflictError, match="taken"):
        signup.sign_up(services, replace(ANA, email="other@mail.example"))


def test_where_one_is_invited_an_invitation_lets_in_as_often_as_it_says(house: Services) -> None:
    services = with_mode(house, Registration.INVITE)
    with services.db.read() as session:
        boss = session.scalars(select(AccountRow)).one()
    with pytest.raises(ForbiddenError, match="invitation"):
        signup.sign_up(services, ANA)
    token = invitations.invite(services, boss, uses=1)
    assert signup.sign_up(services, replace(ANA, invitation_token=token)).approved_at is not None
    with pytest.raises(NotFoundError, match="used"):
        signup.sign_up(
            services, SignUp("ben", "ben@mail.example", ANA.password, agreement=True, invitation_token=token)
        )


def test_an_invitation_runs_out(house: Services, clock: FrozenClock) -> None:
    with house.db.read() as session:
        boss = session.scalars(select(AccountRow)).one()
    token = invitations.invite(house, boss, lasts=timedelta(days=1))
    clock.move(timedelta(days=1, seconds=1))
    with pytest.raises(NotFoundError):
        signup.sign_up(with_mode(house, Registration.INVITE), replace(ANA, invitation_token=token))


def test_members_cannot_invite(house: Services) -> None:
    with pytest.raises(ForbiddenError):
        invitations.invite(house, people.member(house, "ben"))


def test_a_closed_house_is_closed(house: Services) -> None:
    with pytest.raises(ForbiddenError, match="Nobody can sign up"):
        signup.sign_up(with_mode(house, Registration.CLOSED), ANA)


@pytest.mark.parametrize("name", ["", "a" * 31, "with space", "dot.ted", "ünï", "a@b", "../etc", "new\nline"])
def test_a_name_that_is_none_is_refused(house: Services, name: str) -> None:
    with pytest.raises(InvalidError, match="name"):
        signup.sign_up(house, replace(ANA, username=name))


@pytest.mark.parametrize("name", ["admin", "Moderator", "postmaster"])
def test_the_names_of_the_house_are_not_for_members(house: Services, name: str) -> None:
    with pytest.raises(ConflictError, match="taken"):
        signup.sign_up(house, replace(ANA, username=name))


def test_a_name_is_taken_however_it_is_written(house: Services) -> None:
    people.member(house, "ana")
    with pytest.raises(ConflictError, match="taken"):
        signup.sign_up(house, replace(ANA, username=" ANA ", email="other@mail.example"))


def letters(services: Services) -> list[tuple[str, str]]:
    with services.db.read() as session:
        return [(row.to, row.text) for row in session.scalars(select(MailRow).order_by(MailRow.id))]


@pytest.mark.parametrize("mode", [Registration.OPEN, Registration.APPROVAL])
def test_who_signs_up_with_another_s_address_sees_what_everybody_sees_and_its_owner_hears_of_it_once(
    house: Services, mode: Registration
) -> None:
    house = with_mode(house, mode)
    ben = people.member(house, "ben")
    free = signup.sign_up(house, ANA)
    taken = signup.sign_up(house, replace(ANA, username="ben2", email="Ben@Mail.example"))
    assert (taken.approved_at is None, taken.confirmed_at) == (free.approved_at is None, None)
    (_ana, (to, text)) = letters(house)
    assert to == "ben@mail.example" and "@ben." in text and "/sign-up/confirm/" not in text
    with house.db.read() as session:
        assert [each.id for each in signup.waiting(session)] == [free.id] * (mode is Registration.APPROVAL)
        assert session.get_one(AccountRow, ben.id).email == "ben@mail.example"
    for name in ("ana", "ben2"):
        with pytest.raises(ConflictError, match="name is taken"):
            signup.sign_up(house, replace(ANA, username=name, email="new@mail.example"))
    with pytest.raises(ForbiddenError, match="Confirm"):
        credentials.check(house, "ben2", ANA.password)
    signup.sign_up(house, replace(ANA, username="ben3", email="ben@mail.example"))
    signup.send_again(house, taken.id, None, "203.0.113.9")
    assert len(letters(house)) == 2, "the owner heard of it today, and nobody else has the address"


def test_who_gave_another_s_address_may_give_their_own_and_is_in(house: Services) -> None:
    people.member(house, "ben")
    account = signup.sign_up(house, replace(ANA, email="ben@mail.example"))
    signup.send_again(house, account.id, "ana@mail.example", "203.0.113.9")
    signup.confirm(house, link_in_mail(house))
    assert credentials.check(house, "ana", ANA.password).email == "ana@mail.example"


@pytest.mark.parametrize(
    "email", ["", "ana", "ana@", "ana@mail", "a b@mail.example", "ana@mail.example\nBcc: x@y.example"]
)
def test_what_is_no_address_is_refused(house: Services, email: str) -> None:
    with pytest.raises(InvalidError, match="e-mail"):
        signup.sign_up(house, replace(ANA, email=email))


@pytest.mark.parametrize("password", ["short", "x" * 129, "ana@mail.example"])
def test_a_bad_password_is_refused(house: Services, password: str) -> None:
    with pytest.raises(InvalidError, match="password"):
        signup.sign_up(house, replace(ANA, password=password))


def test_without_agreeing_to_the_rules_nobody_signs_up(house: Services) -> None:
    with pytest.raises(InvalidError, match="rules"):
        signup.sign_up(house, replace(ANA, agreement=False))


def test_one_address_of_the_network_signs_up_only_so_often(house: Services) -> None:
    refused = replace(ANA, agreement=False, address="203.0.113.7")
    for _ in range(10):
        with pytest.raises(InvalidError):
            signup.sign_up(house, refused)
    with pytest.raises(RateLimitedError):
        signup.sign_up(house, refused)


def test_a_confirmation_link_that_was_changed_or_is_old_does_nothing(house: Services, clock: FrozenClock) -> None:
    signup.sign_up(house, ANA)
    link = link_in_mail(house)
    with pytest.raises(InvalidError, match="link"):
        signup.confirm(house, link[:-2] + ("AA" if not link.endswith("AA") else "BB"))
    clock.move(timedelta(days=4))
    with pytest.raises(InvalidError, match="link"):
        signup.confirm(house, link)


def test_a_link_made_for_one_purpose_serves_no_other(house: Services) -> None:
    account = signup.sign_up(house, ANA)
    token = tokens.sign(house, "something else", [account.id, account.email_lower])
    with pytest.raises(InvalidError, match="link"):
        signup.confirm(house, token)


def test_the_first_admin_link_works_once_and_only_while_there_is_none(services: Services) -> None:
    first = invitations.first_admin_link(services)
    token = invitations.first_admin_link(services)
    assert first is not None and token is not None
    with pytest.raises(NotFoundError):
        signup.redeem_admin_link(services, first, username="ana", email=ANA.email, password=ANA.password)
    account = signup.redeem_admin_link(services, token, username="ana", email=ANA.email, password=ANA.password)
    assert account.role is Role.ADMIN
    assert credentials.check(services, ANA.email, ANA.password).id == account.id
    assert invitations.first_admin_link(services) is None
    with pytest.raises(NotFoundError):
        signup.redeem_admin_link(services, token, username="eve", email="eve@mail.example", password=ANA.password)


def test_the_admin_link_is_no_invitation_for_members(house: Services) -> None:
    with house.db.read() as session:
        boss = session.scalars(select(AccountRow)).one()
    invitation = invitations.invite(house, boss)
    with pytest.raises(ForbiddenError):
        signup.redeem_admin_link(house, invitation, username="eve", email="e@mail.example", password=ANA.password)


def test_tokens_are_stored_as_hashes_alone(services: Services) -> None:
    token = invitations.first_admin_link(services)
    with services.db.read() as session:
        (row,) = session.scalars(select(invitations.InvitationRow)).all()
    assert token is not None and token not in row.token_hash and len(row.token_hash) == 64


def test_accounts_of_the_command_line_can_be_used_at_once(services: Services) -> None:
    account = signup.create_account(services, "mod", "mod@mail.example", "correct horse battery", Role.MODERATOR)
    assert credentials.check(services, "mod", "correct horse battery").id == account.id
    assert account.second_factor_at is not None


def test_the_mail_is_in_the_language_of_whom_it_goes_to_and_is_sent_once(house: Services) -> None:
    signup.sign_up(house, ANA)
    mailer = house.mailer
    assert isinstance(mailer, MailBox) and mailer.sent == []
    assert post_office.drain(house, 10) == 1
    assert post_office.drain(house, 10) == 0
    assert [mail.to for mail in mailer.sent] == ["ana@mail.example"]


def test_the_admins_hear_of_a_sign_up(house: Services) -> None:
    with house.db.read() as session:
        boss = session.scalars(select(AccountRow)).one()
    signup.sign_up(house, ANA)
    assert people.told(house, boss.id) == [NotificationKind.SIGN_UP]


def test_who_is_not_in_yet_exists_for_nobody(house: Services) -> None:
    services = with_mode(house, Registration.APPROVAL)
    account = signup.sign_up(services, ANA)
    ben = people.member(services, "ben")
    with services.db.read() as session:
        assert lookup.find_by_handle(session, services.settings, "ana") is None
        assert lookup.find_by_uri(session, account.actor.uri) is None
        with pytest.raises(NotFoundError):
            lookup.by_id(session, account.id)
    with pytest.raises(NotFoundError):
        follow.follow(services, ben.id, account.id)
    signup.confirm(services, link_in_mail(services))
    signup.approve(services, account.id, "lea")
    with services.db.read() as session:
        assert lookup.by_handle(session, services.settings, "ana").id == account.id


def test_a_sign_up_that_nobody_confirms_is_forgotten_and_its_address_is_free_again(
    house: Services, clock: FrozenClock
) -> None:
    signup.sign_up(house, ANA)
    assert signup.forget_unconfirmed(house) == 0
    clock.move(timedelta(days=7))
    assert signup.forget_unconfirmed(house) == 1
    assert signup.sign_up(house, replace(ANA, username="ana2")).email == ANA.email
    with pytest.raises(ConflictError, match="taken"):
        signup.sign_up(house, replace(ANA, email="other@mail.example"))
