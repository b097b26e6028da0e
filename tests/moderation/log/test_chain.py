"""The record of what staff did can be added to, and nothing else goes unnoticed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.database.engine import Database
from moderation.errors import NotFoundError
from moderation.log import chain, reading
from moderation.log.reading import LogQuery
from moderation.log.tables import LogRow
from tests.moderation.cast import NOON
from tests.moderation.test_races import PEOPLE, at_once


def did(db: Database, *verbs: str, actor: str = "ana") -> None:
    """One write for each."""
    for number, verb in enumerate(verbs):
        with db.write() as session:
            chain.append(session, actor, verb, f"case:{number}", {"rule": "4", "text": "é 1.0"}, NOON)


def broken(db: Database) -> int | None:
    """Where it doesn't hold."""
    with db.read() as session:
        return chain.verify(session)


def rows(db: Database) -> list[LogRow]:
    """All of it."""
    with db.read() as session:
        return list(session.scalars(select(LogRow).order_by(LogRow.seq)))


def test_events_follow_each_other_and_the_chain_holds(db: Database) -> None:
    assert broken(db) is None
    did(db, "decided", "reversed", "decided")
    first, second, third = rows(db)
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert (first.prev_hash, second.prev_hash, third.prev_hash) == (chain.FIRST, first.hash, second.hash)
    assert broken(db) is None
    with db.read() as session:
        assert chain.head(session) == (3, third.hash)


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "ben"},
        {"verb": "assigned"},
        {"object": "case:9"},
        {"at": NOON + timedelta(seconds=1)},
        {"payload": '{"rule":"5"}'},
        {"payload_hash": "0" * 64},
        {"hash": "1" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_event_that_was_changed_is_found(db: Database, change: dict[str, object]) -> None:
    did(db, "decided", "reversed", "decided")
    with db.write() as session:
        session.execute(update(LogRow).where(LogRow.seq == 2).values(**change))
    assert broken(db) == 2


def test_an_event_that_was_left_out_is_found(db: Database) -> None:
    did(db, "decided", "reversed", "decided")
    with db.write() as session:
        session.execute(delete(LogRow).where(LogRow.seq == 2))
    assert broken(db) == 2


def test_a_redacted_payload_is_gone_and_the_chain_holds(db: Database) -> None:
    did(db, "decided", "reversed")
    with db.write() as session:
        chain.redact(session, 1, "ada", NOON, "a court's word")
    first, _second, redaction = rows(db)
    assert (first.payload, first.salt) == (None, None)
    assert (redaction.verb, redaction.object, redaction.actor) == (chain.REDACTED, "log:1", "ada")
    assert broken(db) is None
    with db.write() as session, pytest.raises(NotFoundError):
        chain.redact(session, 99, "ada", NOON, "")


def test_a_write_that_rolls_back_leaves_no_event(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as session:
        chain.append(session, "ana", "decided", "case:1", {}, NOON)
        raise ZeroDivisionError
    assert rows(db) == []


def test_what_was_noted_in_a_part_that_rolls_back_is_forgotten_alone(db: Database) -> None:
    with db.write() as session:
        chain.append(session, "ana", "decided", "case:1", {}, NOON)
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            chain.append(session, "ana", "reversed", "case:1", {}, NOON)
            raise ZeroDivisionError
        with session.begin_nested():
            chain.append(session, "ana", "assigned", "case:2", {}, NOON)
    assert [row.verb for row in rows(db)] == ["decided", "assigned"]
    assert broken(db) is None


def test_many_who_write_at_once_make_one_chain(db: Database) -> None:
    def work(session: Session, name: str) -> None:
        for number in range(3):
            chain.append(session, name, "decided", f"case:{number}", {}, NOON)

    at_once(db, work)
    found = rows(db)
    assert len(found) == 3 * len(PEOPLE)
    assert broken(db) is None


def test_it_is_read_by_who_what_and_about_what_the_newest_first(db: Database) -> None:
    did(db, "decided", "reversed")
    did(db, "decided", actor="ben")
    with db.read() as session:
        assert [row.seq for row in reading.page(session, LogQuery(), 2)] == [3, 2]
        assert [row.seq for row in reading.page(session, LogQuery(actor="ana", verb="decided"), 9)] == [1]
        assert [row.seq for row in reading.page(session, LogQuery(object="case:1"), 9)] == [2]
        assert [row.seq for row in reading.page(session, LogQuery(before=3), 9)] == [2, 1]
        assert reading.verbs(session) == ["decided", "reversed"]
        assert len(list(reading.lines(session, LogQuery(actor="ana")))) == 2
