"""Labels of a server's own lift what a foreign model finds of a kind of spam that it never saw."""

import numpy as np

from models.train import few_labels, fit

NEW_KIND = [f"psychic reader number {n} lifts any curse, visit my temple" for n in range(150)]
NEIGHBOURS = [f"garden plot {n} has a visitor, the temple of lettuce" for n in range(150)]


def test_recall_rises_with_labels_of_its_own() -> None:
    features = fit.matrix([*NEW_KIND, *NEIGHBOURS])
    truth = np.array([True] * len(NEW_KIND) + [False] * len(NEIGHBOURS))
    foreign = np.random.default_rng(1).normal(size=len(truth))
    found = few_labels.recall_after(features, foreign, truth, (0, 20))
    assert found["0"]["recall"] < 0.3
    assert found["20"]["least"] > 0.9
    assert found == few_labels.recall_after(features, foreign, truth, (0, 20))


def test_what_was_labelled_is_not_what_is_measured() -> None:
    features = fit.matrix(["soup", "casino", "bread", "casino bonus"])
    truth = np.array([False, True, False, True])
    seen: list[int] = []

    def learn(some: fit.csr_matrix, base: fit.Floats, marks: few_labels.Truth) -> few_labels.Scoring:
        seen.append(some.shape[0])
        return lambda others, scores: np.zeros(others.shape[0])

    few_labels.recall_after(features, np.zeros(4), truth, (2,), learn)
    assert seen == [2] * few_labels.DRAWS
