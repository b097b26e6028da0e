"""Several people and processes at once: one acts, the others are told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database.engine import Database
from moderation import alarms, door
from moderation.cases import claims, decisions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import Claim, Decided, DecisionRequest
from moderation.duplicates.tables import ClusterRow
from moderation.errors import AlreadyReversedError, ClaimedError, ConflictError, StaleError
from moderation.values import Action, CaseOrigin, Outcome
from tests.moderation.cast import ALIKE, NOON, House, friend

PEOPLE = ("ana", "ben", "cleo", "dan", "eve", "finn")


def at_once(db: Database, work: Callable[[Session, str], object]) -> list[object]:
    """Each of the people does it, in a write of their own, beginning together; what came of it, or the refusal."""
    gate = threading.Barrier(len(PEOPLE))

    def one(name: str) -> object:
        gate.wait()
        try:
            with db.write() as session:
                return work(session, name)
        except ConflictError as error:
            return error

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        return list(pool.map(one, PEOPLE))


def held(db: Database, count: int = 1) -> list[int]:
    with db.write() as session:
        house = House(session)
        return [house.case_of(f"vermin {n}", house.author(f"m{n}")) for n in range(count)]


def test_of_many_who_decide_at_once_one_does(db: Database) -> None:
    for case_id in held(db, 5):
        results = at_once(
            db, lambda s, name, case=case_id: decisions.decide(s, case, DecisionRequest(Action.REMOVE), name, NOON)
        )
        refused = [each for each in results if isinstance(each, StaleError)]
        assert len(refused) == len(PEOPLE) - 1
        (winner,) = [each for each in results if isinstance(each, Decided)]
        assert {each.by for each in refused} == {winner.decision.by}
    with db.read() as session:
        assert session.scalar(select(func.count(DecisionRow.id))) == 5


def test_of_many_who_claim_at_once_one_holds(db: Database) -> None:
    (case_id,) = held(db)
    results = at_once(db, lambda session, name: claims.take(session, case_id, name, NOON))
    assert sum(isinstance(each, Claim) for each in results) == 1
    assert sum(isinstance(each, ClaimedError) for each in results) == len(PEOPLE) - 1


def test_the_next_case_is_another_for_everybody(db: Database) -> None:
    held(db, len(PEOPLE))
    results = at_once(db, lambda session, name: claims.take_next(session, name, NOON))
    taken = [each.case_id for each in results if isinstance(each, Claim)]
    assert len(set(taken)) == len(taken) == len(PEOPLE)


def test_a_decision_is_taken_back_once(db: Database) -> None:
    (case_id,) = held(db)
    with db.write() as session:
        done = decisions.decide(session, case_id, DecisionRequest(Action.REMOVE), "ana", NOON)
    results = at_once(db, lambda s, name: decisions.reverse(s, done.decision.id, "oops", name, NOON))
    assert Counter(type(each) for each in results) == {Decided: 1, AlreadyReversedError: len(PEOPLE) - 1}


def test_a_wave_that_arrives_through_many_doors_is_one_case(db: Database) -> None:
    def deliver(session: Session, name: str) -> list[Outcome]:
        house = House(session)
        batch = [
            house.post(
                ALIKE.format(n), house.author(f"{name}{n}"), uri=f"https://far.example/{name}/{n}", mentions=friend()
            )
            for n in range(20)
        ]
        return [each.outcome for each in door.record(session, house.judge(*batch), NOON).verdicts if each]

    outcomes: Counter[Outcome] = Counter()
    for each in at_once(db, deliver):
        assert isinstance(each, list)
        outcomes.update(each)
    assert outcomes == {Outcome.HOLD: 20 * len(PEOPLE)}
    with db.read() as session:
        case = session.scalars(select(CaseRow).where(CaseRow.origin == CaseOrigin.WAVE)).one()
        assert case.members == 20 * len(PEOPLE)
        assert session.scalar(select(func.count(ClusterRow.id))) == 1


def test_batches_of_the_same_authors_do_not_block_each_other_for_good(db: Database) -> None:
    def deliver(session: Session, name: str) -> int:
        house = House(session)
        order = PEOPLE if name < "d" else tuple(reversed(PEOPLE))
        batch = [
            house.post(
                f"{name} {n}",
                house.author(who),
                uri=f"https://far.example/{name}/{who}",
                links=(f"https://{who}.example",),
            )
            for n, who in enumerate(order)
        ]
        return len(door.record(session, house.judge(*batch), NOON).verdicts)

    assert at_once(db, deliver) == [len(PEOPLE)] * len(PEOPLE)


def test_a_crash_frees_the_case_after_five_minutes(db: Database) -> None:
    (case_id,) = held(db)
    with db.write() as session:
        claims.take(session, case_id, "ana", NOON)
    with db.write() as session:
        assert claims.take(session, case_id, "ben", NOON + claims.LEASE).holder == "ben"


def test_an_alarm_that_many_raise_at_once_is_one_and_counts_each(db: Database) -> None:
    at_once(db, lambda session, name: alarms.raise_(session, "check_failing:text", NOON, {"by": name}))
    with db.read() as session:
        (up,) = alarms.current(session)
    assert (up.name, up.count) == ("check_failing:text", len(PEOPLE))


def test_an_alarm_that_is_up_counts_each_of_many_at_once(db: Database) -> None:
    with db.write() as session:
        alarms.raise_(session, "check_failing:text", NOON)
    at_once(db, lambda session, name: alarms.raise_(session, "check_failing:text", NOON, {"by": name}))
    with db.read() as session:
        (up,) = alarms.current(session)
    assert up.count == 1 + len(PEOPLE)


def test_of_many_who_take_an_alarm_down_at_once_one_does(db: Database) -> None:
    with db.write() as session:
        alarms.raise_(session, "nobody_works", NOON)
    results = at_once(db, lambda session, _name: alarms.clear(session, "nobody_works", NOON))
    assert Counter(results) == {True: 1, False: len(PEOPLE) - 1}
