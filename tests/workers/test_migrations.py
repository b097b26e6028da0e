"""The migrated schema is the schema in code, up and down, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, Table, delete, insert, inspect, text
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database import migrate
from app.database.engine import Database
from app.database.schema import METADATA, create_all
from app.relationships.tables import FollowedTagRow
from app.search import schema as search
from app.trends.tables import TrendKind, TrendRow
from moderation.base import NAMING
from moderation.evidence import wordings
from moderation.evidence.tables import SnapshotCause, SnapshotRow
from moderation.rows import insert_ids
from tests.moderation.test_wordings import having, snapshot
from tests.support import postgres

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path, database_kind: str) -> Iterator[Database]:
    """A database with no table at all."""
    yield from _databases(request, tmp_path, database_kind, "migrated")


@pytest.fixture
def created(request: pytest.FixtureRequest, tmp_path: Path, database_kind: str) -> Iterator[Database]:
    """A database made from the code."""
    for database in _databases(request, tmp_path, database_kind, "created"):
        create_all(database.engine)
        yield database


def _databases(request: pytest.FixtureRequest, tmp_path: Path, kind: str, name: str) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / name}.sqlite3"
    if kind == "postgresql":
        folder, worker = request.getfixturevalue("postgres_folder"), request.getfixturevalue("worker_name")
        postgres.make_database(folder, f"{name}_{worker}")
        url = postgres.url(folder, f"{name}_{worker}")
    database = Database(url)
    yield database
    database.dispose()


def both() -> MetaData:
    """Every table, as the code has it."""
    together = MetaData(naming_convention=NAMING)
    for metadata in METADATA:
        for table in metadata.sorted_tables:
            table.to_metadata(together)
    return together


def constraints(db: Database) -> dict[str, object]:
    """What autogenerate doesn't compare: CHECKs, keys and uniqueness, by table and name."""
    found = inspect(db.engine)
    return {
        table: (
            sorted((c["name"] or "", str(c["sqltext"])) for c in found.get_check_constraints(table)),
            sorted((str(k["name"]), tuple(k["constrained_columns"])) for k in found.get_foreign_keys(table)),
            sorted((str(u["name"]), tuple(u["column_names"])) for u in found.get_unique_constraints(table)),
        )
        for table in found.get_table_names()
        if table != "alembic_version" and search.is_described(table, "table")
    }


def test_the_migrated_tables_are_those_in_code(empty: Database) -> None:
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": search.is_described}
        )
        assert compare_metadata(context, both()) == []
    assert migrate.status(empty).up_to_date


def test_the_migrated_constraints_are_those_in_code(empty: Database, created: Database) -> None:
    migrate.upgrade(empty)
    assert constraints(empty) == constraints(created)


def test_every_migration_goes_down_again(empty: Database) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty)
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    assert migrate.status(empty).up_to_date


def test_a_second_upgrade_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty)
    before = constraints(empty)
    migrate.upgrade(empty)
    assert constraints(empty) == before


@pytest.mark.parametrize("back_to", ["0081", "0084"])
def test_the_index_of_evidence_has_no_copy_of_a_staged_case_and_nothing_that_is_gone(
    empty: Database, back_to: str
) -> None:
    migrate.upgrade(empty)
    rows = [snapshot("a baker of Lyon"), snapshot("a baker", uri="urn:uuid:1"), snapshot("a baker who left")]
    with Session(empty.engine) as session, session.begin():
        real, copy, gone = insert_ids(session, SnapshotRow, rows)
        wordings.unbind(session.connection())
        wordings.put(session.connection(), dict(zip((real, copy, gone), rows, strict=True)))
        session.execute(delete(SnapshotRow).where(SnapshotRow.id == gone))
        assert having(session, "baker") == [gone, copy, real], "as older processes left it"
    migrate.downgrade(empty, back_to)
    migrate.upgrade(empty)
    with Session(empty.engine) as session, session.begin():
        assert having(session, "baker") == [real]


def test_evidence_of_what_was_taught_goes_down_as_a_samples_and_its_words_still_go_with_it(empty: Database) -> None:
    migrate.upgrade(empty)
    with Session(empty.engine) as session, session.begin():
        row = snapshot("a baker of Lyon") | {"cause": SnapshotCause.TEACHING}
        (number,) = insert_ids(session, SnapshotRow, [row])
        wordings.put(session.connection(), {number: row})
    migrate.downgrade(empty, "0100")
    with empty.engine.connect() as connection:
        assert connection.scalar(text("SELECT cause FROM snapshots")) == "audit"
    migrate.upgrade(empty)
    with Session(empty.engine) as session, session.begin():
        assert having(session, "baker") == [number]
        session.execute(delete(SnapshotRow))
        assert having(session, "baker") == []


def test_a_moderators_own_warning_is_no_false_one_for_the_code_before_it(empty: Database) -> None:
    migrate.upgrade(empty, "0075")
    found = MetaData()
    found.reflect(empty.engine, only=("actors", "posts"))
    kept = [
        ("own", "a wasp, close", ""),
        ("own", "a wasp, close", "insects"),
        ("sensitive", None, ""),
        ("hate", None, ""),
    ]
    with empty.engine.begin() as connection:
        connection.execute(insert(found.tables["actors"]).values(row_of(found.tables["actors"], id=1, kind="Person")))
        for number, (code, words, warning) in enumerate(kept, start=1):
            values = row_of(found.tables["posts"], pk=number, id=number, uri=f"https://far.example/{number}")
            values |= {"moderation_warning": code, "moderation_words": words, "warning": warning, "sensitive": False}
            connection.execute(
                insert(found.tables["posts"]).values(values | {"state": "rejected", "visibility": "public"})
            )
    migrate.downgrade(empty, "0074")
    with empty.engine.connect() as connection:
        left = connection.execute(text("SELECT moderation_warning, warning, sensitive FROM posts ORDER BY pk")).all()
    assert [(code, words, bool(sensitive)) for code, words, sensitive in left] == [
        (None, "a wasp, close", True), (None, "insects", True), (None, "", True), ("hate", "", False),
    ]  # fmt: skip


def test_answers_in_private_are_counted_no_more_and_other_counts_are_left_alone(empty: Database) -> None:
    migrate.upgrade(empty, "0098")
    found = MetaData()
    found.reflect(empty.engine, only=("actors", "posts", "verdicts"))
    answers = [(1, "public"), (1, "unlisted"), (1, "direct"), (2, "followers"), (3, "public")]
    posts = [{"pk": pk, "visibility": "public", "replies_count": 7} for pk in (1, 2, 3)]
    posts += [
        {"pk": pk, "visibility": visibility, "in_reply_to_pk": parent}
        for pk, (parent, visibility) in enumerate(answers, start=4)
    ]
    actors, verdicts, table = (found.tables[name] for name in ("actors", "verdicts", "posts"))
    with empty.engine.begin() as connection:
        connection.execute(insert(actors).values(row_of(actors, id=1, kind="Person")))
        connection.execute(insert(verdicts).values(row_of(verdicts, id=1, kind="post", outcome="approve")))
        for given in posts:
            uri = f"https://far.example/{given['pk']}"
            given |= {"id": given["pk"], "uri": uri, "state": "published", "verdict_id": 1, "outcome": "approve"}
            connection.execute(insert(table).values(row_of(table, **given)))
    migrate.upgrade(empty)
    with empty.engine.connect() as connection:
        counts = connection.execute(text("SELECT replies_count FROM posts WHERE pk < 4 ORDER BY pk")).scalars().all()
    assert counts == [2, 0, 7]


def row_of(table: Table, **given: object) -> dict[str, object]:
    """A row with something in each column that must have something."""
    kinds = {int: 1, str: "note", bool: False, datetime: datetime(2026, 1, 1, tzinfo=UTC)}
    needed = [each for each in table.columns if not each.nullable and each.name not in given]
    return {each.name: kinds.get(each.type.python_type, {}) for each in needed} | given


def test_hashtags_that_differ_in_accents_alone_become_one_and_what_was_refused_stays_so(empty: Database) -> None:
    migrate.upgrade(empty)
    tags = [(7, "café"), (7, "cafe"), (8, "café"), (8, "cafè"), (8, "हिन्दी")]
    refused, shown, unseen = ("café", False), ("cafe", True), ("हिन्दी", None)
    with Session(empty.engine) as session, session.begin():
        session.add_all(_somebody(number) for number in (7, 8))
        session.flush()
        for number, (account, tag) in enumerate(tags, 1):
            session.add(FollowedTagRow(id=number, account_id=account, tag=tag, name=tag, created_at=AT))
        for key, allowed in (refused, shown, unseen):
            session.add(TrendRow(kind=TrendKind.TAG, key=key, allowed=allowed, scored_at=AT))
    migrate.downgrade(empty, "0111")
    migrate.upgrade(empty, "0112")
    with empty.engine.connect() as connection:
        found = connection.execute(text("SELECT account_id, tag FROM followed_tags ORDER BY account_id, tag"))
        assert [tuple(row) for row in found] == [(7, "cafe"), (8, "cafe"), (8, "हिन्दी")]
        trends = connection.execute(text("SELECT key, allowed FROM trends ORDER BY key"))
        assert [(row.key, bool(row.allowed), row.allowed is None) for row in trends] == [
            ("cafe", False, False), ("हिन्दी", False, True),
        ]  # fmt: skip


def _somebody(number: int) -> ActorRow:
    uri = f"https://far.example/users/{number}"
    return ActorRow(
        id=number, uri=uri, local=False, username=str(number), username_lower=str(number), domain="far.example",
        inbox_url=uri, created_at=AT, fields=[],
    )  # fmt: skip
