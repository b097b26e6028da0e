"""What was taught is kept away from what measures, and measured against having learnt without it."""

from __future__ import annotations

from datetime import UTC, datetime

from app.learning import gaining
from models import artefact, registry
from models.local import learning
from moderation.learning.values import Chosen, Example, Provenance
from tests.models.test_local import examples


def example(text: str) -> Example:
    """A public post on which somebody said something."""
    return Example(
        uri="https://far.example/1", author_uri="https://far.example/users/mallory", text=text, language="en",
        labels={"spam": 1.0}, decided_at=datetime(2026, 3, 2, tzinfo=UTC), provenance=Provenance.TEACHING,
        chosen=Chosen.OTHER, held_out=False, propensity=None, scores={}, model_version=None, readers=1,
        decision_id=1, case_id=1,
    )  # fmt: skip


def test_a_lesson_like_something_that_is_measured_is_left_out_and_others_stay() -> None:
    measured = [example("Last chance for garden gnomes, order now, only this week (7)")]
    copied = example("Last chance for garden gnomes, order now, only this week (8)")
    other = example("The ferry to the island leaves at nine and takes bicycles")
    assert gaining.apart([copied, other], measured) == [other]
    assert gaining.apart([copied, other], []) == [copied, other]
    assert gaining.apart([], measured) == []


def test_what_lessons_gain_is_how_much_better_harmful_is_told_from_harmless_with_them() -> None:
    base = artefact.read(registry.current().folder)
    decided, lessons, measured = examples(12), examples(80, start=100), examples(60, start=400)
    learnt = learning.learn(base, [*decided, *lessons])
    found = gaining.gain(base, learnt, decided, measured)
    assert set(found) == {"spam"}
    assert found["spam"]["n"] == 60
    assert found["spam"]["taught"] >= found["spam"]["without"]
    assert found["spam"]["taught"] > 0.9
    unhelpful = gaining.gain(base, learning.learn(base, examples(80, start=100, poisoned=True)), decided, measured)
    assert unhelpful["spam"]["taught"] < unhelpful["spam"]["without"], "wrong lessons are seen to cost"


def test_without_decisions_or_anything_to_measure_on_no_gain_is_told() -> None:
    base = artefact.read(registry.current().folder)
    learnt = learning.learn(base, examples(40))
    assert gaining.gain(base, learnt, [], examples(40)) == {}
    assert gaining.gain(base, learnt, examples(40), []) == {}
