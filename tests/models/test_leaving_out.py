"""What is worse for one label is left out, and the rest is judged whole once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from models import artefact, registry, textmodel
from models.artefact import Artefact
from models.labels import LABELS
from models.local import gate, learning, leaving_out
from models.local.gate import Compared, Judged
from models.local.learning import Learnt
from models.local.model import LocalModel
from tests.models.test_local import examples

SPAM, HATE = LABELS.index("spam"), LABELS.index("hate")


@pytest.fixture(scope="module")
def base() -> Artefact:
    """The shipped version."""
    return artefact.read(registry.current().folder)


@pytest.fixture(scope="module")
def learnt(base: Artefact) -> Learnt:
    """Spam as it was learnt, and everything taken for hatred besides."""
    found = learning.learn(base, examples(60))
    shifts = tuple(9.0 if place == HATE else shift for place, shift in enumerate(found.correction.shifts))
    skipped = tuple(label for label in found.skipped if label != "hate")
    return replace(found, correction=replace(found.correction, shifts=shifts), skipped=skipped)


def says(part: str, area: str = "decisions") -> Judged:
    """A gate that finds one thing worse."""
    return Judged((Compared(area, "auc", part, 0.9, 0.5, 0.02, 100, passed=False),))


def judging(verdict: Callable[[bool, bool], Judged]) -> Callable[[Learnt], Judged]:
    """A gate that asks only whether hate and spam are in it."""
    return lambda each: verdict(each.correction.shifts[HATE] != 0.0, bool(np.any(each.correction.weights[:, SPAM])))


def test_the_label_that_the_gate_names_is_left_out_and_the_rest_stays(base: Artefact, learnt: Learnt) -> None:
    found = leaving_out.kept(base, learnt, judging(lambda hate, _spam: says("hate en") if hate else Judged(())))
    assert found.judged.passed and found.left_out == {"hate": "decisions auc"}
    assert np.any(found.learnt.correction.weights[:, SPAM]) and not np.any(found.learnt.correction.weights[:, HATE])
    assert found.learnt.lines["hate"] == base.manifest.lines["hate"]
    assert found.learnt.lines["spam"] == learnt.lines["spam"]


def test_where_everything_is_worse_nothing_is_left_out_and_the_first_word_stands(
    base: Artefact, learnt: Learnt
) -> None:
    found = leaving_out.kept(base, learnt, judging(lambda hate, _spam: says("hate" if hate else "spam")))
    assert not found.judged.passed and found.left_out == {} and found.learnt is learnt
    assert [each.part for each in found.judged.failures()] == ["hate"]


def test_where_the_gate_names_no_label_the_one_without_which_it_passes_is_left_out(
    base: Artefact, learnt: Learnt
) -> None:
    current, measured = textmodel.load_current(), examples(60, start=300)

    def judge(each: Learnt) -> Judged:
        return gate.judge(current, LocalModel(base, each.correction, "candidate", each.lines), measured)

    assert not judge(learnt).passed
    found = leaving_out.kept(base, learnt, judge)
    assert found.judged.passed, found.judged.failures()
    assert set(found.left_out) == {"hate"}
