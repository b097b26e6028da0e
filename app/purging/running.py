"""Running the purges of the regular job: all of them, one after the other, with a report; or none of them, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from app.purging import reports
from app.purging.table import PURGES
from app.purging.tables import PurgeKind
from app.purging.values import Gone, Purge, Store, Work
from app.services import Services

log = structlog.get_logger()
BATCH: Final = 5000
ROUNDS: Final = 40
"""How often one purge goes on where it reached its batch: the rest waits six hours, so that nothing else waits."""
COUNTED: Final = 1_000_000
"""A dry run counts no further."""
JOB: Final = "the clock"
"""Under which name the regular job's reports stand: no member can be called so."""


@dataclass(frozen=True, slots=True)
class Result:
    """What went, or would go."""

    gone: tuple[Gone, ...]
    failed: tuple[str, ...]
    report: int | None
    """Its number; None of a dry run."""

    @property
    def rows(self) -> int:
        """How many things; bytes aren't counted."""
        return sum(each.count for each in self.gone if each.where != "bytes")


def run(services: Services, kind: PurgeKind = PurgeKind.REGULAR, by: str = JOB, limit: int = BATCH) -> Result:
    """Forget what has outlived its time, and report it.

    A purge that fails holds up no other: it is named in the report, and its error is raised at the end.
    """
    began, failed, gone = services.clock.now(), list[tuple[str, Exception]](), list[Gone]()
    for purge in _regular():
        try:
            gone += _lines(purge, _drain(purge, services, limit))
        except Exception as error:
            log.error("purge_failed", purge=purge.name, exc_info=error)
            failed.append((purge.name, error))
    names = [name for name, _error in failed]
    with services.db.write() as session:
        row = reports.write(session, kind, by, gone, began, services.clock.now(), failed=names)
    if failed:
        raise failed[0][1]
    return Result(tuple(gone), tuple(names), row.id)


def count(services: Services) -> Result:
    """What would go now. The very purges run, in writes that are undone: nothing is counted by other rules."""
    dry = replace(services, db=services.db.dry())
    gone = [line for purge in _regular() for line in _lines(purge, _once(purge, dry, COUNTED))]
    return Result(tuple(gone), (), None)


def _regular() -> Iterable[Purge]:
    return (purge for purge in PURGES if purge.run is not None)


def _drain(purge: Purge, services: Services, limit: int) -> Counter[str]:
    total: Counter[str] = Counter()
    for _ in range(ROUNDS):
        took = _once(purge, services, limit)
        total.update(took)
        if sum(count for where, count in took.items() if where != "bytes") < limit:
            break
    return total


def _once(purge: Purge, services: Services, limit: int) -> Counter[str]:
    assert purge.run is not None  # noqa: S101 - `_regular` left the others out
    return Counter(purge.run(Work(services, services.clock.now(), limit)))


def _lines(purge: Purge, took: Counter[str]) -> list[Gone]:
    """Also those of which nothing went: a report says so."""
    return [Gone(purge.name, Store(purge.store), where, number) for where, number in took.items()]
