"""The text model as it serves: texts in, calibrated probabilities for seven labels out, or an abstention."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from models import artefact, jsonl, passages, windows
from models.artefact import Artefact, Lines
from models.features import DAMPING, FeatureMatrix, featurise, occurrences
from models.labels import HOLDING, LABELS
from models.language import LanguageDetector
from models.legible import has_letters
from models.normalise import LONGEST, Normalised, normalise

Floats = npt.NDArray[np.float64]

TOO_LITTLE: Final = "too little text"
UNTRAINED: Final = "language not trained for"
BATCH: Final = 256
_OTHER_SURE, _OWN_LEAST = 0.4, 0.2
_HINT: Final = 3.0
WHOLE_SURE: Final = 0.99
"""How sure of a text's language one must be for its passages not to be looked at."""
PASSAGE_SURE: Final = 0.6
"""How sure of its language a passage of a text in another must be to be read."""
_NOT_LANGUAGE: Final = re.compile(r"https?://\S+|@[\w.@-]+|#")
_NOTHING: Final[Mapping[str, float | None]] = dict.fromkeys(LABELS)


@dataclass(frozen=True)
class Span:
    """A part of the original text that weighed for a label; `weight` is in log-odds."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class TextScores:
    """What the model says of one text: a calibrated probability per label, None for those on which it abstains.

    In a language that it wasn't trained for these are all, but where a server's own version has learnt some. `cut` says
    that the text is so long that some of it was read nowhere.
    """

    scores: Mapping[str, float | None]
    language: str | None
    language_confidence: float
    abstained_because: str | None
    disguised: bool
    cut: bool


class TextModel:
    """A version of the text model, loaded; safe to share between threads, since nothing in it changes."""

    def __init__(self, loaded: Artefact) -> None:
        manifest = loaded.manifest
        self.version = manifest.version
        self.languages = manifest.languages
        self.lines: Mapping[str, Lines] = manifest.lines
        self.trained_on = manifest.trained_on
        self._form = manifest.form
        self._weights = loaded.weights
        self._scales: Floats = np.array(manifest.scales)
        self._intercepts: Floats = np.array(manifest.intercepts)
        self._curves = [manifest.calibration[label] for label in LABELS]
        self._detector = LanguageDetector(loaded.language)
        self._own = [self._detector.codes.index(code) for code in self.languages]

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        """Scores of texts, in their order; `langs` are their authors' claims, which only help where it is unsure."""
        claims = langs if langs is not None else [None] * len(texts)
        if len(claims) != len(texts):
            raise ValueError("as many languages as texts are needed")
        results: list[TextScores] = []
        for start in range(0, len(texts), BATCH):
            results += self._score_batch(texts[start : start + BATCH], claims[start : start + BATCH])
        for row, text in enumerate(texts):
            if results[row].cut:
                results[row] = self._score_long(text, claims[row], results[row])
        return results

    def _score_long(self, text: str, claim: str | None, cut: TextScores) -> TextScores:
        """The highest of what its cut and the windows over the rest have, label by label."""
        parts = [each.text for each in windows.windows(text)]
        read = [cut, *self._score_batch(parts, [claim] * len(parts))]
        scores = {label: _highest([each.scores[label] for each in read]) for label in LABELS}
        reasons = [each.abstained_because for each in read]
        untrained = UNTRAINED if UNTRAINED in reasons else None
        nothing = TOO_LITTLE if all(each == TOO_LITTLE for each in reasons) else None
        disguised = any(each.disguised for each in read)
        return replace(
            cut, scores=scores, abstained_because=untrained or nothing, disguised=disguised, cut=windows.is_cut(text)
        )

    def normalise(self, text: str, *, offsets: bool = False) -> Normalised:
        """A text as this version was taught to read it."""
        return normalise(text, offsets=offsets, form=self._form)

    def logits(self, normalised: Sequence[str]) -> Floats:
        """(n, labels): log-odds of normalised texts before calibration, the same in any batch."""
        return self._logits(featurise(normalised, self._form))

    def calibrate(self, logits: Floats, languages: Sequence[str | None] = ()) -> Floats:
        """(n, labels): probabilities. `languages` are the texts' own, where each has curves of its own."""
        meant = [np.interp(logits[:, i], given, to) for i, (given, to) in enumerate(self._curves)]
        probabilities: Floats = 1.0 / (1.0 + np.exp(-np.stack(meant, axis=1)))
        return probabilities

    def _score_batch(self, texts: Sequence[str], claims: Sequence[str | None]) -> list[TextScores]:
        results = self._read(texts, claims)
        for row, text in enumerate(texts):
            if self._may_be_mixed(results[row]):
                results[row] = self._read_within(text, results[row])
        return results

    def _may_be_mixed(self, result: TextScores) -> bool:
        """Whether some of a text may be in another language: who writes in one has the detector sure of it."""
        if result.abstained_because == TOO_LITTLE:
            return False
        return result.language not in self.languages or result.language_confidence < WHOLE_SURE

    def _read_within(self, text: str, whole: TextScores) -> TextScores:
        """The scores also of what is in a language that it reads, within a text of which some is in another: neither an
        abstention nor more words hide it. On the rest it abstains all the same.
        """
        parts = self._readable(text)
        if not parts:
            return whole
        read = self._read([each.text for each in parts], [None] * len(parts))
        scores = {label: _highest([each.scores[label] for each in (whole, *read)]) for label in LABELS}
        return replace(whole, scores=scores, disguised=any(each.disguised for each in (whole, *read)))

    def _readable(self, text: str) -> list[windows.Window]:
        """The passages that are surely in a language that it reads, of a text of which one surely isn't."""
        parts = passages.passages(text[:LONGEST])
        if len(parts) < 2:
            return []
        prepared = [self.normalise(each.text) for each in parts]
        languages = self.languages_of([each.text for each in parts], prepared, [None] * len(parts))
        sure = [(part, code) for part, (code, how, _) in zip(parts, languages, strict=True) if how >= PASSAGE_SURE]
        if all(code in self.languages for _, code in sure):
            return []
        return passages.joined(text, [part for part, code in sure if code in self.languages])

    def _read(self, texts: Sequence[str], claims: Sequence[str | None]) -> list[TextScores]:
        prepared = [self.normalise(text) for text in texts]
        languages = self.languages_of(texts, prepared, claims)
        codes = [code for code, _, _ in languages]
        probabilities = self.calibrate(self.logits([item.text for item in prepared]), codes)
        return [
            self._result(item, language, row)
            for item, language, row in zip(prepared, languages, probabilities.tolist(), strict=True)
        ]

    def _result(self, item: Normalised, language: tuple[str | None, float, bool], row: list[float]) -> TextScores:
        code, confidence, trained = language
        reason, read = None, frozenset(LABELS)
        if not has_letters(item.text):
            reason, read = TOO_LITTLE, frozenset()
        elif not trained:
            read = self.reads(code)
            reason = None if read.issuperset(HOLDING) else UNTRAINED
        scores = {label: score if label in read else None for label, score in zip(LABELS, row, strict=True)}
        return TextScores(scores if read else _NOTHING, code, confidence, reason, item.disguised, item.cut)

    def reads(self, code: str | None) -> frozenset[str]:
        """The labels that it judges in a language that it wasn't trained for: none."""
        return frozenset()

    def languages_of(
        self, texts: Sequence[str], prepared: Sequence[Normalised], claims: Sequence[str | None]
    ) -> list[tuple[str | None, float, bool]]:
        """Per text: its language (None if unsure), the confidence, whether the model may judge it."""
        shown = [
            item.text if item.disguised else _NOT_LANGUAGE.sub(" ", text[:LONGEST])
            for text, item in zip(texts, prepared, strict=True)
        ]
        probabilities = self._detector.probabilities(shown)
        for row, claim in enumerate(claims):
            code = (claim or "").split("-")[0].lower()
            if code in self._detector.codes:
                probabilities[row, self._detector.codes.index(code)] *= _HINT
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        best = probabilities.argmax(axis=1)
        sure = probabilities.max(axis=1)
        own = probabilities[:, self._own].sum(axis=1)
        foreign = ~np.isin(best, self._own) & (sure > _OTHER_SURE) & (own < _OWN_LEAST)
        return [
            (self._detector.codes[b] if s > _OTHER_SURE else None, float(s), not f)
            for b, s, f in zip(best.tolist(), sure.tolist(), foreign.tolist(), strict=True)
        ]

    def _logits(self, matrix: FeatureMatrix) -> Floats:
        sums = np.zeros((len(matrix), len(LABELS)), dtype=np.int64)
        filled = np.flatnonzero(np.diff(matrix.indptr))
        if len(filled):
            gathered = self._weights[matrix.indices]
            sums[filled] = np.add.reduceat(gathered, matrix.indptr[filled], axis=0, dtype=np.int64)
        logits: Floats = sums * (matrix.values.astype(np.float64)[:, None] * self._scales) + self._intercepts
        return logits

    def pull(self, columns: npt.NDArray[np.int64], label: int) -> Floats:
        """What each of these features weighs for a label, in log-odds before a text's length counts."""
        pulled: Floats = self._weights[columns, label] * self._scales[label]
        return pulled

    def explain(self, text: str, label: str, top: int = 5) -> list[Span]:
        """The words of the original text that spoke for a label, the `top` heaviest first.

        Of a long text those of the part whose score is highest, and of one that is mostly in another language those of
        what it reads in it.
        """
        parts = windows.windows(text)
        if not parts and self._may_be_mixed(self._read([text], [None])[0]):
            parts = self._readable(text)
        if parts:
            read = self._score_batch([text, *(each.text for each in parts)], [None] * (len(parts) + 1))
            place = max(range(len(read)), key=lambda row: read[row].scores[label] or 0.0)
            if place:
                part = parts[place - 1]
                found = self._explain(part.text, label, top)
                return [replace(each, start=each.start + part.start, end=each.end + part.start) for each in found]
        return self._explain(text, label, top)

    def _explain(self, text: str, label: str, top: int) -> list[Span]:
        item = self.normalise(text, offsets=True)
        found = occurrences([item.text], self._form)
        if not len(found.columns):
            return []
        column = LABELS.index(label)
        distinct, place, counts = np.unique(found.columns, return_inverse=True, return_counts=True)
        weights = self.pull(found.columns, column) / np.sqrt(len(distinct) + DAMPING) / counts[place]
        per_char = _spread(item.text, weights, found.starts, found.ends)
        spans = [
            Span(*item.span(match.start(), match.end()), float(per_char[match.start() : match.end()].sum()))
            for match in re.finditer(r"\S+", item.text)
        ]
        return sorted((span for span in _merge(spans) if span.weight > 0), key=lambda s: -s.weight)[:top]


def _highest(scores: Sequence[float | None]) -> float | None:
    return max((each for each in scores if each is not None), default=None)


def _spread(text: str, weights: Floats, starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> Floats:
    """Each n-gram's weight, in equal parts on the characters of the text that it covers and that are no spaces."""
    solid = np.array([char != " " for char in text])
    before = np.concatenate(([0], np.cumsum(solid)))
    starts, ends = starts.clip(0, len(text)), ends.clip(0, len(text))
    share = weights / np.maximum(before[ends] - before[starts], 1)
    steps = np.zeros(len(text) + 1)
    np.add.at(steps, starts, share)
    np.subtract.at(steps, ends, share)
    spread: Floats = np.cumsum(steps)[:-1] * solid
    return spread


def _merge(spans: Iterable[Span]) -> list[Span]:
    """Words that stand for the same part of the original, such as letters that were set apart, count once."""
    merged: dict[tuple[int, int], float] = {}
    for span in spans:
        merged[span.start, span.end] = merged.get((span.start, span.end), 0.0) + span.weight
    return [Span(start, end, weight) for (start, end), weight in merged.items()]


def load(folder: Path) -> TextModel:
    """The model in a folder; raises ArtefactError unless every file of it is what its manifest says."""
    return TextModel(artefact.read(folder))


@lru_cache(maxsize=1)
def load_current() -> TextModel:
    """The version that the registry names as current, loaded once per process."""
    from models import registry

    return load(registry.current().folder)


def score_lines(lines: Iterable[str], model: TextModel | None = None) -> Iterator[str]:
    """JSONL of `id`, `text`, `lang` in, JSONL of `id`, `scores`, `version`, `abstained` (why, or null) out.

    By the current version unless another is given. Raises BadLineError with the line's number.
    """
    model = model or load_current()
    for batch in jsonl.batches(lines, BATCH):
        results = model.score([item.text for item in batch], [item.language for item in batch])
        for item, result in zip(batch, results, strict=True):
            yield jsonl.render(item.identifier, result.scores, model.version, result.abstained_because)
