"""The training queue: some twenty invented cases over all categories, in both languages."""

from __future__ import annotations

import re

import pytest

from moderation.quality import exercises, practice
from moderation.quality.exercises import Answer, Exercise, Words
from tests.moderation.cast import House

ALL = exercises.exercises()
GUARDED = re.compile(r"(?<!https)(?<!http)(?<=[^\u202f\s\d])[:;!?»](?=\s|$)|«(?!\u202f)")


def sentences(one: Exercise) -> list[Words]:
    """Everything that an exercise says."""
    return [one.text, one.why, *one.reports, *one.facts, *(each.text for each in one.above)]


def test_there_are_some_twenty_over_all_categories_and_no_two_alike() -> None:
    assert 20 <= len(ALL) <= 30
    assert len({each.key for each in ALL}) == len(ALL)
    labels = {each.label for each in ALL}
    assert {"spam", "hate", "harassment", "violence", "sexual", "self_harm", "toxic", None} <= labels
    assert {answer for each in ALL for answer in each.accepted} == set(Answer)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_each_is_said_in_both_languages(one: Exercise) -> None:
    for words in sentences(one):
        assert words.en.strip()
        assert words.fr.strip()
        assert "'" not in words.fr
        assert not GUARDED.search(words.fr.replace("!!", "!")), words.fr
    assert one.why.en != one.why.fr
    assert one.accepted


def test_an_answer_is_kept_and_the_last_one_counts(house: House) -> None:
    quoted = exercises.find("hate-quoted")
    assert quoted is not None
    assert practice.answer(house.session, "tia", quoted, Answer.REMOVE, house.now) is False
    assert practice.answer(house.session, "tia", quoted, Answer.KEEP, house.now) is True
    found = practice.answers(house.session, "tia")
    assert [(row.exercise, row.answer, row.right) for row in found.values()] == [("hate-quoted", "keep", True)]
    practice.again(house.session, "tia")
    assert not practice.answers(house.session, "tia")


def test_the_next_one_is_what_is_not_done_yet() -> None:
    first, second = ALL[0], ALL[1]
    assert exercises.after(first.key, [first.key]) == second
    assert exercises.after(ALL[-1].key, [ALL[-1].key]) == first
    assert exercises.after(first.key, [each.key for each in ALL]) is None
