"""The gate looks at the lines as well as at the scores: a version that holds nothing is no better for being quiet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from models import artefact, functional, registry, textmodel
from models.artefact import Lines
from models.labels import LABELS
from models.local import gate, learning, leaving_out
from models.local.learning import Labelled
from models.local.model import NOTHING, LocalModel
from models.textmodel import TextScores
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


ROWS = 400
TRUTH = np.random.default_rng(5).random((4000, len(LABELS))) < 0.15
MEANT = 1.6 * np.where(TRUTH, 1.0, -1.0) + np.random.default_rng(6).normal(0.0, 1.0, TRUTH.shape)


@dataclass
class Noisy:
    """Says what is meant, and so much besides that is nothing."""

    seed: int
    noise: float = 0.5
    drop: float = 0.0
    version: str = "noisy"
    lines: Mapping[str, Lines] = field(default_factory=lambda: dict.fromkeys(LABELS, Lines(0.8, 0.5, 2000, 200, 1, 0)))

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        """By the number that a text is."""
        del langs
        said = MEANT + np.random.default_rng(self.seed).normal(0.0, self.noise, MEANT.shape) - self.drop
        rows = (1 / (1 + np.exp(-said[[int(text) for text in texts]]))).tolist()
        return [TextScores(dict(zip(LABELS, row, strict=True)), "en", 1.0, None, False, False) for row in rows]


def refused(candidate_noise: float, times: int, drop: float = 0.0) -> float:
    """How often a candidate that is so noisy is refused for decisions, beside a version of the usual noise."""
    found = 0
    for time in range(times):
        rows = np.random.default_rng([7, time]).choice(len(MEANT), ROWS, replace=False).tolist()
        held = [Labelled(str(row), ("en", "fr")[row % 2], dict(zip(LABELS, map(float, TRUTH[row]), strict=True)))
                for row in rows]  # fmt: skip
        judged = gate.on_decisions(Noisy(2 * time), Noisy(2 * time + 1, candidate_noise, drop), held)
        found += not gate.Judged(tuple(judged)).passed
    return found / times


def test_a_version_that_is_no_worse_is_refused_one_time_in_twenty_at_most() -> None:
    assert refused(0.5, 200) <= 0.05


def test_versions_that_are_worse_are_refused_all_the_same() -> None:
    assert refused(2.5, 40) >= 0.95, "noise in the place of sense"
    assert refused(0.5, 40, drop=1.5) >= 0.95, "as good an order, and far fewer held"


def test_ten_harmful_posts_say_as_little_of_the_order_as_ten_posts_do() -> None:
    """Whatever they are compared with: the error of a difference is that of the rarer side."""
    rng, refusals = np.random.default_rng(8), 0
    truth = np.concatenate((np.ones(10), np.zeros(390)))
    for _ in range(200):
        meant = np.where(truth > 0, 1.0, -1.0) + rng.normal(0.0, 1.0, 400)
        pair = [1 / (1 + np.exp(-(meant + rng.normal(0.0, 0.7, 400)))) for _ in range(2)]
        found = gate.of_label("spam", truth, pair[0], pair[1], (0.9, 0.9), np.ones(400))
        refusals += not next(each for each in found if each.measure == "auc").passed
    assert refusals <= 20


def test_leaving_a_label_out_changes_no_figure_of_another() -> None:
    """So that what stays has the verdict that it got by itself: nothing is chosen by the decisions it is judged on."""
    base, current = artefact.read(registry.current().folder), textmodel.load_current()
    both = [[replace(each, labels={"spam": each.labels["spam"], "hate": each.labels["spam"]}) for each in given]
            for given in (examples(120), examples(120, start=300))]  # fmt: skip
    learnt = learning.learn(base, both[0])
    found = []
    for each in (learnt, leaving_out.without(base, learnt, ["hate"])):
        model = LocalModel(base, each.correction, "own", each.lines)
        found.append([one for one in gate.on_decisions(current, model, both[1]) if one.part == "spam"])
    assert len(found[0]) >= 4
    for whole, rest in zip(*found, strict=True):
        assert (rest.measure, rest.before, rest.after, rest.error) == (
            whole.measure, whole.before, whole.after, whole.error
        )  # fmt: skip
        assert rest.tolerance <= whole.tolerance, "never laxer"
