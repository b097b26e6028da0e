"""Disguises as people use them: to train on, and to measure how much a disguise still hides."""

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

_HOMOGLYPHS: Final = str.maketrans("aceopxyijsAEOPCTHKMBX", "асеорхуіјѕАЕОРСТНКМВХ")
_LEET: Final = str.maketrans("aeiost", "4310$7")
_FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_MATHEMATICAL: Final = {ord("a") + i: 0x1D41A + i for i in range(26)} | {ord("A") + i: 0x1D400 + i for i in range(26)}
_EMOJI: Final = "🔥😂💀✨👀"


def _some_words(text: str, rng: random.Random, change: Callable[[str], str], share: float = 0.6) -> str:
    words = text.split(" ")
    return " ".join(change(w) if w.isalpha() and len(w) > 3 and rng.random() < share else w for w in words)


def homoglyphs(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: w[0] + w[1:].translate(_HOMOGLYPHS))


def leet(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: w[0] + w[1:].translate(_LEET))


def zero_width(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: rng.choice("\u200b\u200d\u2060\u00ad").join(w))


def full_width(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: w.translate(_FULL_WIDTH))


def mathematical(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: w.translate(_MATHEMATICAL))


def accents(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: "".join(c + "\u0336\u0301"[: rng.randint(1, 2)] for c in w))


def spacing(text: str, rng: random.Random) -> str:
    separator = rng.choice((" ", ".", "-", "_"))
    return _some_words(text, rng, separator.join, share=0.4)


def dots(text: str, rng: random.Random) -> str:
    def dot(word: str) -> str:
        place = rng.randrange(1, len(word))
        return word[:place] + rng.choice((".", "..", "·", "-", "_")) + word[place:]

    return _some_words(text, rng, lambda w: ".".join(w) if rng.random() < 0.5 else dot(w), share=0.4)


def reversing(text: str, rng: random.Random) -> str:
    """All of it written from its end, half of the time under the mark that makes it look right."""
    turned = text[::-1]
    return f"\u202e{turned}\u202c" if rng.random() < 0.5 else turned


def stretching(text: str, rng: random.Random) -> str:
    def stretch(word: str) -> str:
        place = rng.randrange(1, len(word))
        return word[:place] + word[place] * rng.randint(2, 5) + word[place + 1 :]

    return _some_words(text, rng, stretch)


def emoji(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: rng.choice(_EMOJI).join(w), share=0.4)


def stars(text: str, rng: random.Random) -> str:
    return _some_words(text, rng, lambda w: w[0] + "*" + w[2:], share=0.4)


def starring_out(text: str, rng: random.Random) -> str:
    """Everything between the first and the last letter."""
    return _some_words(text, rng, lambda w: w[0] + rng.choice("*#") * (len(w) - 2) + w[-1], share=0.3)


def drops(text: str, rng: random.Random) -> str:
    def drop(word: str) -> str:
        place = rng.randrange(1, len(word))
        return word[:place] + word[place + 1 :]

    return _some_words(text, rng, drop, share=0.4)


def swaps(text: str, rng: random.Random) -> str:
    def swap(word: str) -> str:
        place = rng.randrange(1, len(word) - 1)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]

    return _some_words(text, rng, swap, share=0.4)


ATTACKS: Final[Mapping[str, Callable[[str, random.Random], str]]] = MappingProxyType({
    "homoglyphs": homoglyphs, "leetspeak": leet, "zero-width": zero_width, "full-width": full_width,
    "mathematical": mathematical, "stacked accents": accents, "letter spacing": spacing,
    "stretching": stretching, "emoji padding": emoji, "stars": stars, "drops": drops, "swaps": swaps,
    "dots": dots, "reversed": reversing, "starred out": starring_out,
})  # fmt: skip


def disguise(text: str, rng: random.Random) -> str:
    """The text with one disguise, chosen by the generator."""
    return ATTACKS[rng.choice(sorted(ATTACKS))](text, rng)
