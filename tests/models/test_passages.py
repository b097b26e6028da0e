"""A text in sentences, long ones in parts, and parts that follow each other as one again."""

from hypothesis import given
from hypothesis import strategies as st

from models.passages import MOST, WORDS, joined, passages


def test_a_text_is_read_in_sentences_and_lines() -> None:
    found = [each.text for each in passages("One. Two?! three\nfour")]
    assert [each.strip() for each in found] == ["One.", "Two?!", "three", "four"]


def test_a_long_sentence_without_a_stop_is_read_in_parts() -> None:
    text = " ".join(f"word{place}" for place in range(3 * WORDS))
    assert [len(each.text.split()) for each in passages(text)] == [WORDS, WORDS, WORDS]


def test_parts_that_follow_each_other_become_one() -> None:
    text = "One. Two. Three. Four."
    one, two, _, four = passages(text)
    assert [each.text for each in joined(text, [one, two, four])] == ["One. Two.", " Four."]


@given(st.text(max_size=400))
def test_each_part_stands_where_it_says_and_none_is_without_a_word(text: str) -> None:
    found = passages(text)
    assert len(found) <= MOST and all(text[each.start :].startswith(each.text) and each.text.strip() for each in found)


def test_a_text_of_nothing_but_stops_is_looked_at_in_bounded_parts() -> None:
    assert len(passages("a." * 100_000)) == MOST
