"""How long a page of a history takes where a million cases were decided: `python -m bench.timelines --database URL`.

Fills an empty database (PostgreSQL by its URL; without one, SQLite in a folder of its own) with decided cases, each
with its subject, evidence, report and decision. One in ten is about the same busy server, one in a hundred about the
same author. Then it reads what Ctrl-K leads to: the first page and one from the middle, of a post, author and server.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.accounts.tables import Role
from app.database.engine import Database
from app.database.schema import create_all
from app.reviewing import timeline
from bench import desk
from bench.timing import report
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.evidence.tables import SnapshotRow
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.rows import insert_many
from moderation.timeline.values import About, Cursor

BUSY = "busy.example"
LOUD = f"https://{BUSY}/users/loud"
READER = "ana"


def main() -> None:
    """Fill, then measure; prints a line of RESULTS.md for each thing that was read."""
    parser = argparse.ArgumentParser(description="How long a page of a history takes.")
    parser.add_argument("--decided", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="Of an empty PostgreSQL database.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = Database(given.database or f"sqlite:///{Path(folder) / 'timelines.sqlite3'}")
        create_all(db.engine)
        _fill(db, given.decided)
        with db.write() as session:
            session.connection().exec_driver_sql("ANALYZE")
        print(f"| {given.decided:,} decided, {'PostgreSQL' if given.database else 'SQLite'} | median | 95 of 100 |")
        print("|---|---|---|")
        _measure(db, given.decided)
        db.dispose()


def _fill(db: Database, decided: int) -> None:
    for start in range(0, decided, desk.BATCH):
        numbers = range(start + 1, min(start + desk.BATCH, decided) + 1)
        with db.write() as session:
            insert_many(session, CaseRow, [_of(number, _case(number)) for number in numbers])
            insert_many(session, CaseSubjectRow, [_of(number, desk._subject(number)) for number in numbers])
            insert_many(session, DecisionRow, [{"id": n, **_of(n, desk._decision(n))} for n in numbers])
            insert_many(session, DecisionCaseRow, [{"decision_id": n, "case_id": n} for n in numbers])
            insert_many(session, SnapshotRow, [_of(number, desk._evidence(number)) for number in numbers])
            insert_many(session, ReportRow, [_report(number) for number in numbers])


def _of(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """The same about a busy server or a loud author, where their turn is."""
    uri, author, domain = _uris(number)
    news = {"uri": uri, "author_uri": author, "author_domain": domain, "domain": domain}
    return row | {name: value for name, value in news.items() if name in row}


def _uris(number: int) -> tuple[str, str, str]:
    if number % 100 == 0:
        return f"{LOUD}/statuses/{number}", LOUD, BUSY
    if number % 10 == 0:
        author = f"https://{BUSY}/users/a{number % 5000}"
        return f"{author}/statuses/{number}", author, BUSY
    return desk._uris(number)


def _case(number: int) -> dict[str, Any]:
    return desk._case(number, random.Random(number), over=True)


def _report(number: int) -> dict[str, Any]:
    uri, author, domain = _uris(number)
    return {
        "case_id": number,
        "reporter_uri": f"https://{domain}/actor",
        "reporter_domain": domain,
        "origin": ReportOrigin.REMOTE,
        "target_uri": author,
        "subject_uris": [uri],
        "category": "other",
        "rule_ids": [],
        "comment": "Look at this.",
        "forward": False,
        "outcome": ReportOutcome.UPHELD,
        "filed_at": _at(number),
        "settled_at": _at(number) + timedelta(hours=1),
        "answer": "",
    }


def _at(number: int) -> datetime:
    return desk._at(number)


def _measure(db: Database, decided: int) -> None:
    middle = decided // 200 * 100
    quiet = desk._uris(7)[1]
    for name, about in (
        ("a post", About(uri=_uris(middle)[0])),
        ("an author with few", About(uri=quiet)),
        (f"an author with {decided // 100:,} decided", About(uri=LOUD)),
        (f"a server with {decided // 10:,} decided", About(domain=BUSY)),
    ):
        report(f"{name}: the first page", _reading(db, about, None))
        report(f"{name}: from the middle", _reading(db, about, Cursor(_at(middle), "decisions", middle)))


def _reading(db: Database, about: About, after: Cursor | None) -> Callable[[], None]:
    def read() -> None:
        with db.read() as session:
            timeline.of(session, about, READER, Role.LEAD, desk.NOON, after=after)

    return read


if __name__ == "__main__":
    main()
