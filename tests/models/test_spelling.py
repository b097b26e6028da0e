"""Slips of spelling give the known word; what is no slip stays as it is."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attacks import ATTACKS
from models.normalise import LONGEST, normalise


@pytest.mark.parametrize(
    ("slipped", "meant"),
    [
        ("they are vermn", "they are vermin"),
        ("they are vemrin", "they are vermin"),
        ("i will murdder you", "i will murder you"),
        ("p*rasites everywhere", "parasites everywhere"),
        ("what a b*tch", "what a bitch"),
        ("free airdorp, cliam it", "free airdrop , claim it"),
        ("wll they hve a chance", "will they have a chance"),
        ("je te le dis avc amour", "je te le dis avec amour"),
    ],
)
def test_a_slip_in_a_word_is_read_as_the_word(slipped: str, meant: str) -> None:
    assert normalise(slipped).text == meant


@pytest.mark.parametrize(
    "text", ["nimrev era yeht dna su evael dluohs yeht", "\u202enimrev era yeht dna su evael dluohs yeht\u202c"]
)
def test_a_text_written_from_its_end_is_turned_round(text: str) -> None:
    item = normalise(text, offsets=True)
    assert item.text == "they should leave us and they are vermin"
    assert item.disguised
    start = item.text.index("vermin")
    assert text[slice(*item.span(start, start + 6))] == "nimrev"


@pytest.mark.parametrize(
    "text",
    [
        "the cat sat on the mat",
        "kubectl apply tmux vim grep zsh",
        "bxc7 nf6 o - o and qxd5",
        "gdzie jest moja siostra",
        "foo _ bar * baz",
    ],
)
def test_known_words_short_ones_and_other_languages_stay(text: str) -> None:
    assert normalise(text).text == text


def test_a_version_that_was_taught_earlier_reads_three_letters_as_it_learnt_to() -> None:
    assert normalise("wll they hve a chance", form=4).text == "wll they hve a chance"


def test_a_slip_is_no_disguise() -> None:
    assert not normalise("they shoud have seen teh garden").disguised


@given(st.text(alphabet="abcdefghij '*.", max_size=300))
@settings(deadline=None, max_examples=60)
def test_offsets_and_plain_reading_agree_whatever_is_misspelt(text: str) -> None:
    tracked = normalise(text, offsets=True)
    assert tracked.text == normalise(text).text
    assert len(tracked.starts) == len(tracked.ends) == len(tracked.text)
    assert all(0 <= s < e <= len(text) for s, e in zip(tracked.starts, tracked.ends, strict=True))


def test_a_long_text_of_unknown_words_is_read_in_bounds() -> None:
    rng = random.Random(1)
    text = " ".join("".join(rng.choices("qwxzkjv", k=7)) for _ in range(40_000))
    assert len(normalise(text).text) <= 2 * LONGEST


@pytest.mark.parametrize("attack", ["drops", "swaps", "stars", "dots", "reversed"])
def test_most_of_what_an_attack_hides_is_found_again(attack: str) -> None:
    clean = "those people should leave this country because they never wanted peace with their neighbours"
    hidden = ATTACKS[attack](clean, random.Random(4))
    assert hidden != clean
    lost = set(normalise(clean).text.split()) - set(normalise(hidden).text.split())
    assert len(lost) <= 2
