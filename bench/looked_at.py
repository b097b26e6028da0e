"""What weights correct where labels exist only where somebody looked: known truth, and what is reckoned from a part.

    nice python -m bench.looked_at ../shared/data [--without-training]

A made-up house has posts of public sets of which all labels are known, one in twelve of them hateful. What the shipped
version scores highest is held, members report some, and of the rest a few are drawn at random; people decide those
alone. What is reckoned from them, plainly and weighed, is compared with what is true of all posts. Then versions of the
house's own are learnt from them, and compared on all posts of a second such house.
"""

import argparse
import gzip
import json
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from models import artefact, registry, textmodel
from models.functional.judging import Scorer
from models.local import learning
from models.local.learning import Labelled
from models.local.model import LocalModel
from models.local.solver import Floats
from models.measures import roc_auc
from moderation.learning import weighing
from moderation.learning.values import Chosen, Example, Provenance

SETS = ("davidson", "edos", "hatexplain")
POSTS, HARMFUL = 9000, 1 / 12
HELD, REPORTED, REPORTED_HARMLESS, DRAWN = 0.04, 0.15, 0.005, 0.04
DRAWS, TRAININGS = 200, 6
AT = datetime(2026, 11, 1, tzinfo=UTC)
LABEL = "hate"


@dataclass(frozen=True)
class House:
    """All its posts, whether each is harmful, the shipped version's scores, and from which on a post is held."""

    texts: Sequence[str]
    truth: Floats
    scores: Floats
    line: float


def houses(folder: Path) -> tuple[House, House]:
    """Two with different posts of the same kind."""
    rows = [row for name in SETS for row in _read(folder / f"{name}.jsonl.gz") if row["labels"][LABEL] is not None]
    random.Random(7).shuffle(rows)
    harmful, harmless = ([row for row in rows if row["labels"][LABEL] == side] for side in (1, 0))
    many = round(POSTS * HARMFUL)
    found = []
    for place in range(2):
        chosen = harmful[place * many :][:many] + harmless[place * POSTS :][: POSTS - many]
        random.Random(place).shuffle(chosen)
        texts = [row["text"] for row in chosen]
        scores = said(textmodel.load_current(), texts)
        truth = np.array([float(row["labels"][LABEL]) for row in chosen])
        found.append(House(texts, truth, scores, float(np.quantile(scores, 1 - HELD))))
    return found[0], found[1]


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as file:
        yield from map(json.loads, file)


def said(model: Scorer, texts: Sequence[str]) -> Floats:
    return np.array([each.scores[LABEL] or 0.0 for each in model.score(texts, ["en"] * len(texts))])


def looked_at(house: House, seed: int) -> list[tuple[int, Example]]:
    """Which posts people decided, as examples."""
    rng = np.random.default_rng(seed)
    held = house.scores >= house.line
    reported = rng.random(POSTS) < np.where(house.truth > 0, REPORTED, REPORTED_HARMLESS)
    drawn = ~held & (rng.random(POSTS) < DRAWN)
    found = []
    for row in np.flatnonzero(held | reported | drawn).tolist():
        how = Chosen.SCORE if held[row] else Chosen.REPORT if reported[row] else Chosen.SAMPLE
        found.append((row, _example(house, row, how)))
    return found


def _example(house: House, row: int, how: Chosen) -> Example:
    return Example(
        uri=f"https://made.example/{row}", author_uri="", text=house.texts[row], language="en",
        labels={LABEL: house.truth[row]}, decided_at=AT, provenance=Provenance.DECISION, chosen=how, held_out=False,
        propensity=DRAWN if how is Chosen.SAMPLE else 1.0, scores={}, model_version=None, readers=1, decision_id=row,
        case_id=row,
    )  # fmt: skip


def figures(house: House, rows: Sequence[int], weights: Floats) -> Floats:
    """The share of the harmful that is held; the share of harm; by how much scores say more than is true; AUC."""
    truth, scores = house.truth[list(rows)], house.scores[list(rows)]
    share = weights / weights.sum()
    recall = float(share @ (truth * (scores >= house.line))) / max(float(share @ truth), 1e-12)
    return np.array([recall, share @ truth, share @ (scores - truth), roc_auc(scores, truth > 0, weights)])


def reckon(house: House) -> None:
    true = figures(house, range(POSTS), np.ones(POSTS))
    names = ("recall at the line", "share of harm", "scores above the truth", "AUC")
    found: dict[str, list[Floats]] = {"plainly": [], "weighed": []}
    sizes = []
    for seed in range(DRAWS):
        drawn = looked_at(house, seed)
        rows, examples = [row for row, _ in drawn], [each for _, each in drawn]
        weighed = weighing.weigh(examples, examples, {})
        sizes.append((len(rows), weighed.effective))
        found["plainly"].append(figures(house, rows, np.ones(len(rows))))
        found["weighed"].append(figures(house, rows, np.array(weighed.weights)))
    count, effective = np.mean(sizes, axis=0)
    print(f"{count:.0f} posts of {POSTS} are decided; weighed they tell as much as {effective:.0f}; {DRAWS} draws\n")
    print("| | true | plainly | off by (root mean square) | weighed | off by |\n|---|---|---|---|---|---|")
    for place, name in enumerate(names):
        cells = []
        for how in ("plainly", "weighed"):
            got = np.array(found[how])[:, place]
            cells += [f"{got.mean():.3f}", f"{np.sqrt(((got - true[place]) ** 2).mean()):.3f}"]
        print(f"| {name} | {true[place]:.3f} | {' | '.join(cells)} |")


def train(house: House, other: House) -> None:
    base = artefact.read(registry.current().folder)
    found: dict[str, list[list[float]]] = {}
    for seed in range(TRAININGS):
        examples = [each for _, each in looked_at(house, seed)]
        whole = weighing.weigh(examples, examples, {})
        ways = {"all alike": (1.0,) * len(examples), "weighed": whole.weights}
        for name, weights in ways.items():
            given = [Labelled(e.text, e.language, e.labels, w) for e, w in zip(examples, weights, strict=True)]
            learnt = learning.learn(base, given)
            scores = said(LocalModel(base, learnt.correction, "own", learnt.lines), other.texts)
            found.setdefault(name, []).append(quality(scores, other))
    print("\n| learnt | log-loss | scores above the truth | AUC | recall where as much is held |")
    print("|---|---|---|---|---|")
    for name, rows in {"shipped": [quality(other.scores, other)], **found}.items():
        print(f"| {name} | {' | '.join(f'{each:.3f}' for each in np.mean(rows, axis=0))} |", flush=True)


def quality(scores: Floats, of: House) -> list[float]:
    inside, truth = np.clip(scores, 1e-4, 1 - 1e-4), of.truth
    loss = -(truth * np.log(inside) + (1 - truth) * np.log(1 - inside)).mean()
    line = np.quantile(scores, 1 - HELD)
    recall = float(truth[scores >= line].sum() / truth.sum())
    return [float(loss), float((scores - truth).mean()), roc_auc(scores, truth > 0), recall]


def main() -> None:
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--without-training", action="store_true")
    arguments = parser.parse_args()
    one, other = houses(arguments.data)
    reckon(one)
    if not arguments.without_training:
        train(one, other)


if __name__ == "__main__":
    main()
