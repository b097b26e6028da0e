#!/usr/bin/env python3
"""What teaching gains: posts that the model is unsure of, against posts drawn at random, on a server unlike any set.

`python -m bench.teaching --data DIR` trains a model on some of the public sets, takes another one for the server's
posts, and teaches it by turns of ten: half of the server's posts may be asked for, the other half measures.

With `--near` it measures how far below the line a post may be that is asked about (`moderation.learning.unsure.NEAR`),
in log-odds: how many are within it, how many of these are harmful, and how many harmful ones lie beyond it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

sys.path.insert(0, str(Path(__file__).parents[1]))

from models import logistic
from models.features import DIMENSION, featurise
from models.local.model import log_odds
from models.noise import vectors
from models.normalise import normalise
from models.sampling import TOO_ALIKE, choose, distances
from models.textmodel import load_current

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
TURN, ASKED, LINE = 10, (0, 20, 50, 100, 200), 0.5
ROUNDS = 10
MOST = 12_000
NEAR = (2.0, 4.0, 8.0)
EACH = 400
ASKED_ABOUT = ("hate", "harassment", "violence", "sexual", "spam")


@dataclass(frozen=True)
class Server:
    """A label, what the model has learnt from, and what the server's posts are like."""

    label: str
    learnt: tuple[str, ...]
    own: str


SERVERS = (
    Server("spam", ("sms_spam", "tgspam"), "youtube_spam"),
    Server("toxic", ("davidson", "hatexplain", "toxic_spans"), "cad"),
    Server("hate", ("davidson", "edos", "hatemoji_build"), "hatexplain"),
)


def load(folder: Path, name: str, label: str, most: int, seed: int = 5) -> tuple[list[str], Bools]:
    """Up to `most` texts of a set that say something of the label."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt") as file:
        rows = [row for row in map(json.loads, file) if row["labels"].get(label) is not None]
    picked = np.random.default_rng(seed).permutation(len(rows))[:most]
    return [rows[i]["text"] for i in picked], np.array([rows[i]["labels"][label] == 1 for i in picked])


def sparse(texts: Sequence[str]) -> csr_matrix:
    """The texts as the shipped model sees them."""
    made = featurise([normalise(text).text for text in texts])
    values = np.repeat(made.values, np.diff(made.indptr))
    return csr_matrix((values, made.indices, made.indptr), shape=(len(texts), DIMENSION))


def foreign(folder: Path, server: Server, texts: Sequence[str]) -> Floats:
    """What a model says of the server's posts that learnt from other sets alone."""
    parts = [load(folder, name, server.label, MOST // len(server.learnt)) for name in server.learnt]
    learnt = sparse([text for part, _ in parts for text in part])
    model = LogisticRegression(C=1.0, max_iter=200, class_weight="balanced")
    model.fit(learnt, np.concatenate([given for _, given in parts]))
    scores: Floats = model.predict_proba(sparse(texts))[:, 1]
    return scores


def taught(how: str, seed: int, known: Floats, truth: Bools, scores: Floats) -> list[float]:
    """Average precision on the measuring half after so many answers."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(truth))
    pool, rest = order[: len(order) // 2], order[len(order) // 2 :]
    left, answered = list(pool), []
    now, figures = scores, []
    for count in range(0, ASKED[-1] + 1, TURN):
        if count in ASKED:
            figures.append(float(average_precision_score(truth[rest], now[rest])))
        if how == "random":
            picked = list(range(TURN))  # the pool was shuffled
        else:
            apart = 2.0 if how == "unsure" else TOO_ALIKE
            picked = choose(distances(now[left], LINE), known[left], TURN, too_alike=apart)
        answered += [left[place] for place in picked]
        left = [row for place, row in enumerate(left) if place not in set(picked)]
        given = truth[answered]
        if given.any() and not given.all():
            now = logistic.adapted(known, scores, answered, given)
    return figures


def within_reach(folder: Path) -> None:
    """Of all sets' posts as the shipped version scores them: how many it could ask about, and what it wouldn't."""
    model = load_current()
    found: list[tuple[float, bool]] = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt") as file:
            rows = [json.loads(line) for line in file]
        some = [rows[i] for i in np.random.default_rng(5).permutation(len(rows))[:EACH]]
        scored = model.score([row["text"] for row in some], [row.get("lang") for row in some])
        for row, one in zip(some, scored, strict=True):
            below = [
                float(log_odds(np.array([model.lines[label].hold]))[0] - log_odds(np.array([score]))[0])
                for label, score in one.scores.items()
                if score is not None and label in ASKED_ABOUT
            ]
            if below and min(below) > 0:
                found.append((min(below), any(row["labels"].get(label) == 1 for label in ASKED_ABOUT)))
    away, harmful = np.array([each for each, _ in found]), np.array([each for _, each in found])
    print(f"\n{len(found)} posts below every line, {harmful.mean():.0%} of them harmful")
    print("| near | posts within | harmful within | of all harmful ones, beyond |")
    for near in NEAR:
        close = away <= near
        beyond = (harmful & ~close).sum() / harmful.sum()
        print(f"| {near:g} | {close.mean():.0%} | {harmful[close].mean():.0%} | {beyond:.0%} |", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--near", action="store_true", help="Measure how far from the line to ask, and nothing else.")
    given = asked.parse_args()
    folder = given.data
    if given.near:
        within_reach(folder)
        return
    for server in SERVERS:
        texts, truth = load(folder, server.own, server.label, 4000)
        known, scores = vectors(texts), foreign(folder, server, texts)
        print(f"\n{server.label}: learnt from {', '.join(server.learnt)}; the server's posts: {server.own}, "
              f"{len(texts)}, {truth.mean():.0%} of them")  # fmt: skip
        print("| answers |" + "".join(f" {count} |" for count in ASKED))
        for how in ("random", "unsure", "unsure and apart"):
            runs = np.array([taught(how, seed, known, truth, scores) for seed in range(ROUNDS)])
            middle, spread = runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(ROUNDS)
            print(f"| {how} |" + "".join(f" {a:.3f} ± {b:.3f} |" for a, b in zip(middle, spread, strict=True)))


if __name__ == "__main__":
    main()
