"""Text normalisation that undoes disguises and remembers where every character came from.

Each stage looks for its own trace first, so plain text pays for a few searches only. What a rewriting gives must be
a word of the vocabulary, or the text stays as it was: product codes, code and other scripts are not damaged. Two
exceptions: in a text where a known word was in leetspeak, others are read as letters if signs stand between theirs;
and five letters or more with one and the same mark between them are a word, whichever.
"""

import re
from dataclasses import dataclass
from typing import Final

from models.characters import CONFUSABLES, MAIL, MENTION, STRICT, TABLE, URL, script
from models.features import FORMAT
from models.mapped import Mapped
from models.spelling import repair, starred
from models.vocabulary import Vocabulary, vocabulary

HEAD, MIDDLE, TAIL = 3000, 1500, 1500
LONGEST: Final = HEAD + MIDDLE + TAIL
"""Characters of a text that are looked at; of a longer one its head, its middle and its tail."""

_EMOJI: Final = "\u2190-\u21ff\u2300-\u23ff\u2500-\u2bff\U0001f000-\U0001faff"
_SENTINELS: Final = re.compile(f"[{URL}{MENTION}{MAIL}]")
_URL: Final = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{2,}|\b(?:[a-z0-9-]{1,63}\.){1,4}"
    r"(?:com|org|net|io|info|biz|xyz|top|shop|site|online|club|fr|de|uk|eu|ru|me|ly|gg|tv|co|app|dev|social|tk|vip|pro|click|link)"
    r"\b(?!@)(?:/[^\s<>\"]*)?",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}\b", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w@/])@(\w[\w.-]{0,63})(?:@[\w.-]{1,100}\w)?")
_CAMEL_TAG: Final = re.compile(r"#[^\W_]*[a-z][A-Z][^\W_]*")
_CAMEL_STEP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTER: Final = "a-z0-9@$"
_SPACED: Final = re.compile(
    rf"(?<![\w@$])[{_LETTER}](?:[ .\-_*|/~,·•{_EMOJI}]{{1,4}}[{_LETTER}](?![\w@$'])){{2,100}}(?![\w@$'])"
)
_GAP: Final = re.compile(rf"[^{_LETTER}]+")
_SPELT: Final = re.compile(r"(?<!\w)[a-z]([._\-*~|·•])[a-z](?:\1[a-z]){3,28}(?!\w|\1\w)")
_SPELT_TRACE: Final = re.compile(r"[a-z]([._\-*~|·•])[a-z]\1[a-z]\1")
_SPELT_IN_SPACES: Final = re.compile(r"(?<!\w)[a-z](?: [a-z]){4,28}(?!\w)")
"""Words that no list has, letter by letter: from five on they are hardly an abbreviation."""
_LEET: Final = re.compile(r"[a-z0-9@$!|+€](?:[a-z0-9@$!|+€]*[a-z0-9@$+€])?")
_LEET_TRACE: Final = re.compile(r"[a-z][0-9@$!|+€]+[a-z]|[0-9@$!|€][a-z]|[a-z][0-9@$€]|@\$|[$5]{2}")
_FROM_LEET: Final = str.maketrans("013457@$!|+€89", "oieastasiitebg")
_FROM_LEET_L: Final = str.maketrans("013457@$!|+€89", "oleastaslltebg")
_BROKEN_3: Final = re.compile(rf"(?<![\w.])[a-z]{{1,20}}(?:[._*|~^+\-{_EMOJI}]{{1,3}}[a-z]{{1,20}}){{1,20}}(?![\w.])")
"""As up to format 3: no middle dots, and none before a full stop."""
_BROKEN: Final = re.compile(
    rf"(?<![\w.])[a-z]{{1,20}}(?:[._*|~^+\-·•{_EMOJI}]{{1,3}}[a-z]{{1,20}}){{1,20}}(?!\w|[.·•]\w)"
)
_INCLUSIVE: Final = re.compile(
    r"(?<![\w·])[a-z]{2,20}(?:·(?:e|s|es|ne|nes|le|les|te|tes|ve|ves|se|ses|rice|rices|trice|trices|euse|euses)){1,2}"
    r"(?![\w·])"
)
"""French with both genders in one word: étudiant·e·s. People write so to include, not to hide."""
_GEMINATE: Final = re.compile(r"(?<![\w·])[a-z]{1,20}l·l[a-z]{1,20}(?![\w·])")
"""Catalan spelling: col·lecció."""
_WRITTEN: Final = re.compile(r"[a-z]+(?:[013457@$]+[a-z]+)+[013457@$]*")
_ENDINGS: Final = ("s", "es", "d", "ed", "r", "er", "rs", "ers", "ly", "ing", "ness")
_LEAST_STEM: Final = 4
_BREAKS: Final = re.compile(r"[^a-z]+")
_STARRED: Final = re.compile(r"(?<![\w*#%])[a-z](?=[a-z@$!]{0,16}[*#%])[a-z*#%@$!]{0,16}(?:[a-z]|[*#%]{2})(?![\w*#%])")
_BLANKS: Final = "*#%@$!"
_STRETCHED: Final = re.compile(r"(?<![a-z])[a-z]*?([a-z])\1\1[a-z]*")
_RUN: Final = re.compile(r"([a-z])\1{2,}")
_REPEATED: Final = re.compile(r"([^\w\s])\1{2,}")
_PUNCTUATION: Final = re.compile(r"[^\w\s']|_")
_SPACES: Final = re.compile(r"\s+")
_HIDDEN: Final = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\uff01-\uff5e\u1d00-\u1d2b\U0001d400-\U0001d7ff"
    "\U0001f130-\U0001f189\U000e0000-\U000e007f]|[\u0300-\u036f]{2}"
)
_LONG_RUN: Final = 4


@dataclass(frozen=True)
class Normalised:
    """The rewritten text; `starts[i]` and `ends[i]` span what its character i stands for in the original.

    Both are empty unless offsets were asked for. `disguised` says that something was undone that hides words,
    `cut` that only a part of the text was looked at.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    disguised: bool
    cut: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that the characters [start, end) stand for."""
        return min(self.starts[start:end]), max(self.ends[start:end])


def normalise(text: str, *, offsets: bool = False, form: int = FORMAT) -> Normalised:
    """Undo disguises as a model of the format `form` was taught to read; time is bounded by `LONGEST`.

    Format 2 knew no slips of spelling; format 3 neither middle dots, nor what a text already in leetspeak tells, nor
    unlisted words letter by letter; format 4 no slips that leave three letters.
    Never raises on any str, lone surrogates included.
    """
    slips = form > 2
    words = vocabulary()
    mapped, cut = _opened(text, offsets)
    if not text.isascii():
        mapped.sub(_SENTINELS, lambda _: " ")
    _replace_references(mapped, words)
    disguised = _HIDDEN.search(mapped.text) is not None
    mapped.translate(TABLE)
    disguised |= _undo_confusables(mapped)
    disguised |= _undo_spacing(mapped, words, form)
    disguised |= _undo_leet(mapped, words, form)
    disguised |= _undo_breaks(mapped, words, form)
    unstar = starred if slips else words.unstar
    disguised |= mapped.sub(_STARRED, lambda m: unstar(m.group(), _BLANKS))
    _undo_stretching(mapped, words)
    if slips:
        disguised |= repair(mapped, form)
    _tokenise(mapped)
    return Normalised(mapped.text, tuple(mapped.starts), tuple(mapped.ends), disguised, cut)


def _opened(text: str, offsets: bool) -> tuple[Mapped, bool]:
    """The part of a text that is looked at, and whether that is less than all of it."""
    size = len(text)
    if size <= LONGEST:
        return Mapped.of(text, track=offsets), False
    middle = (size - MIDDLE) // 2
    keep = (slice(0, HEAD), slice(middle, middle + MIDDLE), slice(size - TAIL, size))
    mapped = Mapped.of("\n".join(text[part] for part in keep), track=offsets)
    if offsets:
        points = [*range(HEAD), HEAD, *range(middle, middle + MIDDLE), size - TAIL, *range(size - TAIL, size)]
        mapped.starts = points
        mapped.ends = [point + 1 for point in points]
    return mapped, True


def _replace_references(mapped: Mapped, words: Vocabulary) -> None:
    """Addresses and mentions become one token each; the words of a camel-case tag come apart."""
    text = mapped.text
    if "." in text or "://" in text:
        mapped.sub(_MAIL, lambda _: f" {MAIL} ")
        mapped.sub(_URL, lambda _: f" {URL} ")
    if "@" in text:
        mapped.sub(_MENTION, lambda m: None if _is_swear(m.group(1), words) else f" {MENTION} ")
    if "#" in text:
        mapped.sub(_CAMEL_TAG, lambda m: _CAMEL_STEP.sub(" ", m.group()))


def _is_swear(name: str, words: Vocabulary) -> bool:
    """Whether "@name" is rather a word that begins with a disguised a."""
    return "a" + name.lower().translate(_FROM_LEET) in words.swears


def _undo_confusables(mapped: Mapped) -> bool:
    if mapped.text.isascii():
        return False
    mixed = mapped.sub(_WORD, _unmix)
    if mixed:
        mapped.sub(_WORD, lambda m: _latin(m.group()) if STRICT.issuperset(m.group()) else None)
    return mixed


def _unmix(match: re.Match[str]) -> str | None:
    """A word of Latin letters and look-alikes in Latin letters; units such as μm and other scripts stay."""
    word = match.group()
    if word.isascii() or len(word) < 3:
        return None
    scripts = {script(char) for char in word} - {""}
    return _latin(word) if scripts == {"latin", "other"} else None


def _latin(word: str) -> str:
    return "".join(CONFUSABLES.get(char, char) for char in word)


def _undo_spacing(mapped: Mapped, words: Vocabulary, form: int) -> bool:
    """Letters set apart; those that spell no known word are read, but called no disguise: people spell for emphasis."""
    found = mapped.sub(_SPACED, lambda m: _join_letters(m.group(), words))
    if form > 3:
        if _SPELT_TRACE.search(mapped.text):
            mapped.sub(_SPELT, lambda m: m.group().replace(m.group(1), ""))
        if found:
            mapped.sub(_SPELT_IN_SPACES, lambda m: m.group().replace(" ", ""))
    return found


def _join_letters(run: str, words: Vocabulary) -> str | None:
    """Letters set apart, joined, if they spell words; a wide gap between them ends a word."""
    letters = "".join(_GAP.split(run)).translate(_FROM_LEET)
    if not letters.isalpha() or sum(char.isalpha() for char in run) < 3:
        return None
    found = words.segment(letters)
    if found is None or len(found) > len(letters) / 2:
        return None
    return " ".join(found)


def _undo_leet(mapped: Mapped, words: Vocabulary, form: int) -> bool:
    """Leetspeak; where one word of a text is written so, words that alone could be codes are read so, too."""
    if _LEET_TRACE.search(mapped.text) is None:
        return False
    found = mapped.sub(_LEET, lambda m: _unleet(m.group(), words))
    if found and form > 3:
        mapped.sub(_LEET, lambda m: _unleet_among_others(m.group(), words))
    return found


def _unleet_among_others(token: str, words: Vocabulary) -> str | None:
    """h473 or v4ll3y$: one letter is enough here, a known word may have an ending, and names are read, too."""
    if token.isalpha() or token.isdigit() or not 4 <= len(token) <= 30 or not token[0].isalpha():
        return None
    for table in (_FROM_LEET, _FROM_LEET_L):
        word = token.translate(table)
        if word in words or _is_inflected(word, words):
            return word
    letters = sum(char.isalpha() for char in token)
    return token.translate(_FROM_LEET) if len(token) >= 5 and letters >= 3 and _WRITTEN.fullmatch(token) else None


def _is_inflected(word: str, words: Vocabulary) -> bool:
    """Whether a word that isn't listed is a listed one of four letters or more with a common ending."""
    ends = (ending for ending in _ENDINGS if word.endswith(ending))
    return any(len(stem := word.removesuffix(end)) >= _LEAST_STEM and stem in words for end in ends)


def _unleet(token: str, words: Vocabulary) -> str | None:
    if token.isalpha() or token.isdigit() or not 3 <= len(token) <= 30:
        return None
    letters = sum(char.isalpha() for char in token)
    for table in (_FROM_LEET, _FROM_LEET_L):
        word = token.translate(table)
        if word in words.swears:
            return word
        if word in words and (2 * letters >= len(token) or _is_long_leet(token, letters)):
            return word
    return None


def _is_long_leet(token: str, letters: int) -> bool:
    """Whether a word mostly of signs may count: codes of products are shorter, or begin with a sign."""
    return len(token) >= 5 and token[0].isalpha() and 3 * letters >= len(token)


def _undo_breaks(mapped: Mapped, words: Vocabulary, form: int) -> bool:
    """A word with marks or emoji in it, unless its parts are words themselves."""
    if form < 4:
        return mapped.sub(_BROKEN_3, lambda m: _join_parts(m.group(), words))
    if "·" in mapped.text:
        for spelling in (_INCLUSIVE, _GEMINATE):
            mapped.sub(spelling, lambda m: _join_parts(m.group(), words))
    return mapped.sub(_BROKEN, lambda m: _join_parts(m.group(), words))


def _join_parts(token: str, words: Vocabulary) -> str | None:
    parts = _BREAKS.split(token)
    joined = "".join(parts)
    if len(joined) < 4 or joined not in words:
        return None
    whole = all(part in words and len(part) > 2 for part in parts)
    return None if whole and joined not in words.swears else joined


def _undo_stretching(mapped: Mapped, words: Vocabulary) -> None:
    mapped.sub(_STRETCHED, lambda m: _shorten(m.group(), words))
    mapped.sub(_REPEATED, lambda m: m.group(1) * 2)


def _shorten(word: str, words: Vocabulary) -> str | None:
    """A stretched word with its runs at one or two letters, whichever is a word; else only long runs shrink."""
    for repeats in (2, 1):
        shorter = _RUN.sub(lambda m, n=repeats: m.group(1) * n, word)  # type: ignore[misc]
        if shorter in words:
            return shorter
    longest = max(len(m.group()) for m in _RUN.finditer(word))
    return _RUN.sub(lambda m: m.group(1) * 2, word) if longest >= _LONG_RUN else None


def _tokenise(mapped: Mapped) -> None:
    """Words and marks apart, one space between, none at the ends."""
    if not mapped.track:
        mapped.text = " ".join(_PUNCTUATION.sub(r" \g<0> ", mapped.text).split())
        return
    mapped.sub(_PUNCTUATION, lambda m: f" {m.group()} ")
    mapped.sub(_SPACES, lambda _: " ")
    mapped.strip()
