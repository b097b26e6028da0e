"""What of a list is undone: one domain's history, read as a person would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from moderation.domains.imports import before_it, still_standing

SILENCED, SUSPENDED, ALLOWED = ({"severity": each} for each in ("silence", "suspend", "allow"))
LIST, OTHER = 1, 2


@dataclass
class Event:
    """One word on the domain's rule."""

    what: str = "set"
    import_id: int | None = None
    before: Any = None
    after: Any = field(default_factory=lambda: SUSPENDED)


TAKEN = Event(import_id=LIST)
UNDO = Event("undone", before=SUSPENDED, after=None)


def test_a_list_alone_stands_and_there_was_nothing_before_it() -> None:
    assert still_standing([TAKEN], ()) == [TAKEN] and before_it([TAKEN], ()) is None


@pytest.mark.parametrize("word", ["set", "lifted", "expired", "retracted"])
def test_another_word_after_the_list_is_the_one_that_stands(word: str) -> None:
    later = Event(word, before=SUSPENDED, after=SILENCED)
    assert still_standing([TAKEN, later], ())[-1] is later


def test_what_somebody_took_back_counts_as_never_said() -> None:
    slip = Event(before=SUSPENDED, after=ALLOWED)
    back = Event("undone", before=ALLOWED, after=SUSPENDED)
    assert still_standing([TAKEN, slip, back], ()) == [TAKEN]


def test_lists_are_undone_in_any_order() -> None:
    first = Event(import_id=LIST, after=SILENCED)
    second = Event(import_id=OTHER, before=SILENCED)
    assert still_standing([first, second, UNDO], (OTHER,)) == [first]
    assert before_it([first, second], (LIST,)) is None
    assert before_it([first, second], ()) == SILENCED


def test_what_was_put_back_from_before_two_lists_leaves_neither() -> None:
    mine = Event(after=ALLOWED)
    first = Event(import_id=LIST, before=ALLOWED, after=SILENCED)
    second = Event(import_id=OTHER, before=SILENCED)
    assert before_it([mine, first, second], (LIST,)) == ALLOWED
    assert still_standing([mine, first, second, UNDO], (LIST, OTHER)) == [mine]


def test_a_list_that_was_undone_and_taken_again_stands_again() -> None:
    again = Event(import_id=OTHER)
    assert still_standing([TAKEN, UNDO, again], (LIST,)) == [again]
