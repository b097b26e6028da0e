"""The functional tests of the text model: well formed, held out from training, and able to tell good from bad."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from models import functional, measures
from models.artefact import Lines
from models.errors import TrainingDataError
from models.functional import sentences
from models.labels import LABELS, LANGUAGES
from models.textmodel import TextScores
from models.train import templates

LINE = Lines(hold=0.9, label=0.4, harmless=1, exceeded=0, hold_one_in=2000, label_one_in=200)


class Pretending:
    """A model that knows the answers, or the opposite of them, or says the same of everything."""

    version = "pretending"
    lines: Mapping[str, Lines] = dict.fromkeys(LABELS, LINE)

    def __init__(self, right: float, wrong: float) -> None:
        self._known = {case.text: case for case in functional.cases()}
        self._right, self._wrong = right, wrong

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        return [self._one(self._known[text]) for text in texts]

    def _one(self, case: functional.Case) -> TextScores:
        score = self._right if case.harmful else self._wrong
        return TextScores(dict.fromkeys(LABELS, score), case.language, 1.0, None, False, False)


class Abstaining(Pretending):
    """A model that says nothing."""

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        return [TextScores(dict.fromkeys(LABELS), None, 0.0, "too little text", False, False) for _ in texts]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_harmful_and_harmless_sentences_of_every_tested_label(language: str) -> None:
    sides = {(case.label, case.harmful) for case in functional.cases() if case.language == language}
    assert sides == {
        (label, side) for label in ("hate", "violence", "harassment", "spam", "self_harm") for side in (True, False)
    }


def test_both_languages_name_each_identity_equally_often() -> None:
    for language in LANGUAGES:
        named = [case.identity for case in functional.cases() if case.language == language and case.identity]
        assert len({named.count(identity) for identity in named}) == 1


def test_no_sentence_is_there_twice_and_none_has_an_open_slot() -> None:
    texts = [case.text for case in functional.cases()]
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if "{" in text or "}" in text]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_like_one_that_training_has_seen(language: str) -> None:
    trained = [_words(phrase.text) for phrase in templates.phrases(language, 12, 7)]
    mine = {frozenset(_words(case.text)) for case in functional.cases() if case.language == language}
    near = [
        sorted(words)
        for words in mine
        if len(words) >= 4 and any(len(words & other) > 0.75 * len(words | other) for other in trained)
    ]
    assert near == []


def test_who_knows_all_answers_is_right_everywhere_and_wrongs_nobody() -> None:
    report = functional.run(Pretending(0.95, 0.01))
    assert report.rightly() == report.rightly("fr", harmful=False) == 1.0
    assert {share for shares in report.auc.values() for share in shares.values()} == {1.0}
    assert not any(rate.count for rates in report.wronged.values() for rate in rates.values())


def test_who_says_the_opposite_is_wrong_everywhere_and_wrongs_everybody() -> None:
    report = functional.run(Pretending(0.01, 0.95))
    assert report.rightly() == 0.0
    assert {share for shares in report.auc.values() for share in shares.values()} == {0.0}
    assert all(rate.share == 1.0 for rates in report.wronged.values() for rate in rates.values())
    assert all(each.held.share == 1.0 for each in report.outcomes if not each.harmful)


def test_who_abstains_finds_nothing_and_ranks_nothing() -> None:
    report = functional.run(Abstaining(0, 0))
    assert report.rightly(harmful=True) == 0.0
    assert report.rightly(harmful=False) == 1.0
    assert {share for shares in report.auc.values() for share in shares.values()} == {0.5}


def test_a_draw_counts_half() -> None:
    scores, harmful = np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])
    assert measures.roc_auc(scores, harmful) == pytest.approx(0.875)


@pytest.mark.parametrize(
    "text",
    ["A sentence without a heading.", "# nonsense | function\nWords.", "# hate | named\nOf {nobody} here."],
)
def test_a_file_that_is_not_well_formed_is_one_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "en.txt"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(TrainingDataError):
        list(sentences.read("en", path))


def test_the_shipped_model_ranks_better_than_chance_in_both_languages() -> None:
    from models.textmodel import load_current

    report = functional.run(load_current())
    assert all(report.auc[language]["hate"] > 0.6 for language in LANGUAGES)
