"""What the second stage costs, in milliseconds a text on one core and in memory.

`python -m bench.second_stage ENCODER DATA`: the folder that `ostiary model build-encoder` made, and one of labelled
sets, of which texts are taken.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np

from models import textmodel
from models.encoder import second
from models.train import corpus, run, sampling

TEXTS = 1000


def _peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("data", type=Path)
    arguments = parser.parse_args()
    rows = sampling.sample(corpus.load(arguments.data, run.SEED))
    texts = [row.text for row in rows[:: len(rows) // TEXTS]][:TEXTS]
    first = textmodel.load_current()
    first.score(texts[:5])
    before = _peak()
    began = perf_counter()
    stage = second.load(arguments.encoder)
    print(f"loading {perf_counter() - began:.2f} s")
    said = [{"hate": 0.5}]
    stage.score(texts[:1], said)
    for name, some in (("as they come", texts), ("longest", ["and so on, they said. " * 60] * 50)):
        spent = []
        for text in some:
            began = thread_time()  # of this core, whatever else the machine does
            stage.score([text], said)
            spent.append(1000 * (thread_time() - began))
        p50, p99 = np.percentile(spent, [50, 99])
        print(f"{name}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {1000 / np.mean(spent):.0f} texts a second")
    print(f"memory: {_peak() - before:.0f} MB more at most")


if __name__ == "__main__":
    main()
