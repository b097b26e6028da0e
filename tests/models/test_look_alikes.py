"""Harmless words that look like slurs: well formed, held out from training, and taken rightly by the version in use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import pytest

from models.artefact import Lines
from models.functional import look_alikes
from models.functional.sentences import Case
from models.labels import LABELS, LANGUAGES
from models.textmodel import TextScores, load_current
from models.train import corpus, templates

LINE = Lines(hold=0.9, label=0.4, harmless=1, exceeded=0, hold_one_in=2000, label_one_in=200)
BOTH = [(language, part) for language in LANGUAGES for part in look_alikes.PARTS]


class Pretending:
    """A model that gives harmless sentences one score and harmful ones another, for every label or for one."""

    version = "pretending"
    lines: Mapping[str, Lines] = dict.fromkeys(LABELS, LINE)

    def __init__(self, harmless: float, harmful: float, labels: Sequence[str] = LABELS) -> None:
        cases = [case for language, part in BOTH for case in look_alikes.cases(language, part)]
        self._scores = {case.text: harmful if case.harmful else harmless for case in cases}
        self._labels = labels

    def score(self, texts: Sequence[str], langs: Sequence[str | None] | None = None) -> list[TextScores]:
        return [self._one(self._scores[text]) for text in texts]

    def _one(self, score: float) -> TextScores:
        scores = {label: score if label in self._labels else 0.0 for label in LABELS}
        return TextScores(scores, "en", 1.0, None, False, False)


def everything() -> list[Case]:
    return [case for language, part in BOTH for case in look_alikes.cases(language, part)]


@pytest.mark.parametrize(("language", "part"), BOTH)
def test_both_sides_are_there_and_harmless_sentences_are_the_more(language: str, part: str) -> None:
    sides = Counter(case.harmful for case in look_alikes.cases(language, part))
    assert sides[False] > sides[True] >= 5


def test_no_sentence_is_there_twice_and_none_has_an_open_slot() -> None:
    texts = [case.text for case in everything()]
    assert len(set(texts)) == len(texts)
    assert not [text for text in texts if "{" in text or "|" in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_the_words_that_are_kept_out_training_sees_no_harmless_look_alike(language: str) -> None:
    kept = {case.function.rstrip("s").lower() for case in look_alikes.cases(language, "words")}
    seen = " ".join(
        phrase.text.lower()
        for phrase in templates.phrases(language, corpus.PER_TEMPLATE, 1)
        if not phrase.labels and phrase.kind not in ("counter", "reclaimed", "identity")
    )
    assert [word for word in sorted(kept) if re.search(rf"\b{re.escape(word)}(?:s|es|x)?\b", seen)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_sees_the_words_of_the_other_part_in_harmless_use(language: str) -> None:
    seen = " ".join(
        phrase.text.lower() for phrase in templates.phrases(language, corpus.PER_TEMPLATE, 1) if phrase.kind == "alike"
    )
    assert [case.function for case in look_alikes.cases(language, "sentences") if case.function not in seen] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_like_one_that_training_has_seen(language: str) -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    phrases = [words(phrase.text) for phrase in templates.phrases(language, 8, 20240611)]
    for place, phrase in enumerate(phrases):
        for word in set(phrase):
            holders[word].append(place)
    near = []
    for case in (case for case in everything() if case.language == language):
        mine = set(words(case.text))
        shared = Counter(place for word in mine for place in holders.get(word, ()))
        if any(count > 0.75 * len(mine | set(phrases[place])) for place, count in shared.most_common(20)):
            near.append(case.text)
    assert [text for text in near if len(words(text)) > 1] == []


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_who_knows_all_answers_holds_no_harmless_sentence_and_tells_all_apart() -> None:
    for sides in (sides for parts in look_alikes.run(Pretending(0.1, 0.95)).values() for sides in parts.values()):
        assert (sides.harmless.held, sides.harmless.above_half, sides.harmless.toxic_above_half) == (0, 0, 0)
        assert sides.harmful.held == sides.harmful.above_half == sides.harmful.of
        assert sides.auc == 1.0


def test_what_is_toxic_alone_is_told_apart_from_what_another_label_says() -> None:
    found = look_alikes.run(Pretending(0.6, 0.6, ("toxic",)))["en"]["words"].harmless
    assert (found.held, found.above_half, found.toxic_above_half) == (0, 0, found.of)


def test_the_version_in_use_holds_next_to_no_harmless_look_alike() -> None:
    found = [sides.harmless for parts in look_alikes.run(load_current()).values() for sides in parts.values()]
    assert sum(each.held for each in found) <= 1
    assert sum(each.above_half for each in found) <= 0.1 * sum(each.of for each in found)
