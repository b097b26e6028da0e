"""What servers that wait to be marked cost whoever reads timelines: `python -m bench.domain_marks [--postgresql]`.

A list of thousands holds from its write on, by rows that every look at an actor asks first, until the worker has
marked the people. The database is filled with servers, people and posts; pages are read with nobody waiting, with every
server waiting, and once all are marked, in one run on one connection, so that what PostgreSQL planned while the table
was empty meets it full. Half of the servers are hidden.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, event, select, update

from app.accounts import marking
from app.accounts.domains import Marks
from app.accounts.tables import ActorRow, DomainMarkRow
from app.database.engine import Database
from app.paging import Paging
from app.services import Services
from app.timelines import home, public
from bench import domain_rules
from bench.domain_rules import PEOPLE_OF_A_SERVER
from tests.support.services import make_services
from tests.support.stores import TestValkey

ROUNDS: Final = 21
PAGE: Final = Paging(20)


def main() -> None:
    """Fill, then read; prints rows of RESULTS.md."""
    parser = argparse.ArgumentParser(description="What servers that wait to be marked cost whoever reads.")
    parser.add_argument("--servers", type=int, default=100_000)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--postgresql", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, TestValkey() as valkey:
        db = domain_rules.database(Path(folder), given.postgresql)
        services = make_services(Path(folder), db=db, redis=valkey.client())
        domain_rules.fill(services, given.servers, given.posts)
        _read(services, given.servers)
        db.dispose()


def _read(services: Services, servers: int) -> None:
    with services.db.read() as session:
        member = session.scalars(select(ActorRow.id).where(ActorRow.local, ActorRow.username == "member1")).one()
    asked: dict[str, Callable[[], object]] = {
        "the public timeline, a stranger": lambda: public.page(services, None, PAGE),
        "the public timeline, a member": lambda: public.page(services, member, PAGE),
        "home": lambda: home.page(services, member, PAGE),
    }
    wanted = {domain_rules.server(number): Marks(hidden=number % 2 == 0) for number in range(servers)}
    nobody = _all(asked)
    with services.db.write() as session:
        marking.put(session, wanted, services.clock.now())
    waiting, scans = _all(asked), {name: _scans(services.db, ask) for name, ask in asked.items()}
    _mark(services.db, servers)
    marked = _all(asked)
    print(f"| a page, {servers:,} servers | nobody waits | all wait | all are marked | waiting beside marked | plan |")
    print("|---|---|---|---|---|---|")
    for name in asked:
        times = f"{nobody[name]:.1f} ms | {waiting[name]:.1f} ms | {marked[name]:.1f} ms"
        print(f"| {name} | {times} | {waiting[name] / marked[name]:.2f} times | {scans[name]} |", flush=True)


def _mark(db: Database, servers: int) -> None:
    """As the worker leaves it, in one go: here only reading is measured."""
    first = 10**12
    even = (ActorRow.id - first) / PEOPLE_OF_A_SERVER % 2 == 0
    with db.write() as session:
        session.execute(delete(DomainMarkRow))
        session.execute(
            update(ActorRow)
            .where(ActorRow.id >= first, ActorRow.id < first + servers * PEOPLE_OF_A_SERVER, even)
            .values(marked_hidden=True)
            .execution_options(synchronize_session=False)
        )
    with db.write() as session:
        session.connection().exec_driver_sql("ANALYZE")


def _all(asked: dict[str, Callable[[], object]]) -> dict[str, float]:
    return {name: _median(ask) for name, ask in asked.items()}


def _median(ask: Callable[[], object]) -> float:
    """Milliseconds; the first rounds are for what is cached and planned."""
    took = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took)


def _scans(db: Database, ask: Callable[[], object]) -> str:
    """How the rows of servers that wait are found, as the database says."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if "domain_marks" in statement and statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    ask()
    event.remove(db.engine, "before_cursor_execute", note)
    found: set[str] = set()
    explain = "EXPLAIN QUERY PLAN " if db.sqlite else "EXPLAIN "
    with db.read() as session:
        for statement, parameters in seen:
            rows = session.connection().exec_driver_sql(explain + statement, parameters)
            found |= {str(row[-1]).strip(" ->") for row in rows if "domain_marks" in str(row[-1])}
    return ", ".join(sorted({each.split(" on domain_marks")[0].split(" (")[0] for each in found}))


if __name__ == "__main__":
    main()
