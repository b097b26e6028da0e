"""Roles end by themselves, are given by admins alone, and never leave the house without one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import credentials, lookup, roles
from app.accounts.tables import AccountRow, Role
from app.errors import ConflictError, ForbiddenError, InvalidError
from app.oauth import tokens
from app.services import Services
from moderation.log import chain
from moderation.log.tables import LogRow
from tests.app.people import member


def now_of(services: Services, account: AccountRow) -> AccountRow:
    """As it is in the database."""
    with services.db.read() as session:
        return lookup.account(session, account.id)


def test_a_role_counts_until_its_end_and_not_a_moment_longer(services: Services) -> None:
    now = services.clock.now()
    mo = member(services, "mo", Role.MODERATOR)
    mo.role_until = now + timedelta(hours=1)
    assert mo.role_at(now) is Role.MODERATOR
    assert mo.role_at(now + timedelta(hours=1)) is Role.MEMBER
    lookup.require_role(mo, Role.MODERATOR, now)
    with pytest.raises(ForbiddenError):
        lookup.require_role(mo, Role.TRAINEE, now + timedelta(hours=1))


def test_a_token_of_an_ended_role_is_a_members(services: Services) -> None:
    now = services.clock.now()
    mo = member(services, "mo", Role.MODERATOR)
    token = tokens.make(services, mo.id, "admin:read", second_factored=True)
    with services.db.write() as session:
        session.get_one(AccountRow, mo.id).role_until = now + timedelta(hours=1)
    with services.db.read() as session:
        early, late = tokens.find(session, token, now), tokens.find(session, token, now + timedelta(hours=2))
    assert early is not None
    assert late is not None
    assert (early.role, late.role) == (Role.MODERATOR, Role.MEMBER)


def test_what_is_over_is_written_down_once_and_logged(services: Services) -> None:
    mo, lee = member(services, "mo", Role.MODERATOR), member(services, "lee", Role.LEAD)
    with services.db.write() as session:
        session.get_one(AccountRow, mo.id).role_until = services.clock.now()
    assert roles.end_due(services) == 1
    assert roles.end_due(services) == 0
    after = now_of(services, mo)
    assert (after.role, after.role_until) == (Role.MEMBER, None)
    assert now_of(services, lee).role is Role.LEAD
    with services.db.read() as session:
        event = session.scalars(select(LogRow)).one()
        assert (event.verb, event.actor, event.object) == ("role_changed", roles.ITSELF, mo.actor.uri)
        assert chain.verify(session) is None


def test_giving_a_role_signs_out_and_is_logged(services: Services) -> None:
    ada, ana = member(services, "ada", Role.ADMIN), member(services, "ana")
    until = services.clock.now() + timedelta(days=30)
    session_id = credentials.session_id(ana)
    roles.give(services, ada, ana.id, Role.REVIEWER, until)
    after = now_of(services, ana)
    assert (after.role, after.role_until) == (Role.REVIEWER, until)
    with services.db.read() as session:
        assert credentials.of_session(session, session_id) is None
        assert session.scalars(select(LogRow.actor)).all() == ["ada"]
    roles.give(services, ada, ana.id, Role.REVIEWER, until)  # the same again is no change
    with services.db.read() as session:
        assert len(session.scalars(select(LogRow.seq)).all()) == 1


def test_only_admins_give_and_an_end_lies_ahead(services: Services) -> None:
    lee, ada, ana = (
        member(services, name, role) for name, role in (("lee", Role.LEAD), ("ada", Role.ADMIN), ("ana", Role.MEMBER))
    )
    with pytest.raises(ForbiddenError):
        roles.give(services, lee, ana.id, Role.TRAINEE)
    with pytest.raises(InvalidError):
        roles.give(services, ada, ana.id, Role.TRAINEE, services.clock.now())


@pytest.mark.parametrize("role", [Role.MEMBER, Role.LEAD, Role.ADMIN], ids=["taken", "lowered", "ending"])
def test_the_last_admin_stays_one(services: Services, role: Role) -> None:
    ada, eve = member(services, "ada", Role.ADMIN), member(services, "eve", Role.ADMIN)
    until = services.clock.now() + timedelta(days=1)
    with services.db.write() as session:  # an admin whose role ends is none for good
        session.get_one(AccountRow, eve.id).role_until = until
    with pytest.raises(ConflictError):
        roles.give(services, ada, ada.id, role, until)
    with services.db.write() as session:
        session.get_one(AccountRow, eve.id).role_until = None
    roles.give(services, ada, ada.id, role, until)
    assert now_of(services, ada).role is role
