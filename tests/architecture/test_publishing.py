"""Nothing but one function publishes: in the code, and in both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.accounts.tables import ActorKind, ActorRow
from app.database.engine import Database
from app.posts.tables import PostKind, PostRow, PostState
from moderation.values import Outcome, SubjectKind, Visibility
from moderation.verdicts.tables import VerdictRow
from tests.architecture.publishing import ALLOWED, offenders, publishing_lines

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def test_nothing_but_the_door_publishes() -> None:
    assert offenders(ROOT) == []


def test_the_door_does_publish() -> None:
    assert publishing_lines((ROOT / ALLOWED).read_text())


@pytest.mark.parametrize(
    "line",
    [
        "post.state = PostState.PUBLISHED",
        "PostRow(state=PostState.PUBLISHED)",
        "update(PostRow).values(state=PostState.PUBLISHED)",
        "update(PostRow).values({'state': PostState.PUBLISHED})",
        "setattr(post, 'state', tables.PostState.PUBLISHED)",
        "post.state = PostState.PUBLISHED if good else PostState.HELD",
        "update(PostRow).values(state='published')",
        "session.execute(text(\"UPDATE posts SET state = 'published'\"))",
        "post.state = PostState(word)",
    ],
)
def test_another_way_to_publish_is_found(line: str) -> None:
    assert publishing_lines(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "PostRow.state == PostState.PUBLISHED",
        "shown = (PostState.PUBLISHED, PostState.HELD)",
        "post.state is not PostState.PUBLISHED",
    ],
)
def test_looking_at_the_state_is_no_publishing(line: str) -> None:
    assert publishing_lines(line) == []


@pytest.fixture
def author(db: Database) -> int:
    """Ana, who is to have written."""
    with db.write() as session:
        session.add(
            ActorRow(
                id=1,
                uri="https://remote.example/users/ana",
                local=False,
                kind=ActorKind.PERSON,
                username="ana",
                username_lower="ana",
                domain="remote.example",
                created_at=NOW,
            )
        )
    return 1


def verdict(db: Database, outcome: Outcome) -> int:
    """A stored verdict."""
    with db.write() as session:
        row = VerdictRow(
            uri="https://remote.example/1",
            kind=SubjectKind.POST,
            outcome=outcome,
            author_uri="https://remote.example/users/ana",
            reasons=[],
            policy_version=1,
            models={},
            made_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id


def store(db: Database, author: int, **given: Any) -> None:
    """Insert a row past all of the code."""
    row = {
        "id": 7,
        "uri": "https://remote.example/1",
        "actor_id": author,
        "local": False,
        "kind": PostKind.NOTE,
        "state": PostState.PUBLISHED,
        "visibility": Visibility.PUBLIC,
        "conversation": "c",
        "submitted_at": NOW,
        "published_at": NOW,
    } | given
    with db.write() as session:
        session.execute(insert(PostRow).values(row))


def test_the_database_refuses_a_published_row_without_a_verdict(db: Database, author: int) -> None:
    with pytest.raises(IntegrityError):
        store(db, author)


@pytest.mark.parametrize("outcome", [Outcome.HOLD, Outcome.REJECT])
def test_the_database_refuses_a_published_row_whose_verdict_forbids_it(
    db: Database, author: int, outcome: Outcome
) -> None:
    found = verdict(db, outcome)
    with pytest.raises(IntegrityError):
        store(db, author, verdict_id=found, outcome=outcome)


def test_the_database_refuses_an_outcome_that_the_verdict_does_not_have(db: Database, author: int) -> None:
    held = verdict(db, Outcome.HOLD)
    with pytest.raises(IntegrityError):
        store(db, author, verdict_id=held, outcome=Outcome.APPROVE)


def test_the_database_refuses_a_verdict_that_does_not_exist(db: Database, author: int) -> None:
    with pytest.raises(IntegrityError):
        store(db, author, verdict_id=4711, outcome=Outcome.APPROVE)


@pytest.mark.parametrize("outcome", [Outcome.APPROVE, Outcome.LABEL, Outcome.LIMIT])
def test_the_database_takes_a_published_row_with_its_verdict(db: Database, author: int, outcome: Outcome) -> None:
    store(db, author, verdict_id=verdict(db, outcome), outcome=outcome)


def test_a_held_row_needs_no_verdict_to_wait(db: Database, author: int) -> None:
    store(db, author, state=PostState.WAITING)
