"""Roles: given for good or for a time, and over by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import browsers, lookup, roles
from app.accounts.tables import AccountRow, Role
from app.clock import FrozenClock
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.notifications.tables import MailRow
from app.oauth import tokens
from app.services import Services
from moderation.log.tables import LogRow
from tests.app.people import member


def again(services: Services, account: AccountRow) -> AccountRow:
    with services.db.read() as session:
        return lookup.account(session, account.id)


def signed_in(services: Services, account: AccountRow) -> str:
    """What a browser's cookie holds."""
    return browsers.begin(services, again(services, account), browsers.Said("", ""))[1]


def test_a_role_that_has_run_out_counts_no_more_even_before_it_is_swept(services: Services) -> None:
    ana, now = member(services, "ana"), services.clock.now()
    given = roles.give(services, ana.id, Role.REVIEWER, now + timedelta(days=30), by="boss")
    assert lookup.role_at(given, now) is Role.REVIEWER
    assert lookup.role_at(given, now + timedelta(days=30)) is Role.MEMBER


def test_the_sweep_makes_members_again_and_signs_them_out(services: Services) -> None:
    ana, ben = member(services, "ana"), member(services, "ben")
    roles.give(services, ana.id, Role.REVIEWER, services.clock.now() + timedelta(days=1), by="boss")
    roles.give(services, ben.id, Role.MODERATOR, by="boss")
    cookie, token = signed_in(services, ana), tokens.make(services, ana.id, "admin:read")
    assert roles.expire(services) == 0
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1))
    assert roles.expire(services) == 1 and roles.expire(services) == 0
    assert (again(services, ana).role, again(services, ana).role_until) == (Role.MEMBER, None)
    assert again(services, ben).role is Role.MODERATOR
    with services.db.read() as session:
        assert browsers.find(session, cookie, services.clock.now()) is None and tokens.find(session, token) is None


def test_who_gets_more_stays_signed_in_and_who_gets_less_does_not(services: Services) -> None:
    ana = member(services, "ana")
    cookie = signed_in(services, ana)
    roles.give(services, ana.id, Role.MODERATOR, by="boss")
    with services.db.read() as session:
        assert browsers.find(session, cookie, services.clock.now()) is not None
    roles.give(services, ana.id, Role.TRAINEE, by="boss")
    with services.db.read() as session:
        assert browsers.find(session, cookie, services.clock.now()) is None


def test_the_last_admin_stays_one(services: Services) -> None:
    boss, other = member(services, "boss", Role.ADMIN), member(services, "other")
    with pytest.raises(ConflictError):
        roles.give(services, boss.id, Role.MEMBER, by="boss")
    roles.give(services, other.id, Role.ADMIN, by="boss")
    assert roles.give(services, boss.id, Role.MEMBER, by="boss").role is Role.MEMBER


def test_an_end_is_ahead_and_no_admins(services: Services) -> None:
    ana, now = member(services, "ana"), services.clock.now()
    for role, until in ((Role.REVIEWER, now), (Role.ADMIN, now + timedelta(days=1)), (Role.MEMBER, now + timedelta(1))):
        with pytest.raises(InvalidError):
            roles.give(services, ana.id, role, until, by="boss")


def test_a_role_without_a_second_factor_opens_nothing(services: Services) -> None:
    ana = member(services, "ana")
    roles.give(services, ana.id, Role.LEAD, by="boss")
    with pytest.raises(ForbiddenError) as refused:
        lookup.require_role(again(services, ana), Role.TRAINEE)
    assert refused.value.code == "second_factor_required"
    lookup.require_role(again(services, ana), Role.MEMBER)


def test_who_gave_a_role_and_that_it_ended_stands_in_the_log(services: Services) -> None:
    ana = member(services, "ana")
    roles.give(services, ana.id, Role.REVIEWER, services.clock.now() + timedelta(days=1), by="boss")
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1))
    roles.expire(services)
    with services.db.read() as session:
        rows = session.execute(select(LogRow.actor, LogRow.verb, LogRow.object).order_by(LogRow.seq)).all()
    assert [tuple(row) for row in rows] == [
        ("boss", "role_given", ana.actor.uri),
        ("time", "role_ended", ana.actor.uri),
    ]


def mails(services: Services) -> dict[str, str]:
    """By whom they go to."""
    with services.db.read() as session:
        return {row.to: f"{row.subject}\n{row.text}" for row in session.scalars(select(MailRow).order_by(MailRow.id))}


def test_whom_a_change_concerns_hears_of_it_and_so_does_every_admin(services: Services) -> None:
    ana, _, _ = member(services, "ana"), member(services, "ada", Role.ADMIN), member(services, "lea", Role.LEAD)
    roles.give(services, ana.id, Role.REVIEWER, services.clock.now() + timedelta(days=1), by="lea")
    assert set(mails(services)) == {"ana@mail.example", "ada@mail.example"}
    assert "reviewer" in mails(services)["ana@mail.example"] and "lea" not in mails(services)["ana@mail.example"]
    assert "@ana" in mails(services)["ada@mail.example"] and "lea" in mails(services)["ada@mail.example"]
    assert isinstance(services.clock, FrozenClock)
    services.clock.move(timedelta(days=1))
    roles.expire(services)
    assert "no role" in mails(services)["ana@mail.example"] and "member" in mails(services)["ada@mail.example"]


def test_nobody_hears_of_what_stayed_as_it_was(services: Services) -> None:
    ana = member(services, "ana", Role.MODERATOR)
    member(services, "ada", Role.ADMIN)
    roles.give(services, ana.id, Role.MODERATOR, by="lea")
    assert mails(services) == {}


def test_a_reviewers_access_always_has_an_end_that_the_policy_allows(services: Services) -> None:
    ana, now = member(services, "ana"), services.clock.now()
    for until in (None, now + timedelta(days=182)):
        with pytest.raises(InvalidError) as refused:
            roles.give(services, ana.id, Role.REVIEWER, until, by="boss")
        assert refused.value.code == "end_missing" and "ends by itself" in refused.value.text
    roles.give(services, ana.id, Role.REVIEWER, now + timedelta(days=180), by="boss")
    roles.give(services, ana.id, Role.MODERATOR, None, by="boss")


def test_reviewers_from_before_get_an_end_and_a_letter_once(services: Services) -> None:
    ana, far = member(services, "ana", Role.REVIEWER), member(services, "far", Role.REVIEWER)
    mo, _ = member(services, "mo", Role.MODERATOR), member(services, "ada", Role.ADMIN)
    with services.db.write() as session:
        session.get_one(AccountRow, far.id).role_until = services.clock.now() + timedelta(days=4000)
    assert roles.bound(services) == 2 and roles.bound(services) == 0
    for account in (ana, far):
        until = again(services, account).role_until
        assert until is not None and until - services.clock.now() < timedelta(days=181)
    assert again(services, mo).role_until is None
    assert set(mails(services)) == {"ana@mail.example", "far@mail.example", "ada@mail.example"}
    assert "unless a lead renews it" in mails(services)["ana@mail.example"]
    with services.db.read() as session:
        assert set(session.scalars(select(LogRow.actor))) == {"the policy"}
