"""Trains a version of the text model: `ostiary model train --data DIR`, or `python -m models.train.run --data DIR`.

Without `--out` the version lands beside the shipped ones; it is used once it is promoted.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from models import artefact, features, pinned, registry
from models.artefact import Lines, Manifest
from models.labels import HOLDING, LABELS, LANGUAGES
from models.train import calibrate, card, corpus, evaluate, fit, language
from models.train.corpus import Row

SEED: Final = 20240611


@dataclass(frozen=True)
class TrainingReport:
    """What a training made: the version, its digest, where it is, and all that was measured."""

    version: str
    digest: str
    folder: Path
    figures: dict[str, Any]


@dataclass(frozen=True)
class Learnt:
    """Everything that is written of a version, still in memory."""

    fitted: fit.Fitted
    curves: tuple[calibrate.Curve, ...]
    lines: dict[str, Lines]
    unseen: fit.Floats
    """(n, labels): calibrated probabilities of every row from a model that had not seen it."""


def learn(rows: Sequence[Row]) -> Learnt:
    """Fit, calibrate and draw the lines; raises TrainingDataError where a label has no two sides."""
    matrix = fit.matrix([row.text for row in rows])
    labels = fit.targets(rows)
    raw = fit.out_of_fold(matrix, rows, labels)
    clean = np.array([row.kind != corpus.ATTACKED for row in rows])
    curves = []
    for place in range(len(LABELS)):
        known = clean & (labels[:, place] >= 0)
        curves.append(calibrate.curve(raw[known, place], labels[known, place]))
    unseen = calibrate.apply(curves, raw)
    lines = {}
    for place, label in enumerate(LABELS):
        harmless = np.array([corpus.is_traffic(row, label) for row in rows])
        lines[label] = calibrate.draw(unseen[harmless, place], len(HOLDING) if label in HOLDING else 1)
    return Learnt(fit.fit(matrix, rows, labels), tuple(curves), lines, unseen)


def train(
    data_dir: Path | None, out_dir: Path | None = None, seed: int = SEED, *, per_template: int = corpus.PER_TEMPLATE
) -> TrainingReport:
    """Train on a data directory and our own sentences (on the latter alone without one), write version and card.

    The version lands in `out_dir` (by default beside the shipped ones) in a folder named after what it holds; it is
    not promoted. Raises TrainingDataError.
    """
    rows = corpus.load(data_dir, seed, per_template)
    learnt = learn(rows)
    root = out_dir if out_dir is not None else registry.SHIPPED
    folder = write(root, rows, learnt, seed)
    figures = evaluate.report(rows, learnt.unseen, learnt.lines, folder)
    (folder / "report.json").write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    cards = registry.CARDS if out_dir is None else out_dir
    (cards / f"{folder.name}.md").write_text(card.render(folder.name, figures), encoding="utf-8")
    return TrainingReport(folder.name, artefact.version_digest(folder), folder, figures)


def write(root: Path, rows: Sequence[Row], learnt: Learnt, seed: int) -> Path:
    """Write the arrays under a name made of what they are, so that the same training gives the same name."""
    table = language.distil()
    name = "text-" + artefact.digest(learnt.fitted.weights.tobytes())[:10]
    manifest = Manifest(
        version=name,
        form=features.FORMAT,
        languages=LANGUAGES,
        lines=learnt.lines,
        calibration=dict(zip(LABELS, learnt.curves, strict=True)),
        intercepts=learnt.fitted.intercepts,
        scales=learnt.fitted.scales,
        language_scale=table.scale,
        files={},
        words="",
        trained_on=dict(sorted(Counter(row.source for row in rows).items())),
        seed=seed,
    )
    artefact.write(root / name, manifest, learnt.fitted.weights, table)
    pinned.add(root / name)
    return root / name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--promote", action="store_true")
    arguments = parser.parse_args()
    report = train(arguments.data, arguments.out)
    if arguments.promote:
        registry.promote(report.version, arguments.out or registry.SHIPPED)
    print(report.version, report.digest)  # noqa: T201


if __name__ == "__main__":
    main()
