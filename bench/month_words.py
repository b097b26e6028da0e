"""The simulated month with words: posts are public texts, read by the shipped model, which really learns each Monday.

Texts of a day come up on that day alone, so that no version has learnt what it is measured on. Those that bring new
words are harmful texts in which the five that weigh most are coinages, the same for the same word all month: neither
the shipped model nor its lexicon has seen them. (Apart from these it has learnt from most of the sets: what it says
of known words is kinder than on a server.) What is decided goes through the real learning: examples with their
chances, weights, a correction, and the gate; a candidate that passes is put in use at once, as nobody would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.learning import text as learning
from app.learning.values import MOST, Given, split
from models import registry
from models.labels import LABELS
from models.local import named
from models.textmodel import TextModel
from models.train import corpus
from moderation.learning.values import Chosen, Example, Provenance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SYLLABLES: Final = ("ba", "du", "fi", "go", "ke", "lu", "mi", "no", "pa", "ru", "si", "to", "vu", "wa", "xi", "zo")
MOST_HARMLESS: Final = 60_000
HEAVIEST: Final = 5
SEED: Final = 1
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Pools:
    """Texts by what they are: harmless, and for each label the known ones and the same with new words."""

    harmless: Sequence[str]
    known: tuple[Sequence[str], ...]
    new: tuple[Sequence[str], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A day's posts as text. `scores`: (posts, labels) by the version in use; `which`: the place of each in `texts`."""

    texts: Sequence[str]
    which: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class Monday:
    """What came of a training. `found_before` and `found_after`: of the day's texts with new words, the part over the
    card's line for the first label, by the version before and after."""

    day: int
    learnt_from: int
    passed: bool
    why: str
    found_before: float
    found_after: float


def pools(data: Path, labels: Sequence[str]) -> Pools:
    """The texts of a data directory, English alone, in an order that has nothing to do with their sets."""
    rows = [row for row in corpus.public_rows(data) if row.language == "en" and row.kind == "public"]
    rows.sort(key=lambda row: sha256(row.text.encode()).digest())
    model = named.load(Path(), registry.current().name, None)
    harmless = [row.text for row in rows if all(corpus.is_traffic(row, label) for label in labels)]
    known = tuple([row.text for row in rows if row.labels[label] == 1][: MOST_HARMLESS // 10] for label in labels)
    new = tuple([coined(model, text, label) for text in texts] for texts, label in zip(known, labels, strict=True))
    return Pools(harmless[:MOST_HARMLESS], known, new)


def coined(model: TextModel, text: str, label: str) -> str:
    """The text with coinages for its words that weigh most for the label."""
    spans = [(span.start, span.end) for span in model.explain(text, label, HEAVIEST)]

    def said(found: re.Match[str]) -> str:
        weighs = any(start < found.end() and found.start() < end for start, end in spans)
        return coinage(found[0]) if weighs else found[0]

    return _WORD.sub(said, text)


def coinage(word: str) -> str:
    """A word that nobody has ever written, the same for the same word."""
    found = sha256(word.casefold().encode()).digest()
    return "".join(SYLLABLES[byte % len(SYLLABLES)] for byte in found[: 2 + found[3] % 2])


class Words:
    """The month's texts, the versions that read them, and what people said of them."""

    def __init__(self, of: Pools, labels: Sequence[str], days: int, root: Path) -> None:
        self._of, self._labels, self._days, self._root = of, tuple(labels), days, root
        self._columns = [LABELS.index(label) for label in labels]
        self.version: str | None = None
        self._digest: str | None = None
        self._model = named.load(root, registry.current().name, None)
        self._read: dict[str, Floats] = {}
        self.examples: list[Example] = []
        self._chances: dict[str, float] = {}
        self.mondays: list[Monday] = []

    def draw(self, day: int, kind: Floats, new: NDArray[np.bool_], rng: np.random.Generator) -> Drawn:
        """Texts for a day's posts: `kind` is -1 for harmless, else the label's number."""
        texts: list[str] = []
        which = np.zeros(len(kind), dtype=np.int64)
        chosen = [(kind < 0, self._of.harmless)]
        for number in range(len(self._labels)):
            chosen += [
                ((kind == number) & ~new, self._of.known[number]),
                ((kind == number) & new, self._of.new[number]),
            ]
        for rows, pool in chosen:
            of_day = pool[day :: self._days]
            which[rows] = len(texts) + rng.integers(0, len(of_day), int(rows.sum()))
            texts += of_day
        return Drawn(texts, which, self._scores(texts)[which])

    def remember(
        self, day: int, drawn: Drawn, said: Mapping[int, Sequence[float]], held: NDArray[np.bool_], at: datetime
    ) -> None:
        """What people said of posts (soft labels in the order of the labels), as examples with their chances."""
        sampled = sum(not held[index] for index in said)
        chance = sampled / max(1, int((~held).sum()))
        for index, labels in said.items():
            uri = f"https://far.example/{day}/{index}"
            by_lot = not held[index]
            if by_lot:
                self._chances[uri] = chance
            self.examples.append(
                Example(
                    uri, f"{uri}/author", drawn.texts[drawn.which[index]], "en",
                    {label: dict(zip(self._labels, labels, strict=True)).get(label) for label in LABELS},
                    at, Provenance.AUDIT if by_lot else Provenance.DECISION,
                    Chosen.SAMPLE if by_lot else Chosen.SCORE, False, chance if by_lot else 1.0,
                    {}, None, 1, len(self.examples), len(self.examples),
                )
            )  # fmt: skip

    def learn(self, day: int, line: float) -> bool:
        """Learn from what was decided so far; whether a version was put in use."""
        parts = split(self.examples[-MOST:])
        given = Given(self._root, self.version, self._digest, parts, lambda _stage, _share: None, (), self._chances)
        made = learning.learn(given)
        if made is None:
            self.mondays.append(Monday(day, 0, False, "too little was decided", 0.0, 0.0))
            return False
        before = self._found(day, line)
        if made.judged.passed:
            self.version, self._digest = made.version, made.digest
            self._model, self._read = named.load(self._root, made.version, made.digest), {}
        why = ", ".join(f"{each.area} {each.measure} {each.part}".strip() for each in made.judged.failures()[:3])
        after = self._found(day, line)
        self.mondays.append(Monday(day, made.learnt, made.judged.passed, why, before, after))
        return made.judged.passed

    def _found(self, day: int, line: float) -> float:
        scores = self._scores(self._of.new[0][day :: self._days])
        return float((scores[:, 0] >= line).mean())

    def _scores(self, texts: Sequence[str]) -> Floats:
        missing = [text for text in dict.fromkeys(texts) if text not in self._read]
        for found, text in zip(self._model.score(missing, ["en"] * len(missing)), missing, strict=True):
            values = [found.scores[label] for label in self._labels]
            self._read[text] = np.array([0.0 if value is None else value for value in values])
        return np.stack([self._read[text] for text in texts]) if texts else np.zeros((0, len(self._labels)))


def described(monday: Monday) -> str:
    """A training in a line."""
    if not monday.learnt_from:
        return f"day {monday.day}: {monday.why}"
    found = f"of spam with new words {monday.found_before:.2f} is over the line"
    if monday.passed:
        return f"day {monday.day}: learnt from {monday.learnt_from}, put in use; {found}, then {monday.found_after:.2f}"
    return f"day {monday.day}: learnt from {monday.learnt_from}, refused ({monday.why}); {found}"
