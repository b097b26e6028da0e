"""Retrains the current version and compares: `python -m models.train.check --data DIR`.

On the machine and lock file that made it the digest is the same; elsewhere every probe's scores are within 1e-4.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models import artefact, registry, textmodel
from models.errors import RetrainMismatchError
from models.labels import LABELS
from models.textmodel import TextModel
from models.train import corpus, run

TOLERANCE: Final = 1e-4
_PROBES_SEED: Final = 99


@dataclass(frozen=True)
class RetrainCheck:
    """What retraining gave: the same digest, or how far the scores are apart at most."""

    same_digest: bool
    largest_difference: float
    probes: int


def probes() -> list[str]:
    """Sentences of our own, other fillings than those trained on."""
    return [row.text for row in corpus.own_rows(_PROBES_SEED, per_template=4)]


def compare(one: TextModel, other: TextModel, texts: Sequence[str]) -> float:
    """The largest difference of any score of any text; raises RetrainMismatchError where only one abstains."""
    largest = 0.0
    for text, a, b in zip(texts, one.score(texts), other.score(texts), strict=True):
        for label in LABELS:
            x, y = a.scores[label], b.scores[label]
            if (x is None) != (y is None):
                raise RetrainMismatchError(f"only one of the two abstains on {text!r}")
            if x is not None and y is not None:
                largest = max(largest, abs(x - y))
    return largest


def check(data_dir: Path) -> RetrainCheck:
    """Retrain the current version from its own seed; raises RetrainMismatchError where another model results."""
    shipped = registry.current()
    texts = probes()
    with tempfile.TemporaryDirectory() as scratch:
        seed = shipped.manifest().seed
        rows = corpus.load(data_dir, seed)
        made = run.write(Path(scratch), rows, run.learn(rows), seed)
        same = artefact.version_digest(made) == shipped.digest()
        largest = compare(textmodel.load(shipped.folder), textmodel.load(made), texts)
    if not same and largest > TOLERANCE:
        raise RetrainMismatchError(f"scores differ by up to {largest:.2g}")
    return RetrainCheck(same, largest, len(texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    result = check(parser.parse_args().data)
    found = "the same digest" if result.same_digest else f"scores within {result.largest_difference:.2g}"
    print(f"retrained: {found} on {result.probes} probes")  # noqa: T201


if __name__ == "__main__":
    main()
