"""Training: the corpus, the lines, and that the same training gives the same model."""

import gzip
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from models.errors import RetrainMismatchError, TrainingDataError
from models.labels import LABELS, LANGUAGES
from models.textmodel import load, load_current
from models.train import calibrate, corpus, fit, templates
from models.train.check import compare, probes
from models.train.run import TrainingReport, train


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainingReport:
    return train(None, tmp_path_factory.mktemp("trained"), 5, per_template=3)


def test_training_twice_gives_the_same_digest(trained: TrainingReport, tmp_path: Path) -> None:
    again = train(None, tmp_path, 5, per_template=3)
    assert again.version == trained.version
    assert again.digest == trained.digest
    names = sorted(path.name for path in trained.folder.iterdir())
    assert names == ["language.npz", "manifest.json", "report.json", "weights.npz"]
    for name in names:
        assert (again.folder / name).read_bytes() == (trained.folder / name).read_bytes()


def test_another_seed_draws_other_sentences_and_the_same_one_the_same() -> None:
    texts = [[row.text for row in corpus.load(None, seed, 3)] for seed in (5, 5, 6)]
    assert texts[0] == texts[1] != texts[2]


def test_what_was_trained_is_what_is_served(trained: TrainingReport) -> None:
    model = load(trained.folder)
    assert model.version == trained.version
    assert compare(model, load(trained.folder), probes()[:50]) == 0.0
    assert compare(model, load_current(), probes()[:50]) > 0.0


def test_a_model_that_abstains_elsewhere_is_a_mismatch(trained: TrainingReport) -> None:
    model = load(trained.folder)
    foreign = load(trained.folder)
    foreign._own = []  # as if it had been trained for no language
    with pytest.raises(RetrainMismatchError):
        compare(model, foreign, ["the neighbours repaired the garden gate this morning"])


def test_the_card_is_written_in_both_languages(trained: TrainingReport) -> None:
    card = (trained.folder.parent / f"{trained.version}.md").read_text()
    english, french = card.split("<!-- fr -->")
    assert english.count("\n| ") == french.count("\n| ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_expand_to_thousands_of_whole_sentences(language: str) -> None:
    phrases = list(templates.phrases(language, corpus.PER_TEMPLATE, 1))
    assert len(phrases) > 3000
    assert not [p.text for p in phrases if set("{}|") & set(p.text)]
    carried = {label for phrase in phrases for label in phrase.labels}
    assert carried == set(LABELS)
    assert sum(not phrase.labels for phrase in phrases) > 1000


def test_what_a_template_leaves_open_speaks_neither_for_a_label_nor_against_it() -> None:
    left = [row for row in corpus.own_rows(1, 2) if row.labels["harassment"] is None]
    assert {row.language for row in left} == set(LANGUAGES)
    assert all(row.labels["violence"] == row.labels["toxic"] == 1 for row in left)


def test_a_fold_never_separates_copies_of_a_text() -> None:
    rows = corpus.load(None, 1, 3)
    by_group: dict[str, set[int]] = {}
    for row, fold in zip(rows, fit.folds(rows).tolist(), strict=True):
        by_group.setdefault(row.group, set()).add(fold)
    assert all(len(found) == 1 for found in by_group.values())


def write(folder: Path, name: str, *lines: object) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)


def test_public_rows_are_read_cleaned_and_told_apart(tmp_path: Path) -> None:
    row = {"id": "1", "text": "so &amp; so<br />there", "lang": "en", "labels": {"toxic": 0}}
    write(tmp_path, "cad", row, row, row | {"lang": "de"}, row | {"text": "other", "labels": {"toxic": 1}})
    rows = corpus.public_rows(tmp_path)
    assert [r.text for r in rows] == ["so & so there", "other"]
    assert rows[0].labels["hate"] == 0
    assert rows[1].labels["hate"] is None


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "[]",
        '{"text": "a"}',
        '{"text": null, "lang": "en", "labels": {}}',
        '{"text": "a", "lang": "en", "labels": {"toxic": NaN}}',
        '{"text": "a", "lang": "en", "labels": {"toxic": 0.5}}',
        '{"text": "a", "lang": "en", "labels": {"toxik": 1}}',
    ],
)
def test_a_bad_row_stops_the_training_with_its_place(tmp_path: Path, line: str) -> None:
    write(tmp_path, "cad", line)
    with pytest.raises(TrainingDataError, match="cad, line 1"):
        corpus.public_rows(tmp_path)


def test_sets_without_a_text_in_a_language_of_the_model_are_no_data(tmp_path: Path) -> None:
    write(tmp_path, "cad", '{"text": "Guten Morgen", "lang": "de", "labels": {}}')
    with pytest.raises(TrainingDataError, match="no text in en or fr"):
        corpus.public_rows(tmp_path)


def test_a_set_that_was_cut_off_stops_the_training_with_its_name(tmp_path: Path) -> None:
    write(tmp_path, "cad", '{"text": "a", "lang": "en", "labels": {}}')
    file = tmp_path / "cad.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-12])
    with pytest.raises(TrainingDataError, match=r"cad\.jsonl\.gz can't be read"):
        corpus.public_rows(tmp_path)


def test_an_empty_directory_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="no "):
        corpus.public_rows(tmp_path)


def test_few_harmless_texts_allow_none_above_the_line() -> None:
    assert calibrate.allowed(1000, 2000) == -1
    assert calibrate.allowed(5000, 2000) == 0
    assert 0 < calibrate.allowed(30_000, 2000) < 15


def test_lines_let_no_more_harmless_texts_through_than_allowed() -> None:
    scores = np.random.default_rng(1).random(20_000)
    lines = calibrate.draw(scores)
    assert lines.exceeded == (scores > lines.hold).sum() <= calibrate.allowed(20_000, 2000)
    assert lines.label < lines.hold


def test_with_too_few_texts_the_line_lies_above_all_of_them() -> None:
    lines = calibrate.draw(np.array([0.1, 0.7, 0.2]))
    assert lines.hold > 0.7
    assert lines.exceeded == 0


def test_a_calibration_curve_rises_and_means_what_it_says() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(size=20_000) * 3
    labels = (rng.random(20_000) < 1 / (1 + np.exp(-scores))).astype(np.int8)
    given, meant = calibrate.curve(scores, labels)
    assert all(a < b for a, b in pairwise(meant))
    probabilities = calibrate.apply([(given, meant)], scores[:, None])[:, 0]
    top = probabilities > 0.8
    assert abs(probabilities[top].mean() - labels[top].mean()) < 0.03
