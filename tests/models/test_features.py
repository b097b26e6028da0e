"""The same text has the same features, whatever it is hashed together with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import lexicon
from models.features import DAMPING, DIMENSION, KINDS_FIRST, READABLE, FeatureMatrix, featurise, occurrences
from models.normalise import normalise

FIRST_COLUMNS = {2: [16392, 19051, 19958, 29145, 30190, 37018], 3: [19051, 19958, 29145, 30190, 37018, 55514]}
FIRST_COLUMNS[4] = FIRST_COLUMNS[5] = FIRST_COLUMNS[3]  # they read disguises differently, in normalise.py
"""By format. Fixed on purpose: other columns would need another FORMAT and another artefact."""


def row(matrix: FeatureMatrix, place: int) -> list[int]:
    return matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]].tolist()


def test_a_text_alone_has_the_features_that_it_has_in_a_batch() -> None:
    texts = ["i will kill you", "", "soup", "the muslims of this town are lovely", "soup", "ça va", "a 🔥 b"]
    together = featurise(texts)
    for place, text in enumerate(texts):
        alone = featurise([text])
        assert row(alone, 0) == row(together, place)
        assert alone.values[0] == together.values[place]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_batches_of_any_text_agree_with_single_texts(raw: list[str]) -> None:
    texts = [normalise(text).text for text in raw]
    together = featurise(texts)
    assert [row(together, i) for i in range(len(texts))] == [row(featurise([text]), 0) for text in texts]


def test_columns_are_distinct_sorted_and_within_bounds() -> None:
    columns = row(featurise(["the cat sat on the mat and the cat ate the hat"]), 0)
    assert columns == sorted(set(columns))
    assert 0 <= columns[0] <= columns[-1] < DIMENSION


def test_values_are_damped_so_that_one_word_is_not_sure() -> None:
    matrix = featurise(["stupid"])
    assert matrix.values[0] == np.float32(1 / np.sqrt(len(row(matrix, 0)) + DAMPING))


@pytest.mark.parametrize("form", READABLE)
def test_features_are_the_same_for_ever(form: int) -> None:
    assert row(featurise(["kill you"], form), 0)[:6] == FIRST_COLUMNS[form]


def test_kinds_of_words_have_columns_that_no_n_gram_has() -> None:
    columns = row(featurise(["sparrows knit scarves and xqzzt"]), 0)
    assert max(columns) < KINDS_FIRST
    assert [c for c in row(featurise(["muslims"]), 0) if c >= KINDS_FIRST] == [
        KINDS_FIRST + 1 + lexicon.KINDS.index("group")
    ]


def test_the_lexicon_holds_words_as_normalisation_leaves_them() -> None:
    added = set(lexicon.kinds()) - set(lexicon.kinds(more=False))
    assert [word for word in added if word.isalpha() and normalise(word, form=2).text != word] == []


def test_kinds_of_words_that_meet_are_a_feature_of_their_own() -> None:
    one = set(row(featurise(["muslims are vermin"]), 0))
    other = set(row(featurise(["gypsies were parasites"]), 0))
    neither = set(row(featurise(["sparrows knit scarves"]), 0))
    assert len(one & other) >= 4
    assert len(one & neither) < 4


def test_occurrences_name_the_slices_of_their_text() -> None:
    texts = ["kill you", "soup"]
    found = occurrences(texts)
    slices = {(r, texts[r][max(s, 0) : e]) for r, s, e in zip(found.rows, found.starts, found.ends, strict=True)}
    assert {(0, "kill"), (0, "kill you"), (1, "soup"), (1, "oup")} <= slices
    assert set(found.columns[found.rows == 1].tolist()) == set(row(featurise(texts), 1))


def test_no_text_at_all_gives_no_rows() -> None:
    assert len(featurise([])) == 0
