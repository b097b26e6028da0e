"""What turns open sign-ups into sign-ups by approval, tells of it, and is put back."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import signup
from app.accounts.signup import SignUp
from app.accounts.tables import AccountRow, Role
from app.barring import breakers
from app.clock import FrozenClock
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.notifications.tables import MailRow
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.reports import file
from app.reports.file import FileReport
from app.services import Services
from app.settings import Registration
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.policy import store
from moderation.policy.document import DEFAULT
from tests.app.people import member


@pytest.fixture
def house(services: Services) -> Services:
    """Anybody may sign up here, and mo moderates."""
    opened = replace(services, settings=replace(services.settings, registration=Registration.OPEN, rate_limits=False))
    member(opened, "ada", Role.ADMIN)
    member(opened, "mo", Role.MODERATOR)
    return opened


def policy(house: Services, **parts: dict[str, Any]) -> None:
    document = {**DEFAULT, **{name: {**DEFAULT[name], **part} for name, part in parts.items()}}
    with house.db.write() as session:
        store.publish(session, document, "ada", house.clock.now())


def signed_up(house: Services, name: str, domain: str = "mail.example") -> AccountRow:
    return signup.sign_up(house, SignUp(name, f"{name}@{domain}", "a long enough password", agreement=True))


def mode(house: Services) -> Registration:
    with house.db.read() as session:
        return signup.registration(session, house)


def said(house: Services) -> list[tuple[str, str]]:
    with house.db.read() as session:
        rows = session.execute(
            select(LogRow.actor, LogRow.verb).where(LogRow.verb.startswith("breaker_")).order_by(LogRow.seq)
        )
        return [(actor, verb) for actor, verb in rows]


def who(house: Services, name: str) -> AccountRow:
    with house.db.read() as session:
        return session.scalars(select(AccountRow).where(AccountRow.email == f"{name}@mail.example")).one()


def test_many_sign_ups_at_once_make_the_next_wait_until_a_person_says_it_is_over(
    house: Services, clock: FrozenClock
) -> None:
    policy(house, breakers={"sign_ups": 3, "quiet_days": 0})
    assert all(signed_up(house, f"a{number}").approved_at for number in range(2))
    clock.move(timedelta(seconds=3601))
    assert all(signed_up(house, f"b{number}").approved_at for number in range(3))
    assert mode(house) is Registration.APPROVAL
    assert signed_up(house, "late").approved_at is None
    clock.move(timedelta(seconds=86_400))
    assert mode(house) is Registration.APPROVAL
    with house.db.read() as session:
        mails = [row for row in session.scalars(select(MailRow)) if "waits for a yes" in row.subject]
    assert {mail.to for mail in mails} == {"ada@mail.example", "mo@mail.example"}
    assert "3 people or more signed up within 1 hours" in mails[0].text
    with pytest.raises(ForbiddenError):
        breakers.put_back(house, who(house, "b0"), breakers.SIGN_UPS)
    with pytest.raises(NotFoundError):
        breakers.put_back(house, who(house, "mo"), "nobody_works")
    assert breakers.put_back(house, who(house, "mo"), breakers.SIGN_UPS)
    assert mode(house) is Registration.OPEN
    assert signed_up(house, "after").approved_at is not None
    assert said(house) == [("policy", "breaker_out"), ("mo", "breaker_back")]


def test_a_storm_of_reports_does_so_too_and_what_came_before_it_was_put_back_counts_no_more(house: Services) -> None:
    policy(house, breakers={"reports": 2})
    ana, ben, cleo = member(house, "ana"), member(house, "ben"), member(house, "cleo")
    for number, reporter in enumerate((ana, cleo)):
        post = compose.compose(house, ben.id, ComposeRequest(f"apples, {number} of them"))
        file.file(house, reporter.actor, FileReport(ben.id, (post.id,), "look", "other"))
    assert mode(house) is Registration.APPROVAL
    breakers.put_back(house, who(house, "mo"), breakers.REPORTS)
    file.file(house, ana.actor, FileReport(ben.id, (), "again", "other"))
    assert mode(house) is Registration.OPEN


def test_one_who_reports_very_often_makes_no_storm(house: Services) -> None:
    policy(house, breakers={"reports": 4, "quiet_days": 0})
    ben, *others = [member(house, name) for name in ("ben", "ana", "cleo", "dora", "eli")]
    for number in range(9):
        post = compose.compose(house, ben.id, ComposeRequest(f"apples, {number} of them"))
        file.file(house, others[0].actor, FileReport(ben.id, (post.id,), "look", "other"))
    assert mode(house) is Registration.OPEN
    for other in others[1:]:
        assert mode(house) is Registration.OPEN
        file.file(house, other.actor, FileReport(ben.id, (), "look", "other"))
    assert mode(house) is Registration.APPROVAL


def test_days_without_any_moderator_do_so_and_it_is_over_with_the_next_thing_that_one_does(
    house: Services, clock: FrozenClock
) -> None:
    clock.move(timedelta(seconds=7 * 86_400 - 60))
    breakers.watch(house)
    assert mode(house) is Registration.OPEN
    clock.move(timedelta(seconds=120))
    assert (breakers.watch(house), breakers.watch(house)) == (1, 0)
    assert mode(house) is Registration.APPROVAL
    with house.db.write() as session:
        chain.append(session, "mo", "case_noted", "case:1", {}, house.clock.now())
    assert breakers.watch(house) == 1
    assert mode(house) is Registration.OPEN
    assert said(house) == [("policy", "breaker_out"), ("policy", "breaker_back")]


def test_a_breaker_opens_no_house_that_is_closed_and_none_is_out_that_is_set_to_never(
    house: Services, clock: FrozenClock
) -> None:
    policy(house, breakers={"quiet_days": 0, "sign_ups": 0, "reports": 0})
    for number in range(4):
        signed_up(house, f"a{number}")
    clock.move(timedelta(seconds=400 * 86_400))
    assert breakers.watch(house) == 0
    assert mode(house) is Registration.OPEN
    policy(house, breakers={"quiet_days": 1})
    clock.move(timedelta(days=1))
    assert breakers.watch(house) == 1
    for usual in (Registration.INVITE, Registration.CLOSED):
        assert mode(replace(house, settings=replace(house.settings, registration=usual))) is usual


@pytest.mark.parametrize("domain", ["mailinator.com", "box.mailinator.com"])
def test_throw_away_addresses_wait_or_are_refused_or_welcome_as_the_policy_says(house: Services, domain: str) -> None:
    assert signed_up(house, "ana", domain).approved_at is None
    policy(house, sign_ups={"disposable": "refuse"})
    with pytest.raises(InvalidError, match="can’t be used here"):
        signed_up(house, "ben", domain)
    policy(house, sign_ups={"disposable": "welcome"})
    assert signed_up(house, "cleo", domain).approved_at is not None


@pytest.mark.parametrize("before", [False, True], ids=["its first time", "put back before"])
def test_who_saw_a_breaker_in_while_another_trips_it_finds_it_out(house: Services, before: bool) -> None:
    if before:
        trip_by_hand(house)
        assert breakers.put_back(house, who(house, "mo"), breakers.SIGN_UPS)
    results: list[bool] = []
    second = threading.Thread(target=lambda: results.append(trip_by_hand(house)))
    told = len(warned(house))
    with house.db.write() as session:
        assert breakers._trip(session, house, breakers.SIGN_UPS, {"count": 2, "hours": "1"})
        second.start()
        second.join(0.3)  # it has looked, and waits for this write
    second.join()
    assert results == [False]
    assert len(warned(house)) == told + 2
    assert said(house).count(("policy", "breaker_out")) == 1 + before


def test_two_who_change_the_policy_in_the_same_moment_both_end_in_it(house: Services) -> None:
    second = threading.Thread(target=lambda: change(house, "ben", sign_ups=9))
    with house.db.write() as session:
        store.change(session, {"breakers": {"reports": 8}}, "ada", house.clock.now())
        second.start()
        second.join(0.3)  # it waits for this write
    second.join()
    change(house, "cleo", quiet_days=3)
    with house.db.read() as session:
        policy = store.current(session)
        rows = session.execute(select(LogRow.actor, LogRow.object).where(LogRow.verb == "policy_published"))
        assert sorted(map(tuple, rows)) == [("ada", "policy:2"), ("ben", "policy:3"), ("cleo", "policy:4")]
    assert policy.document["breakers"] == {"quiet_days": 3, "sign_ups": 9, "reports": 8, "window_hours": 1}


def change(house: Services, by: str, **numbers: float) -> None:
    with house.db.write() as session:
        store.change(session, {"breakers": numbers}, by, house.clock.now())


def trip_by_hand(house: Services) -> bool:
    with house.db.write() as session:
        return breakers._trip(session, house, breakers.SIGN_UPS, {"count": 2, "hours": "1"})


def warned(house: Services) -> list[MailRow]:
    with house.db.read() as session:
        return [row for row in session.scalars(select(MailRow)) if "waits for a yes" in row.subject]
