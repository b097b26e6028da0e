"""How long the next case takes to open where very many wait: `python -m bench.desk`.

Fills a SQLite database in a folder of its own with cases, each with its subject, evidence for what waits and a decision
for what does not; what is spam waits in a named queue, all else in the rest. Then it does what a page and the API do,
each in a transaction of its own: claim the next case, of all and of one queue, read its detail, list what waits, count
each queue. At last a moderator who is signed in presses "next" and opens what they were given, by the application's
own pages, from the request's first byte to the answer's last; what the network and the browser add isn't in it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.accounts.tables import Role
from app.database.engine import Database
from app.database.schema import create_all
from app.factory import create_app
from app.instance import rules
from app.reviewing import having, macros
from bench.timing import report
from moderation.cases import claims, queue, show
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.cases.values import CaseQuery
from moderation.evidence import wordings
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.queues import keeping, placing
from moderation.queues.values import Match, Queue
from moderation.rows import insert_ids, insert_many
from moderation.values import Action, CaseOrigin, CaseState, Scope, SubjectKind, Visibility
from tests.app import people
from tests.app.web.conftest import BASE, Visitor
from tests.support.services import make_services
from tests.support.stores import TestValkey

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BATCH = 20_000
EVIDENCE_OF_DECIDED = 10
"""Of every tenth decided case evidence is still kept."""
CREW = ("ana", "ben", "cleo", "dan", "mo")
"""Who decided so far, each as much; mo opens the next case."""
SPAM = 1
"""The one queue's number, and half of the cases."""


def main() -> None:
    """Fill, then measure; prints a line of RESULTS.md for each thing that was done."""
    parser = argparse.ArgumentParser(description="How long the next case takes to open.")
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--decided", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'desk.sqlite3'}")
        create_all(db.engine)
        with db.write() as session:
            keeping.put(session, Queue(0, "Spam", Match(categories=("spam",))), "lea", NOON)
        _fill(db, given.waiting, given.decided)
        with db.write() as session:
            session.connection().exec_driver_sql("ANALYZE")
        print(f"| {given.waiting:,} waiting, {given.decided:,} decided | median | 95 of 100 |\n|---|---|---|")
        _measure(db)
        with TestValkey() as valkey:
            _measure_pages(Path(folder), db, valkey)
        db.dispose()


def _fill(db: Database, waiting: int, decided: int) -> None:
    chance = random.Random(7)
    for start in range(0, waiting + decided, BATCH):
        numbers = range(start + 1, min(start + BATCH, waiting + decided) + 1)
        # those that wait came last, as they do
        done = [number <= decided for number in numbers]
        with db.write() as session:
            insert_many(session, CaseRow, [_case(n, chance, over=over) for n, over in zip(numbers, done, strict=True)])
            insert_many(session, CaseSubjectRow, [_subject(n) for n in numbers])
            insert_many(session, DecisionRow, [_decision(n) for n, over in zip(numbers, done, strict=True) if over])
            kept = [
                _evidence(n) for n, over in zip(numbers, done, strict=True) if not over or n % EVIDENCE_OF_DECIDED == 0
            ]
            found = insert_ids(session, SnapshotRow, kept)
            wordings.put(session.connection(), dict(zip(found, kept, strict=True)))


def _uris(number: int) -> tuple[str, str, str]:
    domain = f"host{number % 5000}.example"
    author = f"https://{domain}/users/a{number % 50_000}"
    return f"{author}/statuses/{number}", author, domain


def _at(number: int) -> datetime:
    return NOON - timedelta(days=300) + timedelta(seconds=20 * number)


def _case(number: int, chance: random.Random, *, over: bool) -> dict[str, Any]:
    uri, author, domain = _uris(number)
    at = _at(number)
    return {
        "id": number,
        "uri": uri,
        "kind": SubjectKind.POST,
        "origin": CaseOrigin.REPORT if number % 3 else CaseOrigin.HOLD,
        "state": CaseState.DECIDED if over else CaseState.OPEN,
        "author_uri": author,
        "author_domain": domain,
        "local": False,
        "label": "spam" if number % 2 else None,
        "queue_id": SPAM if number % 2 else None,
        "queue_version": 1,
        "language": "en",
        "reasons": ["reported"],
        "rank": chance.random(),
        "rank_parts": {"severity": chance.random()},
        "version": 1,
        "changed_what": "decided" if over else "opened",
        "changed_at": at,
        "opened_at": at,
        "decided_at": at if over else None,
        "decided_by": "ana" if over else None,
        "escalation_note": "",
        "reports": 1,
        "members": 1,
    }


def _subject(number: int) -> dict[str, Any]:
    uri, author, _ = _uris(number)
    kind = SubjectKind.POST
    return {"case_id": number, "uri": uri, "author_uri": author, "kind": kind, "added_at": _at(number)}


def _decision(number: int) -> dict[str, Any]:
    uri, author, domain = _uris(number)
    return {
        "case_id": number,
        "uri": uri,
        "author_uri": author,
        "domain": domain,
        "action": Action.REMOVE,
        "scope": Scope.SUBJECT,
        "reason": "This breaks a rule.",
        "note": "",
        "made_by": CREW[number % len(CREW)],
        "made_at": _at(number),
        "strike": False,
        "effects": [],
    }


def _evidence(number: int) -> dict[str, Any]:
    uri, author, domain = _uris(number)
    return {
        "uri": uri,
        "seq": 1,
        "cause": SnapshotCause.REPORT,
        "kind": SubjectKind.POST,
        "author_uri": author,
        "author_handle": f"@a{number % 50_000}@{domain}",
        "visibility": Visibility.PUBLIC,
        "language": "en",
        "text": f"What somebody wrote, number {number}.",
        "html": f"<p>What somebody wrote, number {number}.</p>",
        "warning": "",
        "context": {},
        "digest": f"{number:064x}",
        "published_at": _at(number),
        "taken_at": _at(number),
        "purge_after": NOON + timedelta(days=90),
    }


def _measure(db: Database) -> None:
    taken: list[int] = []

    def claim() -> None:
        with db.write() as session:
            claim = claims.take_next(session, "ana", NOON)
            if claim is not None:
                taken.append(claim.case_id)

    def detail() -> None:
        with db.read() as session:
            show.case(session, taken[-1], NOON)

    def listed(state: CaseState, number: int | None = None) -> Callable[[], None]:
        def read() -> None:
            with db.read() as session:
                queue.list_cases(session, CaseQuery(state=state, reader="ana", queue=number), NOON)

        return read

    def claim_of(number: int) -> Callable[[], None]:
        def claim() -> None:
            with db.write() as session:
                claims.take_next(session, "ben", NOON, among=queue.in_queue(number))

        return claim

    def counted() -> None:
        with db.read() as session:
            keeping.live(session)
            placing.counts(session)

    def words(asked: str) -> Callable[[], None]:
        def find() -> None:
            with db.read() as session:
                having.cases(session, asked, "ana", Role.MODERATOR, NOON)

        return find

    report("claim the next case", claim)
    report("its detail", detail)
    report("the queue, what waits", listed(CaseState.OPEN))
    report("the queue, what colleagues have", listed(CaseState.CLAIMED))
    report("the latest decided", listed(CaseState.DECIDED))
    report("queues with what waits in each", counted)
    report("claim the next of one queue", claim_of(SPAM))
    report("claim the next of the rest", claim_of(0))
    report("one queue, what waits", listed(CaseState.OPEN, SPAM))
    report("find a word that one case has", words("1000123"))
    report("find words that every case has", words("somebody wrote"))


def _measure_pages(folder: Path, db: Database, valkey: TestValkey) -> None:
    services = make_services(folder, db=db, redis=valkey.client())
    rules.ensure_defaults(services)
    macros.ensure_defaults(services)
    people.member(services, "mo", Role.MODERATOR)
    mo = Visitor(create_app(services)).sign_in("mo")
    token = mo.token("/review/start")
    at = [""]

    def next_one() -> None:
        answer = mo.client.post("/review/next", base_url=BASE, headers=mo.headers, data={"csrf_token": token})
        assert answer.status_code == 302, answer.text
        at[0] = answer.location

    def page() -> None:
        answer = mo.get(at[0])
        assert answer.status_code == 200, answer.text

    def both() -> None:
        next_one()
        page()

    report('"next": what comes is claimed', next_one)
    report("a case's page", page)
    report("both: the next case is opened", both)
    report("the start page", lambda: _opens(mo, "/review/start"))
    report("the queue's page", lambda: _opens(mo, "/review/"))
    report("what is read ahead", lambda: _opens(mo, "/review/ahead.html"))


def _opens(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code in {200, 204}, (path, answer.text)


if __name__ == "__main__":
    main()
