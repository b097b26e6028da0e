"""What the second stage adds: per label and language in the pool, and on sets that no stage was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from models import evaluation
from models.encoder.head import Head
from models.labels import HOLDING, LABELS, LANGUAGES
from models.train import calibrate, corpus, fit
from models.train.corpus import OWN, Row
from models.train.run import SEED

Floats = npt.NDArray[np.float64]
_LEAST_SIDE = 40
LANGUAGE: Final = "en"
"""What the encoder was made for: all that the head learns from, and its lines are drawn on."""


def report(rows: Sequence[Row], embeddings: npt.NDArray[np.float32], head: Head, unseen: Any) -> dict[str, Any]:
    """Ranking by the first stage, the encoder alone and both together."""
    labels = fit.targets(rows)
    public = np.array([row.source != OWN for row in rows])
    spoken = np.array([row.language for row in rows])
    figures: dict[str, Any] = {"rows": len(rows), "labels": {}}
    for place, label in enumerate(LABELS):
        line = head.lines[label]
        groups = {"public": public} | {f"own {code}": ~public & (spoken == code) for code in LANGUAGES}
        groups |= {f"public {code}": public & (spoken == code) for code in LANGUAGES}
        found: dict[str, Any] = {
            name: _three(
                unseen.first[mine, place], unseen.own[mine, place], unseen.both[mine, place], labels[mine, place]
            )
            for name, mine in groups.items()
        }
        found["both"] = evaluation.with_lines(unseen.both[public, place], labels[public, place], line)
        found["at_lines"] = _at_lines(rows, unseen, labels[:, place], place)
        found["weights"] = {"first": head.weighings[label].first, "own": head.weighings[label].own}
        figures["labels"][label] = found
    figures["left_out"] = _left_out(rows, embeddings, head, labels)
    return figures


def _at_lines(rows: Sequence[Row], unseen: Any, marks: npt.NDArray[np.int8], place: int) -> dict[str, Any]:
    """What reaches lines that are equally strict for the first stage alone and for both: the shares of harmful and of
    harmless texts that are held and labelled. Better order at large may find less where lines are this strict.
    """
    label = LABELS[place]
    spoken = np.array([row.language == LANGUAGE for row in rows])
    traffic = spoken & np.array([corpus.is_traffic(row, label) for row in rows])
    known = spoken & np.array([row.source != OWN for row in rows]) & (marks >= 0)
    truth = marks[known] == 1
    figures: dict[str, Any] = {"harmful": int(truth.sum()), "harmless": int((~truth).sum())}
    for name, scores in (("first", _probability(unseen.first[:, place])), ("both", unseen.both[:, place])):
        lines = calibrate.draw(scores[traffic], len(HOLDING) if label in HOLDING else 1)
        figures[name] = {
            what: round(float((scores[known] > line)[side].mean()), 5) if side.any() else None
            for what, line, side in (
                ("held", lines.hold, truth),
                ("labelled", lines.label, truth),
                ("harmless_held", lines.hold, ~truth),
                ("harmless_labelled", lines.label, ~truth),
            )
        }
    return figures


def _probability(logits: Floats) -> Floats:
    chances: Floats = 1.0 / (1.0 + np.exp(-logits))
    return chances


def _three(first: Floats, own: Floats, both: Floats, labels: npt.NDArray[np.int8]) -> dict[str, Any]:
    known = labels >= 0
    truth = labels[known] == 1
    if min(truth.sum(), (~truth).sum()) < _LEAST_SIDE:
        return {"n": len(truth)}
    found: dict[str, Any] = {"n": len(truth), "positive": int(truth.sum())}
    for name, scores in (("first", first), ("own", own), ("both", both)):
        found[name] = round(float(roc_auc_score(truth, scores[known])), 3)
    return found


def _left_out(
    rows: Sequence[Row], embeddings: npt.NDArray[np.float32], head: Head, labels: npt.NDArray[np.int8]
) -> dict[str, Any]:
    """ROC AUC on each public set, both stages learnt from all others.

    Only the two weights of a label's sum are those of the pool: the left-out set had a part in them.
    """
    from models.train import second

    features = fit.matrix([row.text for row in rows])
    sources = np.array([row.source for row in rows])
    spoken = np.array([row.language == LANGUAGE for row in rows])
    figures: dict[str, Any] = {}
    for source in sorted(set(sources.tolist()) - {OWN}):
        test, others = np.flatnonzero((sources == source) & spoken), np.flatnonzero((sources != source) & spoken)
        own = second.network(embeddings[others], [rows[i] for i in others.tolist()], labels[others], SEED).own(
            embeddings[test]
        )
        for place, label in enumerate(LABELS):
            if min((labels[test, place] == side).sum() for side in (0, 1)) < _LEAST_SIDE:
                continue
            seen = others[labels[others, place] >= 0]
            mine = [rows[i] for i in seen.tolist()]
            weights, intercept = fit.fit_label(features[seen], mine, labels[seen, place], label)
            first = np.asarray(features[test] @ weights) + intercept
            weighing = head.weighings[label]
            found = _three(first, own[:, place], weighing.sum(first, own[:, place]), labels[test, place])
            figures.setdefault(label, {})[source] = found
    return figures
