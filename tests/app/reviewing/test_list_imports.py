"""A list taken by hand is undone in one step: what a person said since stays, everything else is as it was."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import marking
from app.accounts.tables import Role
from app.clock import FrozenClock
from app.errors import ForbiddenError
from app.lifecycle import severing
from app.reviewing import domain_lists, list_imports, ruling
from app.reviewing.domain_lists import Taking
from app.reviewing.list_imports import Foreseen, Offered
from app.services import Services
from moderation.domains import editing
from moderation.domains.rules import rule_at
from moderation.domains.tables import DomainEventRow, DomainImportRow, DomainRuleRow
from moderation.domains.values import RuleDraft
from moderation.errors import ConflictError, NotFoundError
from moderation.log import chain
from moderation.log.tables import LogRow
from moderation.values import Severity
from tests.app.people import member, post, remote
from tests.app.reviewing.test_domain_lists import LIST, rows
from tests.app.reviewing.test_planned import follows

SMALL = "domain,severity,public_comment\nbad.example,suspend,spam\nloud.example,suspend,noise\nodd.example,silence,\n"
WEEK = timedelta(days=7)


def takes(services: Services, text: str = SMALL, **wishes: bool) -> int:
    """Lea takes a list; its number."""
    taken = domain_lists.take_as(services, "lea", text, Taking(**wishes))
    assert taken.import_id is not None
    return taken.import_id


def foreseen(services: Services, number: int) -> Foreseen:
    """What undoing it would do."""
    with services.db.read() as session:
        return list_imports.foresee(services, session, number)


def says(services: Services, domain: str, severity: Severity, **more: object) -> None:
    """Mo sets a rule."""
    with services.db.write() as session:
        editing.set_draft(session, RuleDraft(domain, severity, **more), "mo", services.clock.now())  # type: ignore[arg-type]


def rules(services: Services) -> dict[str, str]:
    """What is in force."""
    with services.db.read() as session:
        return {row.domain: row.severity.value for row in session.scalars(select(DomainRuleRow))}


def test_a_week_later_a_list_is_undone_row_for_row(services: Services, clock: FrozenClock) -> None:
    ana = member(services, "ana").actor
    for number in range(4):
        there = remote(services, f"p{number}", f"sub.bad{number}.example" if number % 2 else f"bad{number}.example")
        post(services, there, "Good morning.")
    post(services, remote(services, "loud", "loud.example"), "GOOD MORNING.")
    follows(services, ana, remote(services, "olaf", "fine.example"))
    before = rows(services)
    number = takes(services, LIST)
    marking.work(services)
    assert len(rules(services)) == 301 and rows(services) != before
    clock.move(WEEK)
    done = list_imports.undo_as(services, "mo", number)
    marking.work(services)
    assert rows(services) == before and rules(services) == {}
    assert (len(done.lifted), done.put_back, done.kept) == (301, (), ())


def test_what_a_person_said_since_stays_and_is_named(services: Services) -> None:
    number = takes(services)
    says(services, "loud.example", Severity.SILENCE)
    with services.db.write() as session:
        editing.lift_rule(session, "odd.example", "mo", services.clock.now())
    kept = foreseen(services, number).undoing.kept
    assert [(one.domain, one.what, one.by) for one in kept] == [
        ("loud.example", "set", "mo"), ("odd.example", "lifted", "mo"),
    ]  # fmt: skip
    assert list_imports.undo_as(services, "lea", number).lifted == ("bad.example",)
    assert rules(services) == {"loud.example": "silence"}


def test_a_question_to_a_server_is_no_word_on_its_rule(services: Services) -> None:
    number = takes(services)
    with services.db.write() as session:
        editing.note(session, "bad.example", editing.ASKED, "mo", services.clock.now(), {"question": 1})
    assert foreseen(services, number).undoing.kept == ()


def test_a_rule_that_was_there_before_is_there_again_with_all_it_said(services: Services) -> None:
    said = RuleDraft("bad.example", Severity.SILENCE, private_comment="see #12", reject_media=True, source="list:4")
    with services.db.write() as session:
        editing.set_draft(session, said, "mo", services.clock.now())
    number = takes(services)
    assert rules(services)["bad.example"] == "suspend"
    assert foreseen(services, number).undoing.put_back == (said,)
    list_imports.undo_as(services, "lea", number)
    with services.db.read() as session:
        rule = rule_at(session, "bad.example")
    assert rule is not None and editing.as_json(rule) == editing.draft_as_json(said)


def test_a_rule_whose_time_is_over_by_now_does_not_come_back_for_ever(services: Services, clock: FrozenClock) -> None:
    says(services, "bad.example", Severity.SILENCE, expires_at=clock.now() + timedelta(days=2))
    takes_it = "domain,severity,expires_at\nbad.example,suspend,\n"
    number = takes(services, takes_it)
    with services.db.write() as session:
        session.get_one(DomainRuleRow, "bad.example").expires_at = None
    clock.move(WEEK)
    assert list_imports.undo_as(services, "lea", number).lifted == ("bad.example",) and rules(services) == {}


@pytest.mark.parametrize("backwards", [True, False])
def test_two_lists_are_undone_in_any_order_and_nothing_of_either_is_left(services: Services, backwards: bool) -> None:
    first = takes(services, "domain,severity\nodd.example,silence\nloud.example,silence\n")
    second = takes(services, "domain,severity\nodd.example,suspend\nbad.example,silence\n")
    for number in (second, first) if backwards else (first, second):
        list_imports.undo_as(services, "lea", number)
    assert rules(services) == {}


def test_follows_that_ended_are_counted_before_and_offered_back_after(services: Services, clock: FrozenClock) -> None:
    ana = member(services, "ana")
    olaf = remote(services, "olaf", "bad.example")
    post(services, olaf, "Good morning.")
    follows(services, ana.actor, olaf)
    number = takes(services)
    marking.work(services)
    clock.move(timedelta(minutes=11))
    severing.sever(services, 100)
    seen = foreseen(services, number)
    assert seen.offered == Offered(1, 1) and (seen.impact.people, seen.impact.posts) == (1, 1)
    with services.db.read() as session:
        assert severing.lost(session, ana.id) == []
    list_imports.undo_as(services, "lea", number)
    with services.db.read() as session:
        assert [one.username for one in severing.lost(session, ana.id)] == ["olaf"]


def test_a_server_that_another_rule_still_hides_offers_nothing_back(services: Services, clock: FrozenClock) -> None:
    ana, olaf = member(services, "ana"), remote(services, "olaf", "sub.bad.example")
    follows(services, ana.actor, olaf)
    number = takes(services)
    says(services, "sub.bad.example", Severity.SUSPEND)
    marking.work(services)
    clock.move(timedelta(minutes=11))
    severing.sever(services, 100)
    assert foreseen(services, number).offered == Offered(0, 0)


def test_a_list_is_undone_once(services: Services) -> None:
    number = takes(services)
    list_imports.undo_as(services, "lea", number)
    with pytest.raises(ConflictError, match="lea has undone this list already"):
        list_imports.undo_as(services, "mo", number)


def test_a_list_of_which_nothing_is_left_says_so_and_stays_as_it_is(services: Services) -> None:
    number = takes(services, "bad.example\n")
    says(services, "bad.example", Severity.ALLOW)
    with pytest.raises(ConflictError, match="nothing of this list is left"):
        list_imports.undo_as(services, "lea", number)
    assert foreseen(services, number).row.undone_at is None and rules(services) == {"bad.example": "allow"}


def test_a_list_that_sets_nothing_is_no_step(services: Services) -> None:
    takes(services)
    assert domain_lists.take_as(services, "lea", SMALL, Taking()).import_id is None
    with services.db.read() as session:
        assert len(session.scalars(select(DomainImportRow)).all()) == 1


def test_who_is_faster_is_asked_again_inside_the_write(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    number, undoing, asked = takes(services), list_imports.imports.undoing, list[int]()

    def while_somebody_is_faster(*given: object) -> object:
        found = undoing(*given)  # type: ignore[arg-type]
        asked.append(1)
        if len(asked) == 1:
            says(services, "bad.example", Severity.ALLOW)
        return found

    monkeypatch.setattr(list_imports.imports, "undoing", while_somebody_is_faster)
    done = list_imports.undo_as(services, "lea", number)
    assert [one.domain for one in done.kept] == ["bad.example"] and rules(services) == {"bad.example": "allow"}


def test_a_crash_in_the_middle_undoes_nothing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    number = takes(services)
    before = rules(services)

    def fails(*_given: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(marking, "put", fails)
    with pytest.raises(RuntimeError):
        list_imports.undo_as(services, "lea", number)
    assert rules(services) == before and foreseen(services, number).row.undone_at is None


def test_taking_and_undoing_stand_in_the_log_with_the_lists_digest(services: Services) -> None:
    number = takes(services)
    says(services, "odd.example", Severity.ALLOW)
    list_imports.undo_as(services, "mo", number)
    with services.db.read() as session:
        lines = session.scalars(select(LogRow).where(LogRow.object.startswith("list:")).order_by(LogRow.seq)).all()
        digest = foreseen(services, number).row.digest[:16]
        assert chain.verify(session) is None
    assert [(line.verb, line.actor, line.object) for line in lines] == [
        ("domain_list_taken", "lea", f"list:{digest}"), ("domain_list_undone", "mo", f"list:{digest}"),
    ]  # fmt: skip
    assert json.loads(lines[1].payload or "") == {"rules": 2, "kept": 1}


def test_each_rule_that_is_undone_is_an_event_of_its_server(services: Services) -> None:
    number = takes(services)
    list_imports.undo_as(services, "mo", number)
    with services.db.read() as session:
        query = select(DomainEventRow).where(DomainEventRow.domain == "bad.example").order_by(DomainEventRow.id)
        said = [(one.what, one.by, one.import_id) for one in session.scalars(query)]
    assert said == [("set", "lea", number), ("undone", "mo", None)]


def test_only_those_who_set_rules_undo_a_list(services: Services) -> None:
    number = takes(services)
    with pytest.raises(ForbiddenError):
        list_imports.undo(services, member(services, "mo", Role.MODERATOR), number)
    assert list_imports.undo(services, member(services, "lena", Role.LEAD), number).count == 3


def test_a_number_that_no_list_has_is_not_found(services: Services) -> None:
    with pytest.raises(NotFoundError):
        list_imports.undo_as(services, "lea", 99)
    for number in (99, 2**63):
        with pytest.raises(NotFoundError):
            foreseen(services, number)


def test_lifting_by_a_rule_of_ones_own_goes_on_as_ever(services: Services) -> None:
    number, lena = takes(services), member(services, "lena", Role.LEAD)
    ruling.lift_rule(services, lena, "bad.example")
    assert [one.domain for one in foreseen(services, number).undoing.kept] == ["bad.example"]


def test_of_two_who_undo_a_list_at_once_one_does(services: Services) -> None:
    number, gate = takes(services), threading.Barrier(2)

    def undoes(name: str) -> str:
        gate.wait()
        try:
            list_imports.undo_as(services, name, number)
        except ConflictError:
            return ""
        return name

    with ThreadPoolExecutor(2) as pool:
        done = [name for name in pool.map(undoes, ("lea", "mo")) if name]
    assert [foreseen(services, number).row.undone_by] == done and rules(services) == {}
