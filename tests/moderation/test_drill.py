"""A thousand claims that race for the same cases: each case is one person's at a time."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import select

from app.database.engine import Database
from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.errors import ClaimedError
from tests.moderation.cast import NOON
from tests.moderation.test_races import PEOPLE, held

CASES, ROUNDS = 24, 7
"""Six people who all want each of them, each time that its claim runs out: a thousand claims."""


def test_a_thousand_racing_claims_never_give_one_case_to_two(db: Database) -> None:
    numbers = held(db, CASES)
    assert CASES * ROUNDS * len(PEOPLE) >= 1000
    for number in range(ROUNDS):
        _race(db, numbers, NOON + number * claims.LEASE)


def _race(db: Database, numbers: list[int], now: datetime) -> None:
    gate = threading.Barrier(len(PEOPLE))

    def wants_all(name: str) -> tuple[dict[int, str], set[int]]:
        """Who has each, as they were told; and which were given to them."""
        gate.wait()
        told, given = {}, set()
        for number in numbers:
            try:
                with db.write() as session:
                    told[number] = claims.take(session, number, name, now).holder
                given.add(number)
            except ClaimedError as error:
                told[number] = error.holder
        return told, given

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        answers = list(pool.map(wants_all, PEOPLE))
    with db.read() as session:
        rows = session.scalars(select(CaseRow).where(CaseRow.id.in_(numbers)).order_by(CaseRow.id))
        holders = {row.id: row.claimed_by for row in rows}
    assert all(told == holders for told, _ in answers), "everybody was told the same"
    assert Counter(number for _, given in answers for number in given) == dict.fromkeys(numbers, 1)
