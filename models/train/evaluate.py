"""Judges a text model as it is trained: on unseen rows, on sets left out, under disguise."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models import functional, textmodel
from models.artefact import Lines
from models.attacks import ATTACKS
from models.evaluation import with_lines
from models.functional import look_alikes
from models.labels import HOLDING, LABELS, LANGUAGES
from models.measures import roc_auc
from models.textmodel import TextModel
from models.train import corpus, few_labels, fit
from models.train.corpus import ATTACKED, OWN, Row

_PROBES = 300
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
            "public": with_lines(unseen[public, place], labels[public, place], line),
            "own": _by_language(rows, unseen[:, place], labels[:, place], line),
            "by_source": _by_source(rows, unseen[:, place], labels[:, place], line, clean),
        }
    figures["left_out"] = leave_one_out(rows)
    figures["contrast"] = _contrast(rows, unseen, lines)
    figures["together"] = _together(rows, unseen, lines)
    model = textmodel.load(folder)
    figures["disguises"] = disguises(model, rows, unseen, lines)
    figures["functional"] = functions(model)
    found = look_alikes.run(model)
    figures["look_alikes"] = {
        code: {part: asdict(sides) | {"auc": round(sides.auc, 3)} for part, sides in parts.items()}
        for code, parts in found.items()
    }
    return figures


def functions(model: TextModel) -> Figures:
    """Per language, what the functional tests say, of which training never saw a sentence."""
    found = functional.run(model)
    return {
        code: {
            "auc": {label: round(value, 3) for label, value in found.auc[code].items()},
            "harmful_right": round(found.rightly(code, harmful=True), 3),
            "harmless_right": round(found.rightly(code, harmful=False), 3),
            "wronged": {who: round(rate.share, 3) for who, rate in found.wronged[code].items()},
        }
        for code in LANGUAGES
    }


def _sources(rows: Sequence[Row]) -> list[str]:
    return sorted({row.source for row in rows})


def _by_language(rows: Sequence[Row], scores: Floats, labels: Marks, line: Lines) -> Figures:
    own = np.array([row.source == OWN and row.kind != ATTACKED for row in rows])
    spoken = np.array([row.language for row in rows])
    return {
        code: with_lines(scores[own & (spoken == code)], labels[own & (spoken == code)], line) for code in LANGUAGES
    }


def _by_source(
    rows: Sequence[Row], scores: Floats, labels: Marks, line: Lines, clean: npt.NDArray[np.bool_]
) -> Figures:
    sources = np.array([row.source for row in rows])
    found = {}
    for source in _sources(rows):
        mine = clean & (sources == source)
        if (labels[mine] == 1).sum() > 0 and source != OWN:
            found[source] = with_lines(scores[mine], labels[mine], line)
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
    """Harmless traffic that the labels which share a budget would have held between them."""
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
            mine = [chosen[i] for i in train.tolist()]
            weights, _ = fit.fit_label(features[train], mine, labels[train, place], label)
            scores, truth = np.asarray(features[test] @ weights), labels[test, place] == 1
            found: Figures = {"n": len(test), "auc": round(roc_auc(scores, truth), 3)}
            if label == "spam":
                found["few_labels"] = few_labels.recall_after(features[test], scores, truth)
            figures.setdefault(label, {})[source] = found
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
