"""A list that is taken and lifted leaves no trace: rows of people, posts and follows are as they were, column for column."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import domains
from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.lifecycle import work
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow
from app.reviewing import domain_lists
from app.reviewing.domain_lists import Taking
from app.services import Services
from moderation.domains import editing
from moderation.domains.planning import Plan
from moderation.domains.rules import rule_at
from moderation.values import Severity
from tests.app.people import member, post, remote
from tests.app.reviewing.test_planned import follows

LIST = (
    "domain,severity\n" + "".join(f"bad{number}.example,suspend\n" for number in range(300)) + "loud.example,silence\n"
)


def rows(services: Services) -> list[tuple[object, ...]]:
    """Everybody, what they wrote, and whom they follow."""
    with services.db.read() as session:
        tables = ((ActorRow, ActorRow.id), (PostRow, PostRow.pk), (FollowRow, FollowRow.id))
        return [
            tuple(row) for table, order in tables for row in session.execute(select(table.__table__).order_by(order))
        ]


def test_lifting_a_list_restores_every_row(services: Services) -> None:
    ana = member(services, "ana").actor
    for number in range(4):
        there = remote(services, f"p{number}", f"sub.bad{number}.example" if number % 2 else f"bad{number}.example")
        post(services, there, "Good morning.")
        follows(services, ana, there)
    post(services, remote(services, "loud", "loud.example"), "GOOD MORNING.")
    before = rows(services)
    done = domain_lists.take_as(services, "lea", LIST, Taking())
    assert len(done) == 301 and rows(services) != before
    with services.db.write() as session:
        lifted = [editing.lift_rule(session, one.rule.domain, "lea", services.clock.now()) for one in done if one.rule]
        enact.enact(services, session, [effect for one in lifted for effect in one.effects])
    assert rows(services) == before


def test_a_list_is_planned_anew_where_a_rule_was_set_meanwhile(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, taken = domain_lists.planned, list[int]()

    def while_somebody_is_faster(*given: Any) -> Plan:
        taken.append(1)
        plan = planned(*given)
        if len(taken) == 1:
            with services.db.write() as session:
                editing.set_rule(session, "bad1.example", Severity.ALLOW, "mo", services.clock.now())
        return plan

    monkeypatch.setattr(domain_lists, "planned", while_somebody_is_faster)
    done = domain_lists.take_as(services, "lea", LIST, Taking())
    with services.db.read() as session:
        rule = rule_at(session, "bad1.example")
    assert len(taken) == 2 and len(done) == 300 and rule is not None and rule.severity is Severity.ALLOW


def test_what_a_crash_left_unmarked_is_marked_by_the_regular_job(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [remote(services, f"p{number}", f"bad{number}.example") for number in range(5)]
    monkeypatch.setattr(domains, "AT_ONCE", 2)
    marked = domains._mark_by
    writes: list[int] = []

    def fails(*given: Any) -> list[int]:
        writes.append(1)
        if len(writes) == 2:
            raise RuntimeError("the power went")
        return marked(*given)

    monkeypatch.setattr(domains, "_mark_by", fails)
    with pytest.raises(RuntimeError):
        domain_lists.take_as(services, "lea", LIST, Taking())
    assert hidden(services, there) == 2  # all rules are in force; some people aren't marked yet
    monkeypatch.setattr(domains, "_mark_by", marked)
    work.drain(services)
    assert hidden(services, there) == 5
    assert domains.catch_up(services) == 0


def hidden(services: Services, people: list[ActorRow]) -> int:
    """How many of them are hidden."""
    with services.db.read() as session:
        return sum(session.get_one(ActorRow, one.id).domain_hidden for one in people)
