"""The gate looks at the lines as well as at the scores: a version that holds nothing is no better for being quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from models import artefact, functional, registry, textmodel
from models.artefact import Lines
from models.local import gate, learning
from models.local.model import NOTHING, LocalModel
from tests.models.test_local import examples, made


def failed(judged: gate.Judged) -> set[tuple[str, str]]:
    """Where it is worse, and by which measure."""
    return {(each.area, each.measure) for each in judged.failures()}


def with_lines(lines: Mapping[str, Lines]) -> LocalModel:
    """The shipped version with other lines."""
    return LocalModel(artefact.read(registry.current().folder), NOTHING, "local-0", lines)


def test_the_gate_refuses_a_version_whose_lines_let_what_is_harmful_through(tmp_path: Path) -> None:
    own, measured = made(tmp_path, examples(120)), examples(120, start=300)
    deaf = made(tmp_path, examples(120))
    deaf.lines = {label: replace(line, hold=0.99999) for label, line in own.lines.items()}
    assert gate.judge(own, own, measured).passed
    assert failed(gate.judge(own, deaf, measured)) == {("decisions", "missed"), ("functional", "missed")}


def test_lines_that_hold_none_of_our_own_harmful_sentences_are_refused_without_any_decision() -> None:
    current = textmodel.load_current()
    deaf = with_lines({label: replace(line, hold=0.99999) for label, line in current.lines.items()})
    held = [each.held.count for each in functional.run(current).outcomes if each.harmful]
    assert sum(held) > 10
    assert failed(gate.judge(current, deaf, [])) == {("functional", "missed")}


def test_a_version_that_holds_more_of_what_is_harmful_passes(tmp_path: Path) -> None:
    current, own, measured = textmodel.load_current(), made(tmp_path, examples(120)), examples(120, start=300)
    judged = gate.judge(current, own, measured)
    assert judged.passed, judged.failures()
    [missed] = [each for each in judged.compared if (each.measure, each.part) == ("missed", "spam")]
    assert missed.after < missed.before - 0.5


def test_what_one_person_lets_be_by_mistake_moves_no_line_out_of_reach(tmp_path: Path) -> None:
    given = examples(240)
    wrong = [replace(each, labels={"spam": 0.0}) if number == 0 else each for number, each in enumerate(given)]
    own, new = made(tmp_path, wrong), [each for each in examples(120, start=300) if each.labels["spam"] == 1.0]
    line = own.lines["spam"].hold
    assert sum((each.scores["spam"] or 0.0) > line for each in own.score([each.text for each in new])) == len(new)


def test_a_line_is_raised_until_one_in_two_hundred_of_what_people_let_be_is_above_it() -> None:
    rng = np.random.default_rng(4)
    for count in (20, 200, 900):
        now = rng.uniform(0.0, 1.0, count)
        line = learning._raised(0.2, np.zeros(count), now)
        assert int((now > line).sum()) == -(-count // learning.MOST_WRONG)
    assert learning._raised(0.2, np.full(900, 0.9), rng.uniform(0.0, 1.0, 900)) == 0.2, "no more than with the base"
