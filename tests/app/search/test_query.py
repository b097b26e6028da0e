"""What somebody typed, taken apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.query import Condition, Query, Term, for_postgresql, for_sqlite, parse
from moderation.spelling import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Été à Köln", ["ete", "a", "koln"]),
        ("#snake_case, it's", ["snakecase", "it", "s"]),
        ("東京に", ["東", "京", "に"]),
        ("ﬁne ＷＩＤＥ", ["fine", "wide"]),
        ("", []),
    ],
)
def test_words_are_looked_for_without_accents_case_and_marks(text: str, found: list[str]) -> None:
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("red wall", Query((Term(("red",)), Term(("wall",))))),
        ('"red wall" -paint', Query((Term(("red", "wall")), Term(("paint",), without=True)))),
        ("from:me -has:media", Query((), (Condition("from", "me"), Condition("has", "media", without=True)))),
        ("has:teeth", Query((Term(("has", "teeth")),))),
        ("https://a.example/x", Query((Term(("https", "a", "example", "x")),))),
        ("before:never", Query()),
        ("--- !!!", Query()),
    ],
)
def test_it_is_read_as_its_writer_meant(text: str, query: Query) -> None:
    assert parse(text) == query


def test_a_day_begins_and_ends_in_utc() -> None:
    def day(number: int) -> datetime:
        return datetime(2026, 11, number, tzinfo=UTC)

    assert parse("during:2026-11-26") == Query(since=day(26), until=day(27))
    assert parse("after:2026-11-26").since == day(27) and parse("before:2026-11-26").until == day(26)


def test_only_what_names_something_is_looked_for() -> None:
    assert parse("wall").asks and parse("from:me").asks
    assert not parse("-wall").asks and not parse("has:media").asks and not parse("-from:me").asks


@given(st.text(max_size=80))
def test_nothing_that_is_typed_is_syntax(text: str) -> None:
    terms = parse(text).terms
    for written in (for_sqlite(terms), for_postgresql(terms)):
        assert written.count('"') == 2 * len(terms)
