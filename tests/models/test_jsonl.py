"""Scoring and judging lines of JSON."""

import json
from pathlib import Path

import pytest

from models.errors import BadLineError
from models.labels import LABELS
from models.textmodel import score_lines
from models.train.evaluate import evaluate_file
from tests.models.sentences import HARMLESS, SPAM


def test_each_line_gives_one_line_with_seven_labels_in_the_same_order() -> None:
    lines = [json.dumps({"id": i, "text": text, "lang": "en"}) for i, text in enumerate(HARMLESS[:300])]
    results = [json.loads(line) for line in score_lines([*lines[:2], "\n", *lines[2:]])]
    assert [result["id"] for result in results] == list(range(len(lines)))
    assert all(tuple(result["scores"]) == LABELS for result in results)


def test_an_abstention_is_seven_nulls() -> None:
    (line,) = score_lines(['{"id": "a", "text": "Сегодня очень хорошая погода в парке"}'])
    assert json.loads(line) == {"id": "a", "scores": dict.fromkeys(LABELS)}


@pytest.mark.parametrize(
    "bad",
    ["x", "[]", "{}", '{"id": 1, "text": 3}', '{"id": [], "text": "a"}', '{"text": "a", "lang": 1}', "[" * 9999],
)
def test_a_bad_line_is_named_by_its_number(bad: str) -> None:
    with pytest.raises(BadLineError, match="line 2") as caught:
        list(score_lines(['{"id": 1, "text": "hello there"}', bad]))
    assert caught.value.line == 2
    assert isinstance(caught.value, ValueError)


def test_a_labelled_file_is_judged(tmp_path: Path) -> None:
    rows = [{"id": i, "text": t, "lang": "en", "labels": {"spam": 0}} for i, t in enumerate(HARMLESS[:100])]
    rows += [{"id": f"s{i}", "text": t, "lang": "en", "labels": {"spam": 1}} for i, t in enumerate(SPAM)]
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    figures = evaluate_file(path)
    assert figures["n"] == 104
    assert figures["labels"]["spam"]["auc"] == 1.0
    assert figures["labels"]["hate"]["n"] == 0


def test_a_labelled_file_with_a_bad_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "judged.jsonl"
    path.write_text('{"text": "a", "labels": {"spam": 7}}\n')
    with pytest.raises(BadLineError, match="line 1"):
        evaluate_file(path)
