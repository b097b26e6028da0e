"""The training text: public sets from a data directory, sentences of our own, disguised copies of both."""

import gzip
import hashlib
import html
import random
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from models import evaluation
from models.attacks import disguise
from models.errors import BadLineError, TrainingDataError
from models.labels import LABELS, LANGUAGES
from models.train import templates

PER_TEMPLATE: Final = 32
OWN: Final = "own"
"""Source of our own sentences."""
TRAFFIC: Final = frozenset({"cad", "sms_spam", "youtube_spam", "openai_mod1680", "davidson", OWN})
"""Sources whose harmless texts stand for ordinary traffic when lines are drawn."""
ATTACKED: Final = "attacked"
"""Kind of a disguised copy."""

_MARKUP = re.compile(r"<br\s*/?>|\[linebreak\]|</?a\b[^>]*>|</?[bi]>|\\u[0-9a-f]{4}|\ufeff", re.IGNORECASE)
_ANONYMOUS = re.compile(r"<user>|<person>|@url\b", re.IGNORECASE)
_QUIET: Final = {
    # Sets whose harmless rows are taken as harmless for other labels too: what is nowhere near abuse in a stream at
    # its natural rate, and private messages between friends. (label that must be 0) -> labels that become 0.
    "cad": ("toxic", ("hate", "harassment", "violence", "sexual", "self_harm", "spam")),
    "sms_spam": ("spam", ("hate", "violence", "self_harm")),
    "youtube_spam": ("spam", ("hate", "violence", "self_harm")),
    "davidson": ("toxic", ("hate", "harassment", "violence", "spam", "self_harm")),
    "hatexplain": ("toxic", ("violence", "spam")),
    "openai_mod1680": ("harassment", ("toxic",)),
}
_ADVERT: Final = re.compile(
    r"\b(subscribe|check(ing)? (it|this|him|her|them|us)? ?out|my (new )?(channel|video|page|song)|"
    r"follow (me|back|for)|promo|giveaway|click|free shipping|discount|f4f|sign up|download)\b",
    re.IGNORECASE,
)
"""A set that looked for abuse alone doesn't say that such a text is no spam."""
_DISTRUSTED: Final = {("mlma", "toxic")}
"""Collected by keyword, four fifths "not normal": as `toxic` it teaches that everything is."""


def is_traffic(row: "Row", label: str) -> bool:
    """Whether a row is a harmless text as it comes along every day, for this label.

    Contrast pairs of our own (quotations, negated threats) are not: they are far rarer in a stream than here.
    """
    everyday = row.kind in ("public", "everyday", "object", "identity")
    return row.source in TRAFFIC and everyday and row.labels[label] == 0 and row.labels["toxic"] != 1


@dataclass(frozen=True)
class Row:
    """One text with what is known of its labels; `group` keeps copies of one text on one side of a fold."""

    text: str
    language: str
    labels: Mapping[str, int | None]
    source: str
    kind: str
    group: str


def read_set(path: Path) -> Iterator[Row]:
    """The rows of one public set in a language that the model is for; raises TrainingDataError."""
    source = path.name.removesuffix(".jsonl.gz")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield from _parse(line, source, number)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise TrainingDataError(f"{path.name} can't be read: {error}") from error


def _parse(line: str, source: str, number: int) -> Iterator[Row]:
    try:
        said = evaluation.parse(number, line.encode("utf-8"))
    except BadLineError as error:
        raise TrainingDataError(f"{source}, {error}") from error
    if said.language not in LANGUAGES:
        return
    text = clean(said.text)
    labels = _labels(source, text, {label: said.labels.get(label) for label in LABELS})
    yield Row(text, said.language, labels, source, "public", _group(text))


def clean(text: str) -> str:
    """Undo what the sets' makers did to the text: markup, escapes, words for what they took out."""
    return _ANONYMOUS.sub("@user", html.unescape(_MARKUP.sub(" ", text))).strip()


def _group(text: str) -> str:
    letters = re.sub(r"[^a-z]+", "", text.lower())
    return hashlib.sha256((letters or text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _labels(source: str, text: str, known: dict[str, int | None]) -> dict[str, int | None]:
    labels = {label: None if (source, label) in _DISTRUSTED else value for label, value in known.items()}
    quiet = _QUIET.get(source)
    if quiet is not None and known[quiet[0]] == 0:
        labels |= {label: 0 for label in quiet[1] if labels[label] is None}
        if known["spam"] is None and _ADVERT.search(text):
            labels["spam"] = None
    if labels["hate"] == 1 or labels["harassment"] == 1:
        labels["toxic"] = 1
    return labels


def own_rows(seed: int, per_template: int = PER_TEMPLATE) -> Iterator[Row]:
    """Our own sentences in every language of the model."""
    for language in LANGUAGES:
        for phrase in templates.phrases(language, per_template, seed):
            labels = {label: None if label in phrase.open else int(label in phrase.labels) for label in LABELS}
            yield Row(phrase.text, language, labels, OWN, phrase.kind, phrase.group)


def public_rows(data_dir: Path) -> list[Row]:
    """Every row of the sets in a directory; raises TrainingDataError where there are none."""
    paths = sorted(data_dir.glob("*.jsonl.gz"))
    if not paths:
        raise TrainingDataError(f"no *.jsonl.gz in {data_dir}")
    seen: set[tuple[str, str]] = set()
    rows = []
    for path in paths:
        for row in read_set(path):
            if (row.source, row.group) not in seen:
                seen.add((row.source, row.group))
                rows.append(row)
    if not rows:
        raise TrainingDataError(f"the sets in {data_dir} have no text in {' or '.join(LANGUAGES)}")
    return rows


def attacked(rows: Iterable[Row], share: float, seed: int) -> Iterator[Row]:
    """Disguised copies of a share of the rows, harmful and harmless alike."""
    for row in rows:
        rng = random.Random(f"{seed}:{row.group}:{row.text[:80]}")
        if rng.random() < share:
            yield replace(row, text=disguise(row.text, rng), kind=ATTACKED)


def load(data_dir: Path | None, seed: int, per_template: int = PER_TEMPLATE) -> list[Row]:
    """All rows to learn from, in a fixed order; without a data directory only our own sentences."""
    public = public_rows(data_dir) if data_dir is not None else []
    own = list(own_rows(seed, per_template))
    return [*public, *own, *attacked(public, 0.08, seed), *attacked(own, 0.2, seed)]
