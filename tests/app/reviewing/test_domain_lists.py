"""A list that is taken and lifted leaves no trace: rows of people, posts and follows are as they were, column for column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import marking
from app.accounts.marking import Progress
from app.accounts.tables import ActorRow
from app.enforcement import enact
from app.lifecycle import work
from app.posts import visibility
from app.posts.tables import PostRow
from app.relationships.tables import FollowRow
from app.reviewing import domain_lists, many_rules
from app.reviewing.domain_lists import Taking
from app.reviewing.many_rules import Wanted
from app.services import Services
from moderation.domains import editing
from moderation.domains.editing import DomainDecided
from moderation.domains.planning import Plan
from moderation.domains.rules import rule_at
from moderation.values import Severity
from tests.app.people import again, member, post, remote
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
    done = domain_lists.take_as(services, "lea", LIST, Taking()).rules
    marking.work(services)
    assert len(done) == 301 and rows(services) != before
    lift(services, done)
    marking.work(services)
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
    done = domain_lists.take_as(services, "lea", LIST, Taking()).rules
    with services.db.read() as session:
        rule = rule_at(session, "bad1.example")
    assert len(taken) == 2 and len(done) == 300 and rule is not None and rule.severity is Severity.ALLOW


def test_a_list_holds_before_anybody_is_marked_and_its_end_too(services: Services) -> None:
    there = [remote(services, f"p{number}", f"bad{number}.example") for number in range(3)]
    loud = remote(services, "loud", "loud.example")
    post(services, there[0], "Good morning.")
    done = domain_lists.take_as(services, "lea", LIST, Taking()).rules
    assert marked(services, there) == 0 and hidden(services, there) == 3 and shown(services) == 0
    assert again(services, loud).domain_silenced and not again(services, loud).marked_silenced
    marking.work(services)
    assert marked(services, there) == 3
    lift(services, done)
    assert marked(services, there) == 3 and hidden(services, there) == 0 and shown(services) == 1
    assert not again(services, loud).domain_silenced


def test_a_rule_that_is_set_before_a_list_is_marked_counts_and_not_the_list(services: Services) -> None:
    there = remote(services, "p1", "bad1.example")
    domain_lists.take_as(services, "lea", LIST, Taking())
    with services.db.write() as session:
        ruled = editing.set_rule(session, "bad1.example", Severity.ALLOW, "mo", services.clock.now())
        enact.enact(services, session, ruled.effects)
    assert hidden(services, [there]) == 0
    marking.work(services)
    assert hidden(services, [there]) == marked(services, [there]) == 0


def test_after_a_crash_between_two_slices_the_regular_job_goes_on(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = [remote(services, f"p{number}", f"bad{number}.example") for number in range(5)]
    monkeypatch.setattr(marking, "SERVERS_AT_ONCE", 2)
    mark, writes = marking._mark, list[int]()

    def fails(*given: Any) -> int:
        writes.append(1)
        if len(writes) == 2:
            raise RuntimeError("the power went")
        return mark(*given)

    monkeypatch.setattr(marking, "_mark", fails)
    domain_lists.take_as(services, "lea", LIST, Taking())
    assert how_far(services) == Progress(0, 5)
    with pytest.raises(RuntimeError):
        work.drain(services)
    assert marked(services, there) == 2 and hidden(services, there) == 5
    assert how_far(services) == Progress(2, 5)
    monkeypatch.setattr(marking, "_mark", mark)
    work.drain(services)
    assert marked(services, there) == hidden(services, there) == 5
    assert how_far(services).over and marking.work(services) == 0


def test_a_large_server_is_marked_in_several_writes(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    there = [remote(services, f"p{number}", "bad1.example") for number in range(5)]
    monkeypatch.setattr(marking, "PEOPLE_AT_ONCE", 2)
    domain_lists.take_as(services, "lea", LIST, Taking())
    assert marking.step(services) == 2 and marked(services, there) == 2 and hidden(services, there) == 5
    assert [marking.step(services) for _ in range(3)] == [2, 1, None] and marked(services, there) == 5


def lift(services: Services, done: Sequence[DomainDecided]) -> None:
    """Lift all that a list set."""
    names = [one.rule.domain for one in done if one.rule]
    many_rules.carry_out(services, "lea", lambda _session: Wanted(lifted=names))


def how_far(services: Services) -> Progress:
    with services.db.read() as session:
        return marking.progress(session)


def hidden(services: Services, people: list[ActorRow]) -> int:
    """How many of them are hidden."""
    return sum(again(services, one).domain_hidden for one in people)


def marked(services: Services, people: list[ActorRow]) -> int:
    """How many of them are marked as hidden in their own rows."""
    return sum(again(services, one).marked_hidden for one in people)


def shown(services: Services) -> int:
    """How many posts a stranger may see."""
    with services.db.read() as session:
        return len(session.scalars(visibility.posts_for(None)).all())
