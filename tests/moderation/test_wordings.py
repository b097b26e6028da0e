"""The index of the words of evidence, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation.evidence import wordings
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.rows import insert_ids
from moderation.values import SubjectKind, Visibility

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def snapshot(text: str, **more: Any) -> dict[str, Any]:
    uri = f"https://far.example/{text[:40]}"
    return {
        "uri": uri, "seq": 1, "cause": SnapshotCause.REPORT, "kind": SubjectKind.POST, "author_uri": uri,
        "author_handle": "@zoë@far.example", "visibility": Visibility.PUBLIC, "language": "en", "text": text, "html": "",
        "warning": "", "context": {}, "digest": "0" * 64, "published_at": NOON, "taken_at": NOON, "purge_after": NOON,
    } | more  # fmt: skip


def put(session: Session, *rows: dict[str, Any]) -> list[int]:
    numbers = insert_ids(session, SnapshotRow, rows)
    wordings.put(session.connection(), dict(zip(numbers, rows, strict=True)))
    return numbers


def having(session: Session, asked: str, limit: int = 10) -> Iterable[int]:
    wanted = wordings.having(session, asked, limit)
    return [] if wanted is None else list(session.scalars(wanted))


def test_all_words_are_asked_for_and_of_the_last_its_beginning_the_newest_first(session: Session) -> None:
    first, second = put(session, snapshot("The Bäcker of Lyon"), snapshot("a baker in Köln"))
    assert having(session, "LYON backer") == [first] and having(session, "bak") == [second]
    assert having(session, "zoe") == [second, first] and having(session, "zoe", 1) == [second]
    assert having(session, "lyon koln") == [] and having(session, "ly köln") == []


def test_pictures_polls_and_warnings_are_words_too_and_signs_stand_alone(session: Session) -> None:
    context = {"media": [{"description": "a wet umbrella"}], "poll_options": ["maybe"]}
    [number] = put(session, snapshot("東京の夜", warning="rain", context=context))
    for asked in ("umbrella", "maybe", "rain", "東京", "夜"):
        assert having(session, asked) == [number], asked


@pytest.mark.parametrize("asked", ["", "  ", "***", '"', "''", ":*", "!", "( )"])
def test_what_is_no_word_asks_for_nothing(session: Session, asked: str) -> None:
    put(session, snapshot("anything"))
    assert having(session, asked) == []


@pytest.mark.parametrize("asked", ["anything' | 'x", 'any" OR "x', "any:* & b", "NEAR(any b)", "words:anything x"])
def test_nothing_that_is_typed_is_syntax(session: Session, asked: str) -> None:
    put(session, snapshot("anything"))
    assert having(session, asked) == []


def test_what_is_dropped_is_gone_and_can_be_put_in_again(session: Session) -> None:
    [number] = put(session, snapshot("anything"))
    wordings.drop(session, [number], at_once=True)
    assert having(session, "anything") == []
    wordings.again(session, [number, number])
    assert having(session, "anything") == [number]


def test_whoever_deletes_evidence_the_database_takes_it_out_of_the_index(session: Session) -> None:
    first, second = put(session, snapshot("a baker of Lyon"), snapshot("a baker of Köln"))
    session.execute(text("DELETE FROM snapshots WHERE id = :id"), {"id": first})
    assert having(session, "baker") == [second]


def test_what_is_indexed_of_one_piece_of_evidence_is_bounded_before_it_is_joined(session: Session) -> None:
    options = [f"choice{number} " + "x" * 30_000 for number in range(300)]
    [number] = put(session, snapshot("a baker " + "y" * 10_000_000 + " beyond", context={"poll_options": options}))
    assert having(session, "baker") == [number]
    assert having(session, "beyond") == []
