"""The context model: learnt from decisions alone, never against common sense, readable term by term."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import artefact, context
from models.context import ContextModel, Decided, Standing
from models.errors import ArtefactAlteredError, ArtefactError

JOKE = Standing(mutuals=True, answers=True, approved=80, known_days=400)
STRANGER = Standing(strangers=2, answers=True, removed=3)


def crew(count: int = 400, seed: int = 3) -> list[Decided]:
    """Decisions of people who let friends joke, and know those whom they had to remove before."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        standing = Standing(
            removed=rng.choice((0, 0, 0, 1, 3)),
            upheld_reports=rng.choice((0, 0, 1)),
            approved=rng.choice((0, 5, 60)),
            known_days=rng.choice((0.0, 10.0, 300.0)),
            mutuals=rng.random() < 0.3,
            strangers=rng.choice((0, 1, 4)),
            answers=rng.random() < 0.5,
        )
        score = rng.uniform(0.2, 0.99)
        logit = np.log(score / (1 - score)) - 2.5 * standing.mutuals + 1.2 * standing.removed - 0.5
        upheld = float(rng.random() < 1 / (1 + np.exp(-logit)))
        found.append(Decided(rng.choice(context.LABELS), score, standing, upheld))
    return found


@pytest.fixture(scope="module")
def model() -> ContextModel:
    found = context.fit(crew())
    assert found is not None
    return found


def test_friends_who_joke_score_lower_than_strangers_with_a_record(model: ContextModel) -> None:
    joke, stranger = (model.score("harassment", 0.8, each) for each in (JOKE, STRANGER))
    assert joke < 0.5 < 0.9 < stranger
    assert dict(model.explain("harassment", 0.8, JOKE))["mutuals"] < -1.0
    assert dict(model.explain("harassment", 0.8, STRANGER))["removed"] > 0.5


def test_there_is_none_until_enough_was_decided_and_people_said_both() -> None:
    assert context.fit(crew(context.LEAST_DECISIONS - 1)) is None
    assert context.fit([replace(each, upheld=1.0) for each in crew()]) is None
    assert context.fit([replace(each, label="spam") for each in crew()]) is None
    assert context.fit([]) is None


def test_the_same_decisions_give_the_same_version(model: ContextModel) -> None:
    again = context.fit(crew())
    assert again is not None and again.version == model.version and again.decisions == 400


def test_other_labels_are_as_the_text_says(model: ContextModel) -> None:
    assert model.score("violence", 0.7, JOKE) == 0.7
    assert model.explain("violence", 0.7, JOKE) == []


STANDINGS = st.builds(
    Standing,
    removed=st.integers(0, 50),
    upheld_reports=st.integers(0, 50),
    approved=st.integers(0, 5000),
    known_days=st.floats(0, 4000),
    mutuals=st.booleans(),
    strangers=st.integers(0, 50),
    answers=st.booleans(),
)
DECIDED = st.builds(
    Decided,
    label=st.sampled_from(context.LABELS),
    score=st.floats(0, 1),
    standing=STANDINGS,
    upheld=st.floats(0, 1),
    counts=st.floats(0.1, 20),
)
MORE = {
    "removed": lambda of: replace(of, removed=of.removed + 1),
    "upheld_reports": lambda of: replace(of, upheld_reports=of.upheld_reports + 1),
    "strangers": lambda of: replace(of, strangers=of.strangers + 1),
    "approved": lambda of: replace(of, approved=of.approved + 10),
    "known_days": lambda of: replace(of, known_days=of.known_days + 30),
    "mutuals": lambda of: replace(of, mutuals=True),
}


@given(
    odd=st.lists(DECIDED, min_size=1, max_size=30),
    standing=STANDINGS,
    score=st.floats(0, 1),
    label=st.sampled_from(context.LABELS),
    seed=st.integers(0, 3),
)
@settings(max_examples=20, deadline=None)
def test_whatever_people_decided_common_sense_holds(
    odd: list[Decided], standing: Standing, score: float, label: str, seed: int
) -> None:
    turned = [replace(each, upheld=1.0 - each.upheld) for each in crew(220, seed)]
    model = context.fit([*turned, *odd])
    assert model is not None
    before = model.score(label, score, standing)
    assert 0.0 < before < 1.0
    for name, change in MORE.items():
        moved = model.score(label, score, change(standing)) - before
        assert moved * context.DIRECTIONS[name] >= -1e-12, name
    assert model.score(label, min(1.0, score + 0.1), standing) >= before - 1e-12


def test_decisions_count_as_often_as_they_stand_for() -> None:
    friends = [Decided("hate", 0.6, JOKE, 0.0, counts=9.0)] * 120
    others = [Decided("hate", 0.6, JOKE, 1.0, counts=1.0)] * 120
    weighted, plain = (
        context.fit(friends + others),
        context.fit([replace(each, counts=1.0) for each in friends + others]),
    )
    assert weighted is not None and plain is not None
    assert weighted.score("hate", 0.6, JOKE) < plain.score("hate", 0.6, JOKE)


@pytest.mark.parametrize("score", [float("nan"), -1.0, 2.0])
def test_what_is_no_probability_teaches_nothing(score: float, model: ContextModel) -> None:
    found = context.fit([*crew(), Decided("hate", score, JOKE, 1.0), Decided("hate", 0.5, JOKE, score)])
    assert found is not None and found.version == model.version


def test_an_explanation_adds_up_to_what_moved_the_score(model: ContextModel) -> None:
    for standing in (JOKE, STRANGER):
        score = model.score("hate", 0.7, standing)
        moved = np.log(score / (1 - score)) - np.log(0.7 / 0.3)
        assert sum(weight for _, weight in model.explain("hate", 0.7, standing)) == pytest.approx(moved, abs=0.5)


def test_it_is_written_and_read_back(model: ContextModel, tmp_path: Path) -> None:
    again = context.load(context.save(tmp_path, model))
    assert again.version == model.version and again.score("hate", 0.6, JOKE) == model.score("hate", 0.6, JOKE)


def test_altered_weights_are_refused(model: ContextModel, tmp_path: Path) -> None:
    folder = context.save(tmp_path, model)
    (folder / context.WEIGHTS).write_bytes(b"PK")
    with pytest.raises(ArtefactAlteredError):
        context.load(folder)


@pytest.mark.parametrize(
    "changes", [{"format": 9}, {"features": []}, {"labels": ["x"]}, {"files": {}}, {"decisions": "x"}]
)
def test_a_manifest_that_does_not_fit_is_refused(model: ContextModel, tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = context.save(tmp_path, model)
    path = folder / artefact.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(ArtefactError):
        context.load(folder)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.5])
def test_weights_that_are_no_numbers_or_go_against_common_sense_are_refused(
    model: ContextModel, tmp_path: Path, value: float
) -> None:
    weights = model.weights.copy()
    weights[context.FEATURES.index("removed")] = value
    folder = context.save(tmp_path, ContextModel(model.version, weights, model.shifts, 400))
    with pytest.raises(ArtefactError, match="weights"):
        context.load(folder)
