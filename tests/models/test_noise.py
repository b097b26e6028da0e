"""Labels that are probably wrong are found, among labels that are known to be right or turned round."""

from __future__ import annotations

import random

import numpy as np
import pytest

from models.noise import neighbours, out_of_fold, suspects, vectors
from models.sampling import authors_apart, choose, distances

SPAM = ("win", "prize", "claim", "crypto", "casino", "bonus", "click", "deal", "free", "airdrop")
PLAIN = ("bread", "garden", "tram", "choir", "rain", "soup", "kettle", "museum", "letter", "river")
COMMON = ("today", "the", "with", "my", "for", "and", "a", "this", "we", "near")


def texts(count: int, seed: int = 3) -> tuple[list[str], np.ndarray]:
    """Plain posts and advertising, and which is which."""
    chance = random.Random(seed)
    truth = np.array([chance.random() < 0.4 for _ in range(count)])
    made = []
    for spam in truth:
        words = chance.choices(SPAM if spam else PLAIN, k=7) + chance.choices(COMMON, k=5)
        chance.shuffle(words)
        made.append(" ".join(words))
    return made, truth


def test_labels_that_were_turned_round_are_found_and_hardly_any_other() -> None:
    made, truth = texts(300)
    wrong = set(random.Random(1).sample(range(300), 15))
    given = np.array([bool(yes) is not (row in wrong) for row, yes in enumerate(truth)])
    known = vectors(made)
    found = suspects(given, out_of_fold(known, given, [str(row) for row in range(300)]))
    named = {each.row for each in found[:15]}
    assert len(named & wrong) >= 10
    assert len(found) <= 30


def test_clean_labels_make_few_suspects() -> None:
    made, truth = texts(300)
    found = suspects(truth, out_of_fold(vectors(made), truth, [str(row) for row in range(300)]))
    assert len(found) <= 15


def test_the_thresholds_are_those_of_the_paper() -> None:
    given = np.array([True, True, True, False, False, False])
    probabilities = np.array([0.9, 0.8, 0.1, 0.2, 0.1, 0.85])
    # yes from (.9 + .8 + .1) / 3 = .6; no from 1 - p >= (.8 + .9 + .15) / 3 = .617
    found = suspects(given, probabilities)
    assert {each.row for each in found} == {2, 5}
    assert found[0].row == 2
    assert found[0].margin == pytest.approx(0.8)


def test_without_two_classes_nothing_is_suspect() -> None:
    assert suspects(np.array([True, True]), np.array([0.1, 0.9])) == []
    assert suspects(np.zeros(0, dtype=bool), np.zeros(0)) == []


def test_an_author_teaches_nothing_about_their_own_posts() -> None:
    made, truth = texts(60)
    same = [made[0]] * 10 + made
    given = np.array([not truth[0]] * 10 + truth.tolist())
    own = out_of_fold(vectors(same), given, ["ana"] * 10 + ["ana"] + [str(row) for row in range(59)])
    apart = out_of_fold(vectors(same), given, [str(row) for row in range(70)])
    assert abs(own[0] - given[0]) > abs(apart[0] - given[0])


def test_a_model_that_knows_already_is_believed_from_the_first_label_on() -> None:
    made, truth = texts(60)
    scores = np.where(truth, 0.95, 0.05)
    found = out_of_fold(vectors(made), truth, [str(row) for row in range(60)], scores)
    assert float(np.abs(found - truth).mean()) < 0.1


def test_the_nearest_texts_say_what_they_are() -> None:
    made, truth = texts(200)
    given = truth.copy()
    given[0] = not given[0]
    shares, counts = neighbours(vectors(made), given)
    assert counts[0] >= 3
    assert abs(shares[0] - float(given[0])) > 0.7
    alone, none = neighbours(vectors(["a kettle", "seven harbours"]), np.array([True, False]))
    assert none.tolist() == [0, 0]
    assert alone.tolist() == [0.0, 0.0]


def test_what_lies_near_the_line_is_chosen_and_no_two_alike() -> None:
    scores = np.array([0.99, 0.51, 0.50, 0.52, 0.01])
    known = vectors(["bread and soup", "win a prize today", "win a prize today!", "rain on the river", "a letter"])
    chosen = choose(distances(scores, 0.5), known, 2)
    assert chosen == [2, 3]  # 1 says what 2 says
    assert choose(distances(scores, 0.5), known, 9, too_alike=1.1) == [2, 1, 3, 0, 4]


def test_nobodys_posts_come_one_after_the_other() -> None:
    assert authors_apart([3, 1, 2, 0], ["ana", "ben", "ana", "ben"]) == [3, 2]
