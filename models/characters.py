"""One character at a time: what each code point becomes before words are looked at."""

import unicodedata
from typing import Final

URL: Final = "\ue000"
MENTION: Final = "\ue001"
MAIL: Final = "\ue002"
"""Private-use characters stand for what was replaced; `CharacterTable` lets none in from outside."""

_LATIN_EXTRAS: Final = {
    "ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ɑ": "a",
    "ɡ": "g", "ɩ": "i", "ɪ": "i", "ʟ": "l", "ɴ": "n", "ʀ": "r", "ʏ": "y", "ʙ": "b", "ɢ": "g", "ʜ": "h",
    "ꜰ": "f", "ꜱ": "s", "ƒ": "f", "ʋ": "v", "ɐ": "a", "ǝ": "e", "ɔ": "c", "ɯ": "m", "ɹ": "r", "ʇ": "t",
    "ᴀ": "a", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ᴏ": "o", "ᴘ": "p", "ᴛ": "t",
    "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ᴢ": "z", "ɵ": "o", "ƙ": "k", "ɠ": "g", "ɦ": "h", "ɨ": "i", "ɫ": "l",
    "ɱ": "m", "ɳ": "n", "ʂ": "s", "ʈ": "t", "ʉ": "u", "ʐ": "z", "ƚ": "l", "ɓ": "b", "ɗ": "d", "ʝ": "j",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "…": "...",
}  # fmt: skip

CONFUSABLES: Final = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "һ": "h", "н": "h", "і": "i", "ї": "i",
    "ј": "j", "к": "k", "м": "m", "о": "o", "р": "p", "ԛ": "q", "ѕ": "s", "т": "t", "у": "y", "ү": "y",
    "ѵ": "v", "ԝ": "w", "х": "x", "ӏ": "l", "п": "n", "ь": "b", "г": "r", "я": "r", "и": "n",
    "з": "3", "б": "6", "ш": "w", "ѡ": "w", "ґ": "r", "ғ": "f",
    # Greek
    "α": "a", "β": "b", "γ": "y", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o",
    "π": "n", "ρ": "p", "σ": "o", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ϲ": "c", "ϳ": "j", "ς": "c",
    # Armenian, Hebrew, Cherokee (lower-cased by Python)
    "ա": "w", "հ": "h", "ո": "n", "ս": "u", "ց": "g", "օ": "o", "ք": "p", "զ": "q", "է": "t",
    "ס": "o", "ו": "l", "ן": "l", "ꭺ": "a", "ꭼ": "e", "ꮋ": "h", "ꮖ": "i", "ꮇ": "m", "ꮲ": "p", "ꭲ": "t",
    "ꮪ": "s", "ꮤ": "w", "ꮩ": "v", "ꮓ": "z", "ꮯ": "c", "ꭰ": "d", "ꮮ": "l", "ꭱ": "r", "ꮶ": "k", "ᏼ": "b",
}  # fmt: skip
STRICT: Final = frozenset("асеһіјорѕухԛԝӏɡοαινϲϳвнкмт")
"""Letters that can't be told from Latin ones: a word of these alone is mapped in a text known to be disguised."""

_MARK_BLOCKS: Final = ((0x300, 0x36F), (0x483, 0x489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF),
                       (0x20D0, 0x20FF), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF))  # fmt: skip
_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")


def _is_mark(point: int) -> bool:
    return any(low <= point <= high for low, high in _MARK_BLOCKS)


def _squared_letter(point: int) -> str | None:
    """Enclosed letters that NFKC leaves alone: 🄰 (outlined), 🅐 (filled circle) and 🅰 (filled square)."""
    for first in (0x1F130, 0x1F150, 0x1F170):
        if first <= point < first + 26:
            return chr(ord("a") + point - first)
    return None


def _expand(char: str) -> str:
    """What a character becomes: lower case, compatibility form, Latin letters without their accents."""
    point = ord(char)
    category = unicodedata.category(char)
    if _is_mark(point) or category == "Cf" or char in _INVISIBLE:
        return ""
    if category in ("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"):
        return "\n" if char == "\n" else " "
    squared = _squared_letter(point)
    if squared is not None:
        return squared
    lowered = unicodedata.normalize("NFKC", char).lower()
    if char in _LATIN_EXTRAS or lowered in _LATIN_EXTRAS:
        return _LATIN_EXTRAS.get(char) or _LATIN_EXTRAS[lowered]
    decomposed = unicodedata.normalize("NFKD", lowered)
    if decomposed and "a" <= decomposed[0] <= "z":
        return "".join(_LATIN_EXTRAS.get(c, c) for c in decomposed if not _is_mark(ord(c)))
    return "".join(c if not unicodedata.category(c).startswith(("C", "Z")) else " " for c in lowered)


class CharacterTable(dict[int, str]):
    """A table for `str.translate` that works out each character once and remembers it."""

    def __missing__(self, point: int) -> str:
        expanded = _expand(chr(point))
        self[point] = expanded
        return expanded


TABLE: Final = CharacterTable({ord(token): token for token in (URL, MENTION, MAIL)})


def script(char: str) -> str:
    """The script of a letter, as far as telling look-alikes apart needs it; "" for what is no letter."""
    if "a" <= char <= "z":
        return "latin"
    if not char.isalpha():
        return ""
    return "other" if char in CONFUSABLES else "foreign"
