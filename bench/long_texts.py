"""How often long harmless texts are held: many short ones in a row, by models that had seen none of them.

    nice python -m bench.long_texts ../shared/data [--many 400]

A long text has more words that may look harmful, and from 6,000 letters on more readings whose highest score counts.
The harmless texts of each fold of training are strung together, each long text from one source, and judged by a model
that learnt from the other folds, at the lines and by the curves of the version in use: those were drawn on such models.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from models import artefact, registry
from models.labels import HOLDING
from models.textmodel import TextModel
from models.train import corpus, fit
from models.train.corpus import OWN, Row

LENGTHS = (0, 500, 1000, 2000, 4000, 6000, 8000, 10_000, 20_000)
"""In letters; 0 stands for the texts as they are."""


def unseeing(rows: Sequence[Row]) -> Iterator[tuple[TextModel, list[Row]]]:
    """For each fold, the version in use as it would be without it, and its harmless texts."""
    shipped = artefact.read(registry.current().folder)
    features, labels, fold = fit.matrix([row.text for row in rows]), fit.targets(rows), fit.folds(rows)
    for held in range(fit.FOLDS):
        train = np.flatnonzero(fold != held)
        fitted = fit.fit(features[train], [rows[i] for i in train.tolist()], labels[train])
        manifest = replace(shipped.manifest, intercepts=fitted.intercepts, scales=fitted.scales)
        model = TextModel(replace(shipped, manifest=manifest, weights=fitted.weights))
        yield model, [rows[i] for i in np.flatnonzero(fold == held).tolist() if harmless(rows[i])]


def harmless(row: Row) -> bool:
    """Whether a text is ordinary traffic for every label that holds; our own sentences would repeat themselves."""
    return row.source != OWN and all(corpus.is_traffic(row, label) for label in HOLDING)


def strung(rows: Sequence[Row], letters: int, many: int, seed: int) -> list[str]:
    """So many long texts, each from one source, sources by how much there is of them."""
    if not letters:
        return [row.text for row in rows]
    rng = random.Random(f"{seed}:{letters}")
    of_source = {row.source: [each.text for each in rows if each.source == row.source] for row in rows}
    sizes = {source: sum(map(len, texts)) for source, texts in of_source.items()}
    chosen = rng.choices(sorted(sizes), [sizes[source] for source in sorted(sizes)], k=many)
    return [_one(of_source[source], letters, rng) for source in chosen]


def _one(texts: Sequence[str], letters: int, rng: random.Random) -> str:
    parts: list[str] = []
    size = 0
    while size < letters:
        parts.append(rng.choice(texts))
        size += len(parts[-1]) + 2
    return "\n\n".join(parts)[:letters]


def held(model: TextModel, texts: Sequence[str]) -> Counter[str]:
    """How many each label that may hold would hold, and how many any of them."""
    found: Counter[str] = Counter()
    for result in model.score(texts):
        over = [label for label in HOLDING if (result.scores[label] or 0.0) > model.lines[label].hold]
        found.update(over)
        found["any"] += bool(over)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--many", type=int, default=400, help="long texts of each length and fold")
    arguments = parser.parse_args()
    seed = registry.current().manifest().seed
    totals: dict[int, Counter[str]] = {length: Counter() for length in LENGTHS}
    for place, (model, rows) in enumerate(unseeing(corpus.load(arguments.data, seed))):
        for length in LENGTHS:
            texts = strung(rows, length, arguments.many, place)
            totals[length] += held(model, texts) + Counter(texts=len(texts))
    print("| letters | texts | held | hate | violence | spam |\n|---|---|---|---|---|---|")
    for length, found in totals.items():
        by_label = " | ".join(str(found[label]) for label in HOLDING)
        print(f"| {length or 'as they are'} | {found['texts']} | {found['any']} | {by_label} |")


if __name__ == "__main__":
    main()
