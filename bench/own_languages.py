"""What decisions teach about languages: probabilities that hold in each, and one that nobody trained for.

    nice python -m bench.own_languages ../shared/data

Decisions are rows of public sets in their languages, so many of each learnt from and 1,500 others of each measured; the
mean of five draws. The shipped version has learnt from the English and French sets, never from the German or Russian.
Compared are its own curves by language with the one shared curve: calibration error (15 bins of equal size), and for
languages that the shipped version abstains on also the area under the curve and the share that is judged.
"""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from models import artefact, registry
from models.artefact import Artefact
from models.local import learning
from models.local.learning import Labelled
from models.local.model import LocalModel
from models.local.solver import Floats
from models.measures import calibration_error, roc_auc

HOUSES = (
    ("English and French", "toxic", (("cad", "en"), ("mlma", "fr"))),
    ("English and French", "hate", (("davidson", "en"), ("mlma", "fr"))),
    ("English and German", "hate", (("davidson", "en"), ("germeval2018", "de"))),
    ("English and German", "toxic", (("cad", "en"), ("germeval2018", "de"))),
    ("English and Russian", "spam", (("sms_spam", "en"), ("tgspam", "ru"))),
)
COUNTS = (100, 250, 1000)
MEASURED = 1500
DRAWS = 5


def main() -> None:
    """Every house in turn."""
    base = artefact.read(registry.current().folder)
    for name, label, sets in HOUSES:
        rows = [_rows(Path(sys.argv[1]), source, language, label) for source, language in sets]
        for count in COUNTS:
            found = [_draw(base, rows, label, count, seed) for seed in range(DRAWS)]
            for language in sorted({code for each in found for code in each}):
                print(f"{name}, {label}, {count} of each, {language}: {_said([each[language] for each in found])}")


def _rows(folder: Path, source: str, language: str, label: str) -> list[Labelled]:
    with gzip.open(folder / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [
        Labelled(row["text"], language, {label: float(row["labels"][label])})
        for row in read
        if row["lang"] == language and row["labels"].get(label) is not None
    ]


def _draw(
    base: Artefact, sets: list[list[Labelled]], label: str, count: int, seed: int
) -> dict[str, tuple[Floats, Floats, Floats]]:
    """By language: truth, and scores with the shared curve and with its own; NaN where it abstained."""
    taught, measured = [], list[list[Labelled]]()
    for rows in sets:
        order = np.random.default_rng(seed).permutation(len(rows)).tolist()
        least = min(count, len(rows) // 2)
        taught += [rows[place] for place in order[:least]]
        measured.append([rows[place] for place in order[least : least + MEASURED]])
    learnt = learning.learn(base, taught)
    shared = replace(learnt.correction, languages={})
    models = [LocalModel(base, each, "local-x", learnt.lines) for each in (shared, learnt.correction)]
    found = {}
    for rows in measured:
        truth = np.array([each.labels[label] for each in rows], dtype=np.float64)
        texts, languages = [each.text for each in rows], [each.language for each in rows]
        before, after = (
            np.array([each.scores[label] for each in model.score(texts, languages)], dtype=np.float64)
            for model in models
        )
        found[str(rows[0].language)] = (truth, before, after)
    return found


def _said(draws: list[tuple[Floats, Floats, Floats]]) -> str:
    parts = []
    for place, name in ((1, "shared"), (2, "its own")):
        judged = [~np.isnan(each[place]) for each in draws]
        share = float(np.mean([each.mean() for each in judged]))
        if share < 0.5:
            parts.append(f"{name}: abstains on {1 - share:.0%}")
            continue
        kept = [(each[0][mine], each[place][mine]) for each, mine in zip(draws, judged, strict=True)]
        error = np.mean([calibration_error(scores, truth > 0) for truth, scores in kept])
        auc = np.mean([roc_auc(scores, truth > 0) for truth, scores in kept])
        parts.append(f"{name}: calibration error {error:.3f}, AUC {auc:.2f}, {share:.0%} judged")
    return "; ".join(parts)


if __name__ == "__main__":
    main()
