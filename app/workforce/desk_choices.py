"""How somebody works the desk: their keys, whether single letters are keys at all, and swipes on a phone."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.workforce.tables import DeskChoicesRow

KEYS: Final[tuple[str, ...]] = (
    *("g", " ", "j", "k", "x", "X", "a", "c", "l", "r", "i", "m"),
    *("s", "w", "e", "2", "n", "v", "t", "p", "d", "h", "u", "+", "?"),
)
"""Every key that can be another one, by what it is until somebody says so."""


@dataclass(frozen=True, slots=True)
class DeskChoices:
    """One person's. `keys` has what differs: the usual key, and the one that does the same."""

    keys: Mapping[str, str] = field(default_factory=dict)
    single_keys: bool = True
    """Letters do something without Ctrl or Alt; off for who speaks or stumbles on keys (WCAG 2.2, 2.1.4)."""
    swipes: bool = False

    def key(self, usual: str) -> str:
        """The key that does what this one usually does."""
        return self.keys.get(usual, usual)


class BadKeyError(InvalidError):
    """A key that can't be one; `usual` says which field it stands in, `other` with which it clashes."""

    def __init__(self, usual: str, other: str = "") -> None:
        super().__init__("a key is one character, and does one thing", code="key_clash" if other else "key_wrong")
        self.usual, self.other = usual, other


def of(session: Session, account_id: int) -> DeskChoices:
    """What somebody chose, or the usual."""
    row = session.get(DeskChoicesRow, account_id)
    return DeskChoices(row.keys, row.single_keys, row.swipes) if row is not None else DeskChoices()


def put(session: Session, account_id: int, choices: DeskChoices) -> None:
    """Keep it. Raises BadKeyError for what isn't one character, and where two things would have the same key."""
    require_good(choices)
    row = session.get(DeskChoicesRow, account_id) or DeskChoicesRow(account_id=account_id)
    row.keys = {usual: key for usual, key in choices.keys.items() if key != usual}
    row.single_keys, row.swipes = choices.single_keys, choices.swipes
    session.add(row)


def require_good(choices: DeskChoices) -> None:
    """Raises BadKeyError."""
    taken: dict[str, str] = {}
    for usual in KEYS:
        key = choices.key(usual)
        if key != usual and not _is_key(key):
            raise BadKeyError(usual)
        if key in taken:
            raise BadKeyError(usual, taken[key])
        taken[key] = usual


def _is_key(key: str) -> bool:
    """One character that a key types: a letter, digit or sign, or the space bar."""
    return len(key) == 1 and (key == " " or unicodedata.category(key)[0] in "LNPS")
