"""Trains and measures the second stage's head: `python -m models.train.second --data DIR --encoder FOLDER [--out DIR]`.

Frozen embeddings, a network with one hidden layer for all labels, and per label the weights of both stages' log-odds.
Whatever is measured or drawn comes from rows that neither stage had seen.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models import registry
from models.encoder import files, headfile
from models.encoder.head import Head, Network, Weighing, log_odds
from models.encoder.runtime import Encoder
from models.labels import HOLDING, LABELS
from models.train import calibrate, corpus, fit, second_report
from models.train.corpus import Row
from models.train.network import train as train_network
from models.train.run import SEED, learn
from models.train.sampling import sample

Floats = npt.NDArray[np.float64]
LANGUAGE: Final = second_report.LANGUAGE
_KEY_BYTES: Final = 16


@dataclass(frozen=True)
class Unseen:
    """Of every row, what stages that hadn't seen it say: log-odds (n, labels) each, and both as a probability."""

    first: Floats
    own: Floats
    both: Floats


def embed(texts: Sequence[str], encoder: Encoder, cache: Path | None = None) -> npt.NDArray[np.float32]:
    """(n, width): embeddings, those of the cache read from it and the others added to it."""
    known = _read(cache, encoder) if cache is not None else {}
    for text in texts:
        key = _key(text)
        if key not in known:
            known[key] = encoder.embed([text])[0].astype(np.float16)
    if cache is not None:
        np.savez(cache, keys=np.array(list(known)), values=np.stack(list(known.values())), of=encoder.version)
    return np.stack([known[_key(text)] for text in texts]).astype(np.float32)


def _read(cache: Path, encoder: Encoder) -> dict[str, npt.NDArray[np.float16]]:
    if not cache.exists():
        return {}
    with np.load(cache, allow_pickle=False) as kept:
        if str(kept["of"]) != encoder.version:
            return {}
        return dict(zip(kept["keys"].tolist(), kept["values"], strict=True))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[: 2 * _KEY_BYTES]


def train(rows: Sequence[Row], embeddings: npt.NDArray[np.float32], first: Floats, seed: int) -> tuple[Head, Unseen]:
    """A head, and what it says of unseen rows. `first`: (n, labels) the first stage's log-odds of rows unseen by it."""
    labels = fit.targets(rows)
    fold = fit.folds(rows)
    spoken = np.array([row.language == LANGUAGE for row in rows])
    own = np.zeros(labels.shape)
    for held in range(fit.FOLDS):
        seen, test = np.flatnonzero((fold != held) & spoken), np.flatnonzero(fold == held)
        own[test] = network(embeddings[seen], [rows[i] for i in seen.tolist()], labels[seen], seed).own(
            embeddings[test]
        )
    weighings, both = _weigh(first, own, np.where(spoken[:, None], labels, -1), fold)
    mine = np.flatnonzero(spoken)
    learnt = network(embeddings[mine], [rows[i] for i in mine.tolist()], labels[mine], seed)
    lines = _lines([rows[i] for i in mine.tolist()], both[mine])
    return Head(LABELS, learnt, weighings, lines), Unseen(first, own, both)


def network(
    embeddings: npt.NDArray[np.float32], rows: Sequence[Row], labels: npt.NDArray[np.int8], seed: int
) -> Network:
    """One network for all labels, from the rows that say, each counting for what its source lets it."""
    weights = np.zeros(labels.shape)
    for place in range(labels.shape[1]):
        known = np.flatnonzero(labels[:, place] >= 0)
        weights[known, place] = fit.weights_of([rows[i] for i in known.tolist()], labels[known, place])
    with threadpool_limits(1):
        return train_network(embeddings, labels, weights, seed)


def _weigh(
    first: Floats, own: Floats, labels: npt.NDArray[np.int8], fold: fit.Ints
) -> tuple[dict[str, Weighing], Floats]:
    """Per label the weighing that is shipped, and what those learnt on the other folds say of each row."""
    weighings, both = {}, np.zeros(labels.shape)
    for place, label in enumerate(LABELS):
        known = labels[:, place] >= 0
        pair = np.stack([first[:, place], own[:, place]], axis=1)
        for held in range(fit.FOLDS):
            other = _weighing(pair[known & (fold != held)], labels[known & (fold != held), place])
            test = fold == held
            both[test, place] = other.probability(pair[test, 0], pair[test, 1])
        weighings[label] = _weighing(pair[known], labels[known, place])
    return weighings, both


def _weighing(pair: Floats, labels: npt.NDArray[np.int8]) -> Weighing:
    """Neither stage ever counts against itself."""
    model = LogisticRegression(C=1e3).fit(pair, labels)
    first, own = (max(float(each), 0.0) for each in model.coef_[0])
    shift = float(model.intercept_[0])
    sums = first * pair[:, 0] + own * pair[:, 1] + shift
    return Weighing(round(first, 6), round(own, 6), round(shift, 6), calibrate.curve(sums, labels))


def _lines(rows: Sequence[Row], both: Floats) -> dict[str, Any]:
    found = {}
    for place, label in enumerate(LABELS):
        harmless = np.array([corpus.is_traffic(row, label) for row in rows])
        found[label] = calibrate.draw(both[harmless, place], len(HOLDING) if label in HOLDING else 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--encoder", type=Path, required=True, help="the folder that `ostiary model build-encoder` made"
    )
    parser.add_argument("--cache", type=Path, help="a file for embeddings, so that they are made once")
    parser.add_argument("--out", type=Path, default=registry.SHIPPED)
    parser.add_argument("--report", action="store_true", help="measure it, also on sets left out, and write it down")
    arguments = parser.parse_args()
    rows = sample(corpus.load(arguments.data, SEED))
    encoder = files.load(arguments.encoder)
    embeddings = embed([row.text for row in rows], encoder, arguments.cache)
    first = log_odds(learn(rows).unseen)
    head, unseen = train(rows, embeddings, first, SEED)
    folder = headfile.write(arguments.out, head, files.SHIPPED.graph, registry.current().name, SEED)
    if arguments.report:
        found = second_report.report(rows, embeddings, head, unseen)
        text = json.dumps({"version": folder.name} | found, indent=1, sort_keys=True)
        (folder / headfile.REPORT).write_text(text + "\n", encoding="utf-8")
        print(text)  # noqa: T201
    print(folder.name)  # noqa: T201


if __name__ == "__main__":
    main()
