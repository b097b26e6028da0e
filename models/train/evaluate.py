"""Judges a text model: on unseen rows of training, on sets left out, under disguise, on anybody's labelled file."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from models import textmodel
from models.artefact import Lines
from models.errors import BadLineError
from models.labels import HOLDING, LABELS, LANGUAGES
from models.textmodel import TextModel
from models.train import corpus, fit
from models.train.attacks import ATTACKS
from models.train.corpus import ATTACKED, OWN, Row

_PROBES = 300
_BINS = 15
_LEAST_SIDE = 40
_MOST_PER_SOURCE = 3000

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]
Figures = dict[str, Any]


def report(rows: Sequence[Row], unseen: Floats, lines: Mapping[str, Lines], folder: Path) -> Figures:
    """What the card and the model's page show; all of it on rows that the scoring model had not seen."""
    labels = fit.targets(rows)
    clean = np.array([row.kind != ATTACKED for row in rows])
    public = clean & np.array([row.source != OWN for row in rows])
    figures: Figures = {"version": folder.name, "rows": len(rows), "labels": {}}
    figures["sources"] = {source: sum(row.source == source for row in rows) for source in _sources(rows)}
    for place, label in enumerate(LABELS):
        line = lines[label]
        figures["labels"][label] = {
            "lines": {"hold": line.hold, "label": line.label, "harmless": line.harmless, "exceeded": line.exceeded},
            "public": measures(unseen[public, place], labels[public, place], line),
            "own": _by_language(rows, unseen[:, place], labels[:, place], line),
            "by_source": _by_source(rows, unseen[:, place], labels[:, place], line, clean),
        }
    figures["left_out"] = leave_one_out(rows)
    figures["contrast"] = _contrast(rows, unseen, lines)
    figures["together"] = _together(rows, unseen, lines)
    figures["disguises"] = disguises(textmodel.load(folder), rows, unseen, lines)
    return figures


def measures(scores: Floats, labels: Marks, line: Lines) -> Figures:
    """Ranking and calibration of one label, and what its hold line does; only counts where it has one side."""
    known = labels >= 0
    scores, truth = scores[known], labels[known] == 1
    positive = int(truth.sum())
    figures: Figures = {"n": len(truth), "positive": positive}
    if not 0 < positive < len(truth):
        return figures
    held = scores > line.hold
    figures["auc"] = round(float(roc_auc_score(truth, scores)), 4)
    figures["average_precision"] = round(float(average_precision_score(truth, scores)), 4)
    figures["recall_at_hold"] = round(float(held[truth].mean()), 4)
    figures["precision_at_hold"] = round(float(truth[held].mean()), 4) if held.any() else None
    figures["recall_at_label"] = round(float((scores > line.label)[truth].mean()), 4)
    figures["recall_at_precision"] = {str(p): recall_at_precision(scores, truth, p / 100) for p in (90, 95)}
    figures["brier"] = round(float(np.mean((scores - truth) ** 2)), 4)
    figures["calibration_error"] = round(calibration_error(scores, truth), 4)
    return figures


def recall_at_precision(scores: Floats, truth: npt.NDArray[np.bool_], precision: float) -> float:
    """The largest share of the harmful that can be found while so many of the found are harmful."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    enough = hits >= precision * np.arange(1, len(order) + 1)
    return round(float(hits[enough].max() / truth.sum()), 4) if enough.any() else 0.0


def calibration_error(scores: Floats, truth: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over bins of equal size."""
    order = np.argsort(scores, kind="stable")
    bins = np.array_split(order, _BINS)
    gaps = [len(b) * abs(float(scores[b].mean()) - float(truth[b].mean())) for b in bins if len(b)]
    return float(np.sum(gaps) / len(scores))


def _sources(rows: Sequence[Row]) -> list[str]:
    return sorted({row.source for row in rows})


def _by_language(rows: Sequence[Row], scores: Floats, labels: Marks, line: Lines) -> Figures:
    own = np.array([row.source == OWN and row.kind != ATTACKED for row in rows])
    spoken = np.array([row.language for row in rows])
    return {code: measures(scores[own & (spoken == code)], labels[own & (spoken == code)], line) for code in LANGUAGES}


def _by_source(
    rows: Sequence[Row], scores: Floats, labels: Marks, line: Lines, clean: npt.NDArray[np.bool_]
) -> Figures:
    sources = np.array([row.source for row in rows])
    found = {}
    for source in _sources(rows):
        mine = clean & (sources == source)
        if (labels[mine] == 1).sum() > 0 and source != OWN:
            found[source] = measures(scores[mine], labels[mine], line)
    return found


def _contrast(rows: Sequence[Row], unseen: Floats, lines: Mapping[str, Lines]) -> Figures:
    """How many of our own harmless sentences of each kind any hold line would have caught."""
    kinds: dict[str, list[bool]] = {}
    holds = np.array([lines[label].hold for label in LABELS])
    for row, scores in zip(rows, unseen, strict=True):
        if row.source == OWN and row.kind != ATTACKED and not any(row.labels.values()):
            kinds.setdefault(f"{row.language} {row.kind}", []).append(bool((scores > holds).any()))
    return {kind: {"n": len(held), "held": sum(held)} for kind, held in sorted(kinds.items())}


def _together(rows: Sequence[Row], unseen: Floats, lines: Mapping[str, Lines]) -> Figures:
    """Harmless traffic that the labels which hold from the first day would have held between them."""
    labels = HOLDING
    traffic = np.array([all(corpus.is_traffic(row, label) for label in labels) for row in rows])
    over = np.zeros(len(rows), dtype=bool)
    for label in labels:
        over |= unseen[:, LABELS.index(label)] > lines[label].hold
    return {"labels": list(labels), "harmless": int(traffic.sum()), "held": int((over & traffic).sum())}


def leave_one_out(rows: Sequence[Row]) -> Figures:
    """ROC AUC of every label on every public set that has both sides of it, learnt from all other sources."""
    chosen = _thinned(rows)
    features = fit.matrix([row.text for row in chosen])
    labels = fit.targets(chosen)
    sources = np.array([row.source for row in chosen])
    public = np.array([row.kind == "public" for row in chosen])
    figures: Figures = {}
    for place, label in enumerate(LABELS):
        known = labels[:, place] >= 0
        for source in _sources(chosen):
            test = np.flatnonzero(known & public & (sources == source))
            train = np.flatnonzero(known & (sources != source))
            if not _two_sided(labels[test, place]) or not _two_sided(labels[train, place]):
                continue
            weights, _ = fit.fit_label(features[train], [chosen[i] for i in train.tolist()], labels[train, place])
            auc = roc_auc_score(labels[test, place], features[test] @ weights)
            figures.setdefault(label, {})[source] = {"n": len(test), "auc": round(float(auc), 3)}
    return figures


def _two_sided(labels: Marks) -> bool:
    """Whether there is enough of both sides to speak of a ranking."""
    return min(int((labels == 1).sum()), int((labels == 0).sum())) >= _LEAST_SIDE


def _thinned(rows: Sequence[Row]) -> list[Row]:
    """At most so many rows of each source, always the same ones, and no disguised copies: this is done many times."""
    kept: list[Row] = []
    counts: dict[str, int] = {}
    for row in sorted(rows, key=lambda r: (r.source, r.group, r.text)):
        if row.kind != ATTACKED and counts.get(row.source, 0) < _MOST_PER_SOURCE:
            counts[row.source] = counts.get(row.source, 0) + 1
            kept.append(row)
    return kept


def disguises(model: TextModel, rows: Sequence[Row], unseen: Floats, lines: Mapping[str, Lines]) -> Figures:
    """Of harmful texts that are held when clean, the share still held under each disguise; of harmless ones, any.

    The model has seen the clean texts: this measures what the disguise hides, not what the model knows.
    """
    rng = random.Random(7)
    clean = [row for row in rows if row.kind != ATTACKED]
    harmless = [row.text for row in clean if not any(row.labels.values()) and row.source in corpus.TRAFFIC]
    harmless = rng.sample(harmless, min(_PROBES * 4, len(harmless)))
    figures: Figures = {}
    for label in HOLDING:
        harmful = [row.text for row in clean if row.labels[label] == 1 and len(row.text) > 20]
        texts = _held(model, rng.sample(harmful, min(_PROBES * 8, len(harmful))), label)[:_PROBES]
        for name, attack in ATTACKS.items():
            hidden = [attack(text, random.Random(place)) for place, text in enumerate(texts)]
            disguised = [attack(text, random.Random(place)) for place, text in enumerate(harmless)]
            figures.setdefault(name, {})[label] = {
                "recall": round(len(_held(model, hidden, label)) / max(len(texts), 1), 4),
                "harmful": len(texts),
                "harmless_held": len(_held(model, disguised, label)),
                "harmless": len(harmless),
            }
    return figures


def _held(model: TextModel, texts: Sequence[str], label: str) -> list[str]:
    results = model.score(texts)
    line = model.lines[label].hold
    return [t for t, r in zip(texts, results, strict=True) if (r.scores[label] or 0.0) > line]


@dataclass(frozen=True)
class _Judged:
    text: str
    language: str | None
    labels: Mapping[str, int | None]


def evaluate_file(path: Path, model: TextModel | None = None) -> Figures:
    """Judge the current model (or another) on JSONL of `id`, `text`, `lang`, `labels`; raises BadLineError.

    Texts that the model abstains on are counted, and left out of the measures.
    """
    judged = _read(path)
    used = model if model is not None else textmodel.load_current()
    results = used.score([item.text for item in judged], [item.language for item in judged])
    kept = [place for place, result in enumerate(results) if result.abstained_because is None]
    figures: Figures = {"version": used.version, "n": len(judged), "abstained": len(judged) - len(kept), "labels": {}}
    for label in LABELS:
        scores = np.array([results[place].scores[label] for place in kept], dtype=np.float64)
        marks = [judged[place].labels.get(label) for place in kept]
        known = np.array([-1 if mark is None else int(mark) for mark in marks], dtype=np.int8)
        figures["labels"][label] = measures(scores, known, used.lines[label])
    return figures


def _read(path: Path) -> list[_Judged]:
    items = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                items.append(_judged(number, line))
    return items


def _judged(number: int, line: str) -> _Judged:
    try:
        raw = json.loads(line)
        labels = {label: raw["labels"].get(label) for label in LABELS}
        text, language = raw["text"], raw.get("lang")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadLineError(number, "not an object with `text` and `labels`") from error
    if not isinstance(text, str) or any(mark not in (0, 1, None) for mark in labels.values()):
        raise BadLineError(number, "`text` is not a string, or a label neither 0, 1 nor null")
    return _Judged(text, language if isinstance(language, str) else None, labels)
