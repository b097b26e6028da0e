"""Trains the behaviour model on simulated waves: `python -m models.train.behaviour`. Kinds are left out in turn to
measure what it does with a kind that it never saw, before and after a server's own decisions.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from models import behaviour, waves
from models.behaviour import FEATURES, MONOTONE, About, BehaviourModel, Floats, Trees
from models.waves import Sample

SEED: Final = 20240216
ORDINARY: Final = 60_000
EACH: Final = 4_000
SHARE: Final = 0.05
"""The part of spam among what is posted, that scores are calibrated for and figures hold for."""
LOCAL_LABELS: Final = 100


def fit(samples: Sequence[Sample]) -> tuple[Trees, float, tuple[float, ...]]:
    """Trees, the intercept and the typical row of ordinary life."""
    values, spam = behaviour.rows([each.facts for each in samples]), np.array([each.spam for each in samples])
    weight = np.where(spam, SHARE / spam.mean(), (1 - SHARE) / (1 - spam.mean()))
    learner = HistGradientBoostingClassifier(
        learning_rate=0.15,
        max_iter=240,
        max_leaf_nodes=4,
        max_depth=2,
        min_samples_leaf=60,
        l2_regularization=1.0,
        monotonic_cst=[MONOTONE[name] for name in FEATURES],
        early_stopping=False,
        random_state=SEED,
    ).fit(values, spam, sample_weight=weight)
    trees = _exported(learner)
    typical = tuple(float(x) for x in np.median(values[~spam], axis=0))
    return trees, float(learner._baseline_prediction.item()), typical


def _exported(learner: Any) -> Trees:
    """scikit-learn's trees as plain arrays; a branch that ends early sends both ways to the same leaf."""
    count = len(learner._predictors)
    features = np.zeros((count, 3), dtype=np.int16)
    thresholds = np.full((count, 3), np.inf)
    leaves = np.zeros((count, 4))
    for number, (predictor,) in enumerate(learner._predictors):
        nodes = predictor.nodes
        root = nodes[0]
        if root["is_leaf"]:
            leaves[number] = root["value"]
            continue
        features[number, 0], thresholds[number, 0] = root["feature_idx"], root["num_threshold"]
        for side, name in enumerate(("left", "right")):
            child = nodes[root[name]]
            if child["is_leaf"]:
                leaves[number, 2 * side : 2 * side + 2] = child["value"]
                continue
            features[number, side + 1], thresholds[number, side + 1] = child["feature_idx"], child["num_threshold"]
            leaves[number, 2 * side] = nodes[child["left"]]["value"]
            leaves[number, 2 * side + 1] = nodes[child["right"]]["value"]
    return Trees(features, thresholds, leaves)


def model_of(samples: Sequence[Sample]) -> BehaviourModel:
    """A model in memory, without lines."""
    trees, intercept, typical = fit(samples)
    return BehaviourModel("unnamed", trees, About(intercept, typical, {"hold": 1.0, "label": 1.0}, {}))


def logits(model: BehaviourModel, samples: Sequence[Sample]) -> Floats:
    """(n,): log-odds."""
    return model.logits(behaviour.rows([each.facts for each in samples]))


def recall_at_precision(spam: Floats, harmless: Floats, precision: float) -> float:
    """The part of spam that is found where so much of what is found is spam, were `SHARE` of all posts spam."""
    best = 0.0
    for line in np.quantile(spam, np.linspace(0, 1, 400)):
        found, wrong = float((spam >= line).mean()), float((harmless >= line).mean())
        if SHARE * found >= precision * (SHARE * found + (1 - SHARE) * wrong):
            best = max(best, found)
    return round(best, 4)


def measure(model: BehaviourModel, kinds: Sequence[str], seed: int) -> dict[str, Any]:
    """What a model does with ordinary life and waves that were drawn for this alone."""
    harmless = logits(model, waves.ordinary(40_000, seed))
    line = float(np.quantile(harmless, 1 - 1 / 2000, method="higher"))
    figures: dict[str, Any] = {}
    for kind in kinds:
        spam = logits(model, waves.wave(kind, 4_000, seed))
        both = np.concatenate([spam, harmless])
        figures[kind] = {
            "auc": round(float(roc_auc_score([1] * len(spam) + [0] * len(harmless), both)), 4),
            "recall at one false hold in 2,000": round(float((spam > line).mean()), 4),
            "recall at precision 0.98": recall_at_precision(spam, harmless, 0.98),
            "recall at precision 0.95": recall_at_precision(spam, harmless, 0.95),
        }
    return figures


def left_out(kind: str) -> dict[str, Any]:
    """What a model that never saw a kind does with it, before and after so many decisions of a server's own."""
    known = [name for name in waves.WAVES if name != kind]
    model = model_of(training(known))
    before = measure(model, [kind], SEED + 7)[kind]
    rng = random.Random(SEED)
    spam = waves.wave(kind, LOCAL_LABELS // 2, SEED + 11)
    held = sorted(waves.ordinary(4_000, SEED + 12), key=lambda each: -float(logits(model, [each])[0]))[:200]
    shown = [*spam, *rng.sample(held, LOCAL_LABELS // 4), *waves.ordinary(LOCAL_LABELS // 4, SEED + 13)]
    correction = behaviour.correct(model, [each.facts for each in shown], [each.spam for each in shown])
    after = measure(behaviour.corrected(model, correction), [kind], SEED + 7)[kind]
    return {"never seen": before, f"after {LOCAL_LABELS} decisions": after}


def training(kinds: Sequence[str]) -> list[Sample]:
    """Ordinary life and waves to train on."""
    return [*waves.ordinary(ORDINARY, SEED), *(each for kind in kinds for each in waves.wave(kind, EACH, SEED))]


def train(out: Path) -> str:
    """Train, draw the lines, measure, write; returns the version's name. It isn't made current."""
    kinds = list(waves.WAVES)
    trees, intercept, typical = fit(training(kinds))
    drawn = BehaviourModel("unnamed", trees, About(intercept, typical, {}, {}))
    harmless = logits(drawn, waves.ordinary(100_000, SEED + 3))
    chances = 1.0 / (1.0 + np.exp(-harmless))
    lines = {
        "hold": round(float(np.quantile(chances, 1 - 1 / 2000, method="higher")), 6),
        "label": round(float(np.quantile(chances, 1 - 1 / 200, method="higher")), 6),
    }
    report = {"known kinds": measure(drawn, kinds, SEED + 5), "left out": {kind: left_out(kind) for kind in kinds}}
    return behaviour.save(out, trees, About(intercept, typical, lines, report))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=behaviour.SHIPPED)
    parser.add_argument("--promote", action="store_true")
    arguments = parser.parse_args()
    name = train(arguments.out)
    if arguments.promote:
        (arguments.out / behaviour.CURRENT).write_text(json.dumps({"current": name}) + "\n", encoding="utf-8")
    report = behaviour.load(arguments.out / name).about
    print(name, json.dumps({"lines": dict(report.lines), **report.report}, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
