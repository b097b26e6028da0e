"""2. Held never means lost: each hold has its end, and what becomes of it without moderators is declared, told and logged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import signup
from app.accounts.tables import AccountRow, Role
from app.enforcement import upkeep
from app.posts import held
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.settings import Registration
from moderation import alarms
from moderation.alarms.tables import AlarmRow
from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.holds import absence, states
from moderation.holds.tables import HoldRow, HoldState
from moderation.log.tables import LogRow
from moderation.policy import store
from moderation.policy.document import DEFAULT
from moderation.values import Outcome
from tests.app.people import again
from tests.app.web.conftest import Town

pytestmark = pytest.mark.one_database
HOUR = timedelta(hours=1)


def passes(town: Town, **time: float) -> None:
    """Time passes, and what is due by then happens."""
    town.services.clock.move(timedelta(**time))  # type: ignore[attr-defined]
    while upkeep.end_holds(town.services):
        pass


def waits(town: Town, author: AccountRow, words: str) -> PostRow:
    """A post that waits for a person."""
    post = town.writes(author, f"{words}, vermin")
    assert post.state is PostState.HELD
    return post


def rules(town: Town, **unattended: Any) -> None:
    """What the policy says for while nobody works."""
    document = {**DEFAULT, "unattended": {**DEFAULT["unattended"], **unattended}}
    with town.services.db.write() as session:
        store.publish(session, document, "ada", town.services.clock.now())


def deserted(town: Town, author: AccountRow) -> None:
    """Something waited for two days, and nobody came."""
    waits(town, author, "the first of all")
    passes(town, hours=49)


def works(town: Town) -> None:
    """Somebody opens a case."""
    with town.services.db.write() as session:
        number = session.scalars(select(CaseRow.id).order_by(CaseRow.id)).first()
        claims.take(session, number or 0, "mo", town.services.clock.now())
    upkeep.end_holds(town.services)


def state(town: Town, post: PostRow) -> tuple[PostState, Outcome | None]:
    row = again(town.services, post)
    return row.state, row.outcome


def logged(town: Town) -> list[str]:
    """What the log says of absence, in order."""
    verbs = ("nobody_works", "somebody_is_back")
    with town.services.db.read() as session:
        return list(session.scalars(select(LogRow.verb).where(LogRow.verb.in_(verbs)).order_by(LogRow.seq)))


def with_open_doors(services: Services) -> Services:
    return replace(services, settings=replace(services.settings, registration=Registration.OPEN))


def test_each_hold_of_a_machine_has_an_end_and_every_end_is_an_arrow(town: Town, ana: AccountRow) -> None:
    post = waits(town, ana, "one")
    with town.services.db.read() as session:
        hold = session.scalars(select(HoldRow).where(HoldRow.uri == post.uri)).one()
        assert hold.due_at == hold.held_at + DEFAULT["holds"]["local_hours"] * HOUR
    assert states.ARROWS[HoldState.HELD] == set(HoldState) - {HoldState.HELD}


def test_it_ends_from_its_row_alone_when_all_that_redis_knew_is_gone(town: Town, ana: AccountRow) -> None:
    post = waits(town, ana, "one")
    town.services.redis.flushdb()
    passes(town, hours=4, minutes=1)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LABEL)


def test_as_a_rule_holds_end_as_ever_while_nobody_works(town: Town, ana: AccountRow) -> None:
    deserted(town, ana)
    post = waits(town, ana, "another one")
    passes(town, hours=5)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LABEL)


def test_a_house_may_let_in_limited_meanwhile(town: Town, ana: AccountRow) -> None:
    rules(town, holds="limited")
    deserted(town, ana)
    post = waits(town, ana, "another one")
    passes(town, hours=5)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LIMIT)


def test_a_house_may_hold_longer_and_who_comes_back_finds_it_still_held(town: Town, ana: AccountRow) -> None:
    rules(town, holds="longer", longest_hours=24)
    deserted(town, ana)
    post = waits(town, ana, "another one")
    passes(town, hours=5)
    assert state(town, post)[0] is PostState.HELD
    works(town)
    passes(town, hours=3)
    assert state(town, post)[0] is PostState.HELD, "some of its time is left"
    passes(town, hours=2)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LABEL), "as ever, now that somebody works"


def test_even_so_there_is_an_end(town: Town, ana: AccountRow) -> None:
    rules(town, holds="longer", longest_hours=24)
    deserted(town, ana)
    post = waits(town, ana, "another one")
    for _ in range(5):
        passes(town, hours=4, minutes=30)
    assert state(town, post)[0] is PostState.HELD
    passes(town, hours=2)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LIMIT)


def test_it_is_announced_to_staff_told_to_members_and_logged_once(
    town: Town, ana: AccountRow, admin: AccountRow
) -> None:
    rules(town, holds="limited")
    deserted(town, ana)
    post = waits(town, ana, "another one")
    passes(town, minutes=1)
    ada = town.at_home(admin)
    assert "Nobody works on what waits" in ada.page("/review/start")
    assert "in force" in ada.page("/review/policy")
    assert "No moderator is here just now" in town.at_home(ana).page(f"/held/{post.id}")
    with town.services.db.read() as session:
        words = held.sentence(again(town.services, post), None, held.while_away(session))
    assert "off the public timelines" in words
    assert logged(town) == ["nobody_works"]


def test_it_is_over_by_itself_when_somebody_opens_a_case(town: Town, ana: AccountRow) -> None:
    rules(town, holds="limited")
    deserted(town, ana)
    works(town)
    with town.services.db.read() as session:
        assert absence.declared(session) is None
        assert [each.name for each in alarms.current(session)] == []
    post = waits(town, ana, "another one")
    passes(town, hours=5)
    assert state(town, post) == (PostState.PUBLISHED, Outcome.LABEL)
    assert logged(town) == ["nobody_works", "somebody_is_back"]


def test_where_nothing_waits_nobody_is_missed(town: Town) -> None:
    passes(town, days=30)
    with town.services.db.read() as session:
        assert session.get(AlarmRow, absence.NAME) is None


def test_who_signs_up_waits_for_a_yes_meanwhile(town: Town, ana: AccountRow, admin: AccountRow) -> None:
    services = with_open_doors(town.services)
    with services.db.read() as session:
        assert signup.registration(session, services) is Registration.OPEN
    deserted(town, ana)
    form = signup.SignUp("newcomer", "new@mail.example", "correct horse battery", agreement=True)
    assert signup.sign_up(services, form).approved_at is None
    works(town)
    late = signup.SignUp("latecomer", "late@mail.example", "correct horse battery", agreement=True)
    assert signup.sign_up(services, late).approved_at is not None


def test_a_house_may_leave_its_doors_open_all_the_same(town: Town, ana: AccountRow, admin: AccountRow) -> None:
    services = with_open_doors(town.services)
    rules(town, approve_sign_ups=False)
    deserted(town, ana)
    with services.db.read() as session:
        assert signup.registration(session, services) is Registration.OPEN


def test_a_lead_declares_it_on_the_policys_page_and_the_terms_say_it(town: Town) -> None:
    lea = town.at_home(town.member("lea", Role.LEAD))
    with town.services.db.read() as session:
        version = str(store.current(session).version)
    typed = {"away_holds": "longer", "away_hours": "24", "away_approve_sign_ups": "no", "version": version}
    lines = {f"{field}_{label}": shown(each[field]) for label, each in DEFAULT["labels"].items() for field in FIELDS}
    seen = lea.post("/review/policy/preview", on="/review/policy", **lines, **typed).text
    assert "while nobody works, holds: wait longer" in seen
    assert lea.post("/review/policy", on="/review/policy", **lines, **typed).status_code == 302
    with town.services.db.read() as session:
        found = store.current(session).unattended
    assert (found.hours, found.holds.value, found.approve_sign_ups) == (24, "longer", False)
    refused = lea.post("/review/policy/preview", on="/review/policy", **lines, **typed | {"away_hours": "soon"})
    assert refused.status_code == 422


FIELDS = ("hold", "limit", "label")


def shown(line: float | str | None) -> str:
    """A line as its field has it."""
    return "" if line is None else str(line)
