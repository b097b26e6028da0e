"""What filters are, as values: what is asked for, what is stored, what a post matched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from app.filters.tables import FilterAction

CONTEXTS: Final = ("home", "notifications", "public", "thread", "account")
MOST_FILTERS: Final = 100
MOST_KEYWORDS: Final = 500
"""Of all of a member's filters together: each is looked for in each post that they are sent."""
MOST_POSTS: Final = 500
LONGEST_TITLE: Final = 256
LONGEST_KEYWORD: Final = 512


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase; `whole_word`: not within a longer word."""

    id: int
    keyword: str
    whole_word: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with all that is on it. `posts`: its own id for each, with the post's pk and public id."""

    id: int
    title: str
    context: tuple[str, ...]
    action: FilterAction
    expires_at: datetime | None = None
    keywords: tuple[Keyword, ...] = ()
    posts: tuple[FilteredPost, ...] = ()


@dataclass(frozen=True, slots=True)
class FilteredPost:
    """A single post on a filter."""

    id: int
    pk: int
    status_id: int


@dataclass(frozen=True, slots=True)
class Match:
    """A filter that a post matched: by which keywords, or because it is on it."""

    filter: Filter
    keywords: tuple[str, ...] = ()
    status_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeywordWish:
    """A keyword to add (without an id), to change, or to drop."""

    id: int | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """How a filter should be; None leaves a part as it is. `lasts` zero: for good."""

    title: str | None = None
    context: tuple[str, ...] | None = None
    action: FilterAction | None = None
    lasts: timedelta | None = None
    keywords: tuple[KeywordWish, ...] = field(default=())
