"""What people answer with is legible enough; what no machine reads is said to be."""

from __future__ import annotations

import pytest

from models.legible import has_letters, is_illegible


@pytest.mark.parametrize(
    "text", ["👍", "❤️❤️❤️", "42", "10:30 – 11:15?", "🐒" * 199, "", "\n\n", "https://example.org/" + "1" * 400]
)
def test_short_answers_of_signs_are_no_riddle(text: str) -> None:
    assert not is_illegible(text, letters=False)


@pytest.mark.parametrize("text", ["⠿⠏⠟ " * 100, "🐒" * 200, "1 2 3 4 5 6 7 8 9 0 " * 20, "\u0301" * 300])
def test_much_without_letters_is_illegible_to_machines(text: str) -> None:
    assert not has_letters(text) and is_illegible(text, letters=False)


@pytest.mark.parametrize(
    "text", ["\x01\x02\x03 " * 20, "a\x00b\x00c\x00" * 20, "\ue000\ue001 soup " * 30, "\ud800x" * 40]
)
def test_what_is_full_of_control_characters_is_illegible_whatever_letters_it_has(text: str) -> None:
    assert is_illegible(text, letters=True)


@pytest.mark.parametrize(
    "text", ["Soup is on!\r\n\tCome.", "a \uf8ff logo, once", "def f():\n\treturn 1\n" * 50, "Ünïcödé 日本語"]
)
def test_text_is_legible(text: str) -> None:
    assert has_letters(text) and not is_illegible(text, letters=True)
