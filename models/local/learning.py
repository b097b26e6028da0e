"""Learning a correction from a server's own examples: few or thousands, and nothing else.

Each label is a logistic regression over the shipped version's features, with its log-odds as an offset, a strong
ridge, and the rarer side weighted up. Then a straight curve is fitted to what rows scored whose own part had not been
learnt, held back towards the one that changes nothing, and one for each language that has enough of its own; and lines
are raised until they hold no more of the harmless than before, or one in two hundred.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from models.artefact import Artefact, Lines
from models.features import FeatureMatrix
from models.labels import LABELS
from models.local import by_language, solver
from models.local.by_language import Curve, Spoken, sigmoid
from models.local.model import NOTHING, Correction, LocalModel, log_odds
from models.local.solver import Floats, Rows
from models.normalise import Normalised

RIDGE: Final = 0.03
SHIFT_RIDGE: Final = 25.0
"""How many of a label there are among what people looked at says little of how many there are: that moves it slowly."""
BASE_TRUST: Final = 0.5
"""The base is taken at half its word while the correction is learnt: local text is like none that it has seen."""
LEAST: Final = 5
"""With fewer examples on either side a label stays as it was."""
SUPPORT: Final = 2
"""A feature of fewer texts than this is left out: it would say what one text said, and little else."""
MOST_OF_A_SIDE: Final = 4
"""So many of the commoner side of a label, for each of the rarer one, are learnt from."""
LEAST_OF_A_SIDE: Final = 2000
MOST_WRONG: Final = 200
"""Of what people let be, one in so many may be above a line, and one in any case: what they decide about is what was
held or reported, which is likelier to be there than what is posted, and some of it is decided wrongly."""
FOLDS: Final = 3
_MOST_BALANCE: Final = 4.0
_BATCH: Final = 1024

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Labelled:
    """A text with soft labels; None where nobody said. `weight`: for how many like it it stands."""

    text: str
    language: str | None
    labels: Mapping[str, float | None]
    weight: float = 1.0


@dataclass(frozen=True)
class Learnt:
    """A correction, the lines that go with it, and by label how many examples spoke for it and against it."""

    correction: Correction
    lines: Mapping[str, Lines]
    learnt_from: Mapping[str, tuple[int, int]]
    skipped: tuple[str, ...] = field(default=())
    """Labels with too few examples: they stay as they were."""


@dataclass(frozen=True)
class _Prepared:
    rows: Rows
    columns: npt.NDArray[np.int64]
    """Which feature each column of `rows` is."""
    base: Floats
    folds: npt.NDArray[np.int64]
    weights: Floats
    spoken: tuple[Spoken, ...]


def learn(base: Artefact, examples: Sequence[Labelled], progress: Progress = lambda _stage, _share: None) -> Learnt:
    """The correction that examples ask for. The same examples in the same order give the same correction."""
    prepared = _prepare(base, examples, progress)
    shifts, curves = [0.0] * len(LABELS), [(1.0, 0.0)] * len(LABELS)
    weights = np.zeros((len(prepared.columns), len(LABELS)), dtype=np.float32)
    lines, counts = dict(base.manifest.lines), {}
    skipped, languages = [], dict[str, dict[str, Curve]]()
    for place, label in enumerate(LABELS):
        progress("fitting", place / len(LABELS))
        known = _thinned(examples, label)
        truth = np.array([examples[row].labels[label] for row in known.tolist()], dtype=np.float64)
        counts[label] = (int((truth >= 0.5).sum()), int((truth < 0.5).sum()))
        if min(counts[label]) < LEAST:
            skipped.append(label)
            continue
        unseen = _out_of_fold(prepared, known, truth, place)
        learnt, shifts[place] = _fit(prepared, known, truth, place)
        weights[:, place] = learnt
        spoken = [prepared.spoken[row] for row in known.tolist()]
        curves[place], own = by_language.fit(spoken, unseen, truth, prepared.weights[known])
        for code, curve in own.items():
            languages.setdefault(code, {})[label] = curve
        was = sigmoid(prepared.base[known, place]) * np.array([each.trained for each in spoken])
        now = by_language.meant(spoken, unseen, curves[place], own)
        lines[label] = _lines(base.manifest.lines[label], was[truth < 0.5], now[truth < 0.5])
    kept = np.flatnonzero(np.abs(weights).max(axis=1) > 1e-6) if len(weights) else np.zeros(0, np.int64)
    columns = prepared.columns[kept].astype(np.int32)
    correction = Correction(columns, weights[kept], tuple(map(float, shifts)), tuple(curves), languages)
    progress("fitting", 1.0)
    return Learnt(correction, lines, counts, tuple(skipped))


def _thinned(examples: Sequence[Labelled], label: str) -> npt.NDArray[np.int64]:
    """The rows that say something of a label: of a side that is far commoner only the latest, which is quicker."""
    known = np.flatnonzero([each.labels.get(label) is not None for each in examples])
    harmful = np.array([(examples[row].labels[label] or 0.0) >= 0.5 for row in known.tolist()], dtype=bool)
    most = max(LEAST_OF_A_SIDE, MOST_OF_A_SIDE * min(int(harmful.sum()), int((~harmful).sum())))
    return np.sort(np.concatenate((known[harmful][-most:], known[~harmful][-most:])))


def _prepare(base: Artefact, examples: Sequence[Labelled], progress: Progress) -> _Prepared:
    plain = LocalModel(base, NOTHING, base.manifest.version, base.manifest.lines)
    texts: list[str] = []
    parts: list[FeatureMatrix] = []
    words: list[Floats] = []
    spoken: list[Spoken] = []
    for start in range(0, len(examples), _BATCH):
        progress("reading", start / max(len(examples), 1))
        chosen = examples[start : start + _BATCH]
        read = [plain.normalise(each.text) for each in chosen]
        spoken += _spoken(plain, chosen, read)
        batch = [each.text for each in read]
        texts += batch
        parts.append(plain.features(batch))
        words.append(plain.base_log_odds(parts[-1]))
    rows, columns = _compact(parts)
    folds = np.array([_fold(text) for text in texts], dtype=np.int64)
    weights = np.array([each.weight for each in examples], dtype=np.float64)
    said = np.concatenate(words) if words else np.zeros((0, len(LABELS)))
    return _Prepared(rows, columns, said, folds, weights, tuple(spoken))


def _spoken(plain: LocalModel, examples: Sequence[Labelled], read: Sequence[Normalised]) -> list[Spoken]:
    """As the version will take them when it serves."""
    found = plain.languages_of([each.text for each in examples], read, [each.language for each in examples])
    return [Spoken(code, trained) for code, _, trained in found]


def _compact(parts: Sequence[FeatureMatrix]) -> tuple[Rows, npt.NDArray[np.int64]]:
    """All rows over the features that enough texts have, numbered anew."""
    if not parts:
        return Rows(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0), 0), np.zeros(0, np.int64)
    indices = np.concatenate([part.indices for part in parts]).astype(np.int64)
    lengths = np.concatenate([np.diff(part.indptr) for part in parts])
    values = np.concatenate([part.values for part in parts]).astype(np.float64)
    columns, place, count = np.unique(indices, return_inverse=True, return_counts=True)
    often = count >= SUPPORT
    keep = often[place]
    owners = np.repeat(np.arange(len(values)), lengths)[keep]
    numbered = np.cumsum(often) - 1
    indptr = np.concatenate(([0], np.cumsum(np.bincount(owners, minlength=len(values)))))
    return Rows(indptr, numbered[place[keep]], values, int(often.sum())), columns[often]


def _fold(text: str) -> int:
    """By its letters alone, so that copies share one."""
    letters = "".join(filter(str.isalpha, text)) or text
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).digest()[0] % FOLDS


def _fit(
    prepared: _Prepared,
    known: npt.NDArray[np.int64],
    truth: Floats,
    place: int,
    some: npt.NDArray[np.bool_] | None = None,
) -> tuple[Floats, float]:
    """Weights by column and a shift, to be added to the base's whole word."""
    chosen, of = (known, truth) if some is None else (known[some], truth[some])
    rows = solver.take(prepared.rows, chosen)
    weights = balanced(of, prepared.weights[chosen])
    learnt, shift = solver.fit(rows, BASE_TRUST * prepared.base[chosen, place], of, weights, RIDGE, SHIFT_RIDGE)
    return learnt / BASE_TRUST, shift / BASE_TRUST


def balanced(truth: Floats, weights: Floats) -> Floats:
    """The rarer side counts for more, by the root of how much rarer it is."""
    positive, negative = float(weights @ truth), float(weights @ (1 - truth))
    ratio = float(np.clip(np.sqrt(negative / max(positive, 1e-9)), 1 / _MOST_BALANCE, _MOST_BALANCE))
    balanced: Floats = weights * (truth * max(ratio, 1.0) + (1 - truth) * max(1 / ratio, 1.0))
    return balanced


def _out_of_fold(prepared: _Prepared, known: npt.NDArray[np.int64], truth: Floats, place: int) -> Floats:
    """Corrected log-odds of each row, by what was learnt from the other folds."""
    found: Floats = prepared.base[known, place].copy()
    fold = prepared.folds[known]
    for held in np.unique(fold):
        train, test = fold != held, fold == held
        sides = truth[train] >= 0.5
        if min(int(sides.sum()), int((~sides).sum())) < 1:
            continue
        learnt, shift = _fit(prepared, known, truth, place, train)
        found[test] += solver.take(prepared.rows, known[test]).times(learnt) + shift
    return found


def _lines(before: Lines, was: Floats, now: Floats) -> Lines:
    """The lines, raised where more of what people let be would be above them than with the base."""
    hold, label = _raised(before.hold, was, now), _raised(before.label, was, now)
    return Lines(hold, min(label, hold), before.hold_one_in, before.label_one_in, len(now), int((now > hold).sum()))


def _raised(line: float, was: Floats, now: Floats) -> float:
    """The least line, from where it was, above which there are no more than with the base, or one in `MOST_WRONG`.

    Never the highest of all: what one person let be by mistake would lift the line above what is harmful.
    """
    above = max(int((was > line).sum()), -(-len(now) // MOST_WRONG))
    ranked = np.sort(now)[::-1]
    if len(ranked) <= above or ranked[above] <= line:
        return line
    return float(min(np.ceil(ranked[above] * 1e6) / 1e6, 0.999999))


__all__ = ["Labelled", "Learnt", "learn", "log_odds"]
