"""Sketches: texts about the same are near, others aren't, and small edits move nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import sketch

ABUSE = "You people from the harbour district are vermin and should be thrown out of our town for good"
LIKE_IT = "Throw the vermin of the harbour district out, our town has had enough of you people"
OTHER = "The baker gave away the last of the winter apples while we waited for the tram"
FRENCH = "Les gens du quartier du port sont de la vermine, il faut les chasser de la ville"


def near(one: str, other: str) -> float:
    made = sketch.sketch([one, other])
    return float(sketch.similarities(made[0], made[1:])[0])


def test_a_text_is_like_itself_and_like_others_about_the_same() -> None:
    assert near(ABUSE, ABUSE) == pytest.approx(1.0, abs=1e-3)
    assert near(ABUSE, LIKE_IT) > 0.45
    assert near(FRENCH, f"{FRENCH}, et vite") > 0.8


def test_texts_about_something_else_are_not_near() -> None:
    assert near(ABUSE, OTHER) < 0.3
    assert near(FRENCH, "Le boulanger a donné les dernières pommes de l’hiver") < 0.3


@pytest.mark.parametrize(
    "edited",
    [
        ABUSE + "!!!",
        ABUSE.upper(),
        ABUSE.replace("vermin", "v3rmin"),
        ABUSE.replace("vermin", "v e r m i n"),
        ABUSE.replace("e", "е"),
        "hey @ana, " + ABUSE,
        ABUSE.replace(" and should", ", and they should"),
        ABUSE.replace("town", "t\u200bown"),
    ],
)
def test_small_edits_and_disguises_change_hardly_anything(edited: str) -> None:
    assert near(ABUSE, edited) > 0.85


def test_common_words_alone_make_nothing_alike() -> None:
    assert (
        near("you and I and all of them are in the house with it", "and all of it is in the car that you and I had")
        < 0.6
    )


@given(st.lists(st.text(alphabet=st.characters(), max_size=200), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_sketch_that_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    made = sketch.sketch(texts)
    assert made.shape == (len(texts), sketch.WIDTH) and made.dtype == np.int8
    assert all(np.array_equal(row, sketch.sketch([text])[0]) for row, text in zip(made, texts, strict=True))
    assert all(np.isfinite(sketch.similarities(row, made)).all() for row in made)


def test_nothing_is_like_nothing() -> None:
    assert near("", "") == 0.0 and near("🔥🔥🔥", ABUSE) == 0.0
