"""What few labels teach: spam of a set that was left out of training, found before and after so many local decisions.

    nice python -m bench.few_labels ../shared/data

Recall at 95 % precision on the half of the set that nothing is learnt from, the mean of ten draws.
"""

import sys
from pathlib import Path

import numpy as np

from models.features import DIMENSION, featurise
from models.labels import LABELS
from models.local import learning, solver
from models.measures import recall_at_precision
from models.normalise import normalise
from models.train import corpus, fit
from models.train.run import SEED

SETS = ("youtube_spam", "sms_spam")
COUNTS = (20, 100, 300)
DRAWS = 10
SPAM = LABELS.index("spam")


def main() -> None:
    rows = [row for row in corpus.load(Path(sys.argv[1]), SEED, 20) if row.labels["spam"] is not None]
    features, marks = fit.matrix([row.text for row in rows]), fit.targets(rows)[:, SPAM]
    for left in SETS:
        train = [place for place, row in enumerate(rows) if row.source != left]
        test = [place for place, row in enumerate(rows) if row.source == left and row.kind == "public"]
        weights, shift = fit.fit_label(features[train], [rows[place] for place in train], marks[train], "spam")
        base = np.asarray(features[test] @ weights + shift).ravel()
        judge(left, [rows[place].text for place in test], base, marks[test].astype(np.float64))


def judge(name: str, texts: list[str], base: solver.Floats, truth: solver.Floats) -> None:
    found = featurise([normalise(text).text for text in texts])
    whole = solver.Rows(found.indptr, found.indices.astype(np.int64), found.values.astype(np.float64), DIMENSION)
    for count in COUNTS:
        figures = []
        for draw in range(DRAWS):
            order = np.random.default_rng(draw).permutation(len(texts))
            taught, test = order[: len(texts) // 2][:count], order[len(texts) // 2 :]
            scores = learnt(whole, taught, base, truth)[test]
            figures.append([recall_at_precision(each, truth[test] > 0, 0.95) for each in (base[test], scores)])
        before, after = np.mean(figures, axis=0)
        print(f"{name}: after {count} decisions {after:.2f}, before {before:.2f}")


def learnt(whole: solver.Rows, taught: solver.Ints, base: solver.Floats, truth: solver.Floats) -> solver.Floats:
    """Log-odds of all texts, corrected by what these taught."""
    rows = solver.take(whole, taught)
    often = np.bincount(rows.indices, minlength=DIMENSION) >= learning.SUPPORT
    weights, _ = solver.fit(
        rows,
        learning.BASE_TRUST * base[taught],
        truth[taught],
        learning.balanced(truth[taught], np.ones(len(taught))),
        learning.RIDGE,
        learning.SHIFT_RIDGE,
    )
    return base + whole.times(weights * often) / learning.BASE_TRUST


if __name__ == "__main__":
    main()
