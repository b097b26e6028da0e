"""Word pieces as BERT's uncased tokeniser makes them, and a bounded number of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.encoder import runtime
from models.encoder.wordpiece import HEAD, LONGEST, MIDDLE, TAIL, WordPieces
from models.errors import ArtefactError
from tests.models.encoder.random_encoder import WORDS

PIECES = WordPieces(WORDS)


def pieces(text: str) -> list[str]:
    return [WORDS[number] for number in PIECES.numbers(text)][1:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The CATS!", ["the", "cat", "##s", "!"]),
        ("été", ["e", "##te"]),
        ("cat\u200bs\x00 dog", ["cat", "##s", "dog"]),
        ("cat!dog", ["cat", "!", "dog"]),
        ("猫cat", ["[UNK]", "cat"]),
        ("catapult", ["[UNK]"]),
        ("a" * 101, ["[UNK]"]),
        ("a\u2003a\na", ["a", "a", "a"]),
        ("", []),
    ],
)
def test_texts_come_apart_as_with_bert(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_of_a_long_text_the_head_the_middle_and_the_end_are_read() -> None:
    found = pieces("the " * 500 + "dog " * 500 + "cat " * 500)
    assert found == ["the"] * HEAD + ["dog"] * MIDDLE + ["cat"] * TAIL
    assert len(found) + 2 == LONGEST


@given(st.text(max_size=400))
def test_any_text_gives_a_few_known_numbers(text: str) -> None:
    numbers = PIECES.numbers(text)
    assert 2 <= len(numbers) <= LONGEST
    assert all(0 <= number < len(WORDS) for number in numbers)


def test_a_vocabulary_without_its_marks_is_none() -> None:
    with pytest.raises(ArtefactError):
        WordPieces(["the", "cat"])


def test_addresses_and_mentions_are_words_to_the_encoder() -> None:
    assert runtime.readable("Look: https://a.example/x @bob@b.example !").split() == ["look", ":", "link", "user", "!"]
