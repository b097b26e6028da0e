"""What is read from a list: entries, retractions, and one reason for each row that is neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from moderation.domains.values import RuleDraft


class Form(StrEnum):
    """The formats that are understood."""

    PLAIN = "plain"
    """A domain a line."""
    CSV = "csv"
    """Mastodon's, and what others made of it."""
    JSON_LINES = "jsonl"
    """Ostiary's own, which loses nothing."""
    DOMAINS = "domains"
    """A JSON array of objects or names: GoToSocial's export, the client API's lists of blocks."""
    RAPIDBLOCK = "rapidblock"
    SIMPLE_POLICY = "simple policy"
    """Akkoma's and Pleroma's `mrf_simple`, as their node information tells it."""
    FEDISEER = "fediseer"
    FIRES = "fires"
    """A snapshot or changes of a FIRES dataset."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A domain that a list names. `given` are the draft's fields that the list says something of: the others are not
    the list's to change."""

    draft: RuleDraft
    given: frozenset[str]
    place: int
    """The line, or the number of the item, from 1."""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Retraction:
    """A domain that its list takes back, with its reason."""

    domain: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that no rule is made of."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row as some format gives it, with the names of this house's fields; nothing is checked yet."""

    place: int
    text: str
    fields: Mapping[str, Any] | str
    """A str is the reason why there are none."""


@dataclass(frozen=True, slots=True)
class Import:
    """What a list asks for. Of a domain that it names with two words neither counts; of changes, which come in order,
    the last does."""

    form: Form
    entries: tuple[Entry, ...]
    refused: tuple[Refusal, ...]
    retracted: tuple[Retraction, ...] = ()
    unread: tuple[str, ...] = field(default=())
    """What the refused rows name, as far as it can be told: a domain, one with asterisks for what is hidden, `*` for a
    row of which nothing can be told."""
    unclear: tuple[Refusal, ...] = field(default=())
    """The refused rows of which it can't be told whom they name: each may name many."""
    ignored: tuple[str, ...] = field(default=())
    """Columns that mean nothing here."""
    repeated: tuple[int, ...] = field(default=())
    """The places of rows that say what one before them said."""

    @property
    def drafts(self) -> tuple[RuleDraft, ...]:
        """The rules that it asks for, each as if there were none before."""
        return tuple(entry.draft for entry in self.entries)
