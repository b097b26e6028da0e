"""5. Of two moderators who race a thousand times one acts each time, and the other reads who and why.

What a crash leaves is free again after five minutes: tests/moderation/test_races.py. The page that who was second reads
is in tests/app/web/review/test_decision_line.py.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database.engine import Database
from moderation.cases import decisions
from moderation.cases.values import DecisionRequest
from moderation.errors import StaleError
from moderation.values import Action
from tests.moderation.cast import NOON
from tests.moderation.test_races import held

CASES = 25
TWO = {"ana": Action.APPROVE, "ben": Action.REMOVE}


@pytest.mark.one_database
@pytest.mark.parametrize("rounds", [4, pytest.param(40, marks=pytest.mark.soak)])
def test_two_who_race_for_cases_never_both_act(db: Database, rounds: int) -> None:
    """A hundred times in every run, a thousand times in the long one."""
    numbers = held(db, CASES)
    for _ in range(rounds):
        _race(db, numbers)


def _race(db: Database, numbers: list[int]) -> None:
    """Both decide every case as fast as they can; then all of it is taken back for the next round."""
    gate = threading.Barrier(len(TWO))

    def decides_all(name: str) -> tuple[dict[int, str], list[int]]:
        """Who decided each case, as they were told; and the decisions that are theirs."""
        gate.wait()
        told, mine = {}, []
        for number in numbers:
            try:
                with db.write() as session:
                    done = decisions.decide(session, number, DecisionRequest(TWO[name]), name, NOON).decision
                told[number] = done.by
                mine.append(done.id)
            except StaleError as error:
                told[number] = error.by or ""
        return told, mine

    with ThreadPoolExecutor(len(TWO)) as pool:
        (hers, by_her), (his, by_him) = pool.map(decides_all, TWO)
    assert hers == his, "both were told the same of each case"
    assert len(by_her) + len(by_him) == len(numbers), "each was decided once"
    for decision_id in (*by_her, *by_him):
        with db.write() as session:
            decisions.reverse(session, decision_id, "once more", "lead", NOON)
