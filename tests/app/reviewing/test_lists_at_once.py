"""Two who change rules about the same servers in the same moment: both end whole, and neither's word is run over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.tables import Role
from app.reviewing import domain_lists, many_rules, ruling
from app.reviewing.domain_lists import Taken, Taking
from app.services import Services
from moderation.domains import editing, list_rules
from moderation.domains.tables import DomainEventRow, DomainImportRow, DomainRuleRow
from moderation.domains.values import RuleDraft
from moderation.log import chain
from moderation.values import Severity
from tests.app.people import again, member, remote

FIRST = "domain,severity\n" + "".join(f"bad{number}.example,silence\n" for number in range(40))
SECOND = "domain,severity\n" + "".join(f"bad{number}.example,suspend\n" for number in range(20, 60))


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever put a list together waits, once, until the other did so from the same rules."""
    put_together, gate, met = many_rules._put_together, threading.Barrier(2), threading.local()

    def and_waits(*given: Any) -> object:
        found = put_together(*given)
        if not getattr(met, "other", False):
            met.other = True
            gate.wait(30)
        return found

    monkeypatch.setattr(many_rules, "_put_together", and_waits)


def at_once(*works: Callable[[], object]) -> list[Any]:
    """What each gives, run in threads of their own."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result() for each in [pool.submit(work) for work in works]]


def rules(services: Services) -> dict[str, Severity]:
    """What is in force."""
    with services.db.read() as session:
        return {rule.domain: rule.severity for rule in list_rules(session)}


@pytest.mark.usefixtures("together")
def test_two_lists_that_name_the_same_new_servers_both_end_whole(services: Services) -> None:
    there = remote(services, "p", "bad30.example")
    taken: list[Taken] = at_once(
        lambda: domain_lists.take_as(services, "lea", FIRST, Taking()),
        lambda: domain_lists.take_as(services, "mo", SECOND, Taking()),
    )
    found = rules(services)
    assert sorted(found) == sorted(f"bad{number}.example" for number in range(60))
    assert {found[f"bad{number}.example"] for number in range(20, 60)} == {Severity.SUSPEND}
    assert {len(each.rules) for each in taken} in ({40}, {20, 40})
    with services.db.read() as session:
        events = session.scalar(select(func.count()).select_from(DomainEventRow))
        kept = {row.id: row.rules for row in session.scalars(select(DomainImportRow))}
        assert kept == {each.import_id: len(each.rules) for each in taken}
        assert events == sum(len(each.rules) for each in taken) and chain.verify(session) is None
    assert again(services, there).domain_hidden


@pytest.mark.usefixtures("together")
def test_the_same_list_that_two_take_at_once_is_set_once(services: Services) -> None:
    taken: list[Taken] = at_once(
        *(lambda by=by: domain_lists.take_as(services, by, FIRST, Taking()) for by in ("lea", "mo"))  # type: ignore[misc]
    )
    assert sorted(len(each.rules) for each in taken) == [0, 40] and len(rules(services)) == 40
    assert sorted(each.import_id is None for each in taken) == [False, True]


def test_a_person_s_word_that_comes_while_a_list_is_written_waits_and_stands(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena, put, writing, done = member(services, "lena", Role.LEAD), editing.put, threading.Event(), threading.Event()

    def slowly(*given: Any, **more: Any) -> object:
        found = put(*given, **more)
        if len(found) > 1:  # the list's
            writing.set()
            done.wait(0.5)  # the person can't be done before the list is
            assert not done.is_set()
        return found

    monkeypatch.setattr(editing, "put", slowly)

    def says() -> None:
        assert writing.wait(30)
        ruling.set_rules(services, lena, [RuleDraft("bad1.example", Severity.ALLOW)])
        done.set()

    at_once(lambda: domain_lists.take_as(services, "mo", FIRST, Taking()), says)
    assert rules(services)["bad1.example"] is Severity.ALLOW and len(rules(services)) == 40
    with services.db.read() as session:
        query = select(DomainEventRow).where(DomainEventRow.domain == "bad1.example").order_by(DomainEventRow.id)
        before, after = session.scalars(query)
        assert (before.by, after.by) == ("mo", "lena") and (after.before or {})["severity"] == "silence"
        assert session.get_one(DomainRuleRow, "bad1.example").set_by == "lena"
