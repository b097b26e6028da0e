"""What somebody typed into the box, taken apart: words, "phrases", -without, and operators like from: and before:."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from moderation.spelling import words

MOST_TERMS: Final = 20
_PART: Final = re.compile(r'(-?)(?:([a-z]+):)?("[^"]*"|\S+)')
KINDS: Final = ("media", "image", "video", "audio", "poll")
_IS: Final = ("reply", "sensitive")
_PLACES: Final = ("all", "library", "public")
_DAY: Final = timedelta(days=1)
_LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)
"""The last day that another follows in Python's calendar."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one after another; `without`: posts that have them aren't wanted."""

    words: tuple[str, ...]
    without: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """An operator: `name` of has, is, language, from, in; `without`: turned round."""

    name: str
    value: str
    without: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is wanted. `since` and `until` are moments in UTC."""

    terms: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def words(self) -> bool:
        """Whether it wants any word to be there."""
        return any(not term.without for term in self.terms)

    @property
    def asks(self) -> bool:
        """Whether it names anything that an index can lead to: some word, or whose posts."""
        return self.words or any(one.name == "from" and not one.without for one in self.conditions)


def parse(text: str) -> Query:
    """Take it apart; what looks like an operator and is none is taken for words."""
    found = Query()
    for minus, name, value in _PART.findall(text.strip())[:MOST_TERMS]:
        found = _with(found, minus == "-", name.lower(), value.strip('"'))
    return found


def _with(found: Query, without: bool, name: str, value: str) -> Query:
    if name in ("before", "after", "during"):
        day = _day(value)
        return found if day is None else _within(found, name, day)
    if _is_condition(name, value):
        return replace(found, conditions=(*found.conditions, Condition(name, value.lower(), without)))
    said = tuple(words(f"{name} {value}" if name else value))
    return replace(found, terms=(*found.terms, Term(said, without))) if said else found


def _is_condition(name: str, value: str) -> bool:
    known = {"has": KINDS, "is": _IS, "in": _PLACES}
    if name in known:
        return value.lower() in known[name]
    return name in ("from", "language") and bool(value)


def _within(found: Query, name: str, day: datetime) -> Query:
    next_day = min(day, _LAST) + _DAY
    if name == "before":
        return replace(found, until=day)
    return replace(found, since=next_day) if name == "after" else replace(found, since=day, until=next_day)


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def for_sqlite(terms: tuple[Term, ...]) -> str:
    """The terms for FTS5's MATCH: nothing in them is syntax but what is put here."""
    wanted = " AND ".join(_phrase(term) for term in terms if not term.without)
    unwanted = "".join(f" NOT {_phrase(term)}" for term in terms if term.without)
    return f"({wanted}){unwanted}"


def for_postgresql(terms: tuple[Term, ...]) -> str:
    """The same for websearch_to_tsquery."""
    return " ".join(("-" if term.without else "") + _phrase(term) for term in terms)


def for_any(terms: tuple[Term, ...]) -> str:
    """For either database: what has any of these, without or not."""
    return " OR ".join(_phrase(term) for term in terms)


def matches(terms: tuple[Term, ...], said: Sequence[str]) -> bool:
    """Whether these words, in their order, are what an index would find for the terms."""
    text = f" {' '.join(said)} "
    return all((f" {' '.join(term.words)} " in text) is not term.without for term in terms)


def _phrase(term: Term) -> str:
    return '"' + " ".join(term.words) + '"'
